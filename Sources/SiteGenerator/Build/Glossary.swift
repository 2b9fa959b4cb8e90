/// The terms of a site's page `glossary.md`, a definition list: what a link `[continuations](term:)` leads to.
struct Glossary: Sendable {
  /// A term: its place on the page, and what it means.
  struct Term: Sendable {
    var id: String
    /// Plain text.
    var meaning: String
  }

  /// The page's path in the content.
  let path: String
  private var terms: [String: Term] = [:]

  /// The name that a content's glossary has.
  static func isGlossary(_ path: String) -> Bool { path == "glossary.md" || path.hasSuffix("/glossary.md") }

  /// Reads the terms of a page: lines right above one that begins with a colon. Several may share a line, parted by commas.
  init(path: String, text: String) {
    self.path = path
    var last = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(":   "), !last.isEmpty {
        let meaning = Self.plain(line.dropFirst(4))
        for name in last.split(separator: ",") {
          terms[Self.key(String(name))] = Term(id: Self.id(of: last), meaning: meaning)
        }
      }
      last = String(line)
    }
  }

  /// The id of a line of terms.
  static func id(of terms: String) -> String { "term-" + HeadingIDs.slug(terms) }

  /// The term that a text means, in whatever number and case: `Retain cycles`.
  subscript(text: String) -> Term? {
    let key = Self.key(text)
    return terms[key] ?? (key.hasSuffix("s") ? terms[String(key.dropLast())] : nil)
  }

  private static func key(_ text: String) -> String {
    text.lowercased().split(whereSeparator: { $0.isWhitespace || $0 == "-" }).joined(separator: " ")
  }

  /// A meaning up to the link to where it is explained, marks of emphasis and code left out.
  private static func plain(_ text: Substring) -> String {
    let end = text.firstRange(of: " [")?.lowerBound ?? text.endIndex
    return text[..<end].filter { $0 != "`" && $0 != "*" }
  }
}

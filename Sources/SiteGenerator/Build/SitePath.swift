/// Paths inside a site: relative, with `/`, without `.` and `..`.
enum SitePath {
  /// The directory a path lies in, with its `/`; empty at the top.
  static func directory(of path: String) -> Substring {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return path[...slash]
  }

  /// What a link's path means in a page of the given directory; nil if it leads out of the site, unless it `stays`:
  /// browsers go no higher than the top.
  static func resolve(_ link: some StringProtocol, in directory: Substring, stays: Bool = false) -> String? {
    // Most links lead to a neighbour.
    if !link.isEmpty, link != ".", link != "..", !link.utf8.contains(UInt8(ascii: "/")) {
      return directory + String(link)
    }
    var parts: [Substring] = link.hasPrefix("/") ? [] : directory.split(separator: "/")
    for part in Substring(link).split(separator: "/", omittingEmptySubsequences: true) where part != "." {
      if part == ".." {
        if parts.popLast() == nil, !stays { return nil }
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  /// How a page in `directory` writes the way to `target`.
  static func relative(_ target: String, from directory: Substring) -> String {
    if target.hasPrefix(directory) {
      let way = target.dropFirst(directory.count)
      return way.isEmpty ? "./" : String(way)
    }
    let from = directory.split(separator: "/")
    let to = target.split(separator: "/", omittingEmptySubsequences: false)
    var shared = 0
    while shared < from.count, shared < to.count - 1, from[shared] == to[shared] { shared += 1 }
    let up = String(repeating: "../", count: from.count - shared)
    let way = up + to[shared...].joined(separator: "/")
    return way.isEmpty ? "./" : way
  }

  /// The ends of names that Markdown files have, in lower case.
  private static let extensions = [".md", ".markdown", ".mkd", ".mkdn", ".mdown"]

  /// A path without the end that makes it a Markdown file's; nil if it is none's.
  static func stem(_ path: String) -> Substring? {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")), path.utf8.distance(from: dot, to: path.endIndex) < 10,
      extensions.contains(path[dot...].lowercased())
    else { return nil }
    return path[..<dot]
  }

  static func isMarkdown(_ path: String) -> Bool { stem(path) != nil }

  static func isHTML(_ path: String) -> Bool {
    [".html", ".htm", ".xhtml"].contains { path.count > $0.count && path.suffix($0.count).lowercased() == $0 }
  }

  /// The page a Markdown file becomes: `README.md` an index where there is none, all others their name with `.html`.
  static func page(for source: String, isIndex: Bool) -> String {
    isIndex ? directory(of: source) + "index.html" : (stem(source) ?? source[...]) + ".html"
  }

  /// A path as an address: what would end a path in it encoded.
  static func encoded(_ path: String) -> String {
    guard path.utf8.contains(where: { $0 == 0x25 || $0 == 0x23 || $0 == 0x3f }) else { return path }
    return path.replacing("%", with: "%25").replacing("#", with: "%23").replacing("?", with: "%3F")
  }

  /// Percent-decoded.
  static func decoded(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Bars in rows below each other, on one axis. Each is divided into parts, which have a colour, a pattern and their values in
/// words below. HTML that needs no script.
struct BarList {
  /// One bar, and what is said of it.
  struct Row {
    var name: String
    /// Whether the name is one in a program.
    var isCode: Bool
    /// What else is said beside the name; empty for nothing.
    var note = ""
    var value: Int64
    /// The value in words, and its share of all.
    var text: String
    var share: String
    var parts: [(name: String, value: Int64)]
    /// The parts in words.
    var words: String
  }

  static var style: [UInt8] { PackageResources.bars_css }
  /// Parts have the patterns of this many styles; all further ones share the last.
  private static let patternCount = 6

  /// What all bars are together, e.g. `441 live tasks`.
  var total: String
  /// What the parts of all bars are, the largest first.
  var parts: [String]
  /// By part, the pattern that it has in every figure, unless a larger one that is drawn has it already.
  var ownPatterns: [String: Int] = [:]
  var rows: [Row]
  /// The name of the row that is called out.
  var called: String?
  /// What is said of what is not drawn; empty for nothing.
  var rest = ""

  /// How high it is, in pixels.
  static func height(rows: Int) -> Double { 46 + Double(rows) * 77 }

  func paint(into out: inout Markup) {
    let patterns = patterns
    paintKey(patterns, into: &out)
    let longest = max(rows.map(\.value).max() ?? 1, 1)
    for row in rows { paint(row, longest: longest, patterns, into: &out) }
    guard !rest.isEmpty else { return }
    out.raw("<p class=\"bars-rest\">")
    out.text(rest)
    out.raw("</p>")
  }

  /// By part, its pattern.
  private var patterns: [String: Int] {
    var free = Array(0..<Self.patternCount)
    var patterns: [String: Int] = [:]
    for part in parts.prefix(Self.patternCount) where ownPatterns[part].map(free.contains) == true {
      patterns[part] = ownPatterns[part]
      free.removeAll { $0 == ownPatterns[part] }
    }
    for part in parts where patterns[part] == nil {
      patterns[part] = free.isEmpty ? patterns[parts[Self.patternCount - 1]] : free.removeFirst()
    }
    return patterns
  }

  private func paintKey(_ patterns: [String: Int], into out: inout Markup) {
    out.raw("<p class=\"bars-key\"><b>")
    out.text(total)
    out.raw("</b>")
    for (index, part) in parts.prefix(Self.patternCount).enumerated() {
      let isRest = index == Self.patternCount - 1 && parts.count > Self.patternCount
      out.raw("<span><i class=\"p")
      out.number(patterns[part] ?? 0)
      out.raw("\"></i>")
      out.text(isRest ? "all others" : part)
      out.raw("</span>")
    }
    out.raw("</p>")
  }

  private func paint(_ row: Row, longest: Int64, _ patterns: [String: Int], into out: inout Markup) {
    out.raw(row.name == called ? "<div class=\"bars-row c\">" : "<div class=\"bars-row\">")
    out.raw("<p class=\"bars-name\">")
    if row.isCode {
      out.raw("<code>")
      out.text(row.name)
      out.raw("</code>")
    } else {
      out.text(row.name)
    }
    if !row.note.isEmpty {
      out.raw(" <small>")
      out.text(row.note)
      out.raw("</small>")
    }
    out.raw("</p><div class=\"bars-line\"><span class=\"bars-bar\" style=\"--w:")
    out.number(Double(row.value) / Double(longest) * 100)
    out.raw("\">")
    for part in row.parts {
      out.raw("<i class=\"p")
      out.number(patterns[part.name] ?? 0)
      out.raw("\" style=\"--s:")
      out.number(Double(part.value) / Double(max(row.value, 1)) * 100)
      out.raw("%\"></i>")
    }
    out.raw("</span><span class=\"bars-number\"><b>")
    out.text(row.text)
    out.raw("</b> ")
    out.text(row.share)
    out.raw("</span></div><p class=\"bars-parts\">")
    out.text(row.words)
    out.raw("</p></div>")
  }
}

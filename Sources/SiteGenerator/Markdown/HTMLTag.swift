/// What CommonMark 0.31.2 (section 4.6) says of the lines that begin raw HTML.
enum HTMLTag {
  /// Whether a line begins raw HTML that ends at a blank line: with the tag of a block, or, where no paragraph is
  /// interrupted, with any whole tag alone.
  static func beginsBlock(_ line: Slice<Bytes>, interrupting: Bool) -> Bool {
    var at = line.startIndex + 1
    if at < line.endIndex, line[at] == UInt8(ascii: "!") || line[at] == UInt8(ascii: "?") { return interrupting }
    if at < line.endIndex, line[at] == UInt8(ascii: "/") { at += 1 }
    guard let (name, nameEnd) = name(line.base, at: at, end: line.endIndex) else { return false }
    let next = nameEnd < line.endIndex ? line[nameEnd] : 0x20
    if blocks.contains(name) { return next <= 0x20 || next == UInt8(ascii: ">") || next == UInt8(ascii: "/") }
    if interrupting { return ["pre", "script", "style", "textarea"].contains(name) }
    guard let close = end(line.base, from: nameEnd, to: line.endIndex) else { return false }
    return line[close...].allSatisfy { $0 <= 0x20 } && !line[nameEnd..<close].contains(UInt8(ascii: ":"))
  }

  /// The name of a tag in lower case, and where it ends.
  static func name(_ text: Bytes, at: Int, end: Int) -> (name: String, end: Int)? {
    var after = at
    while after < end, CodeByte.isWordStart(text[after]) && text[after] < 0x80 || CodeByte.isDigit(text[after]) {
      if after == at, CodeByte.isDigit(text[after]) { return nil }
      after += 1
    }
    return after > at ? (text.string(at..<after).lowercased(), after) : nil
  }

  /// Where a tag ends, behind its `>`; one inside quotation marks is text. Nil if it does not end before `to`.
  static func end(_ text: Bytes, from start: Int, to end: Int) -> Int? {
    var quote: UInt8 = 0
    for at in start..<max(start, end) {
      let byte = text[at]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return at + 1
      }
    }
    return nil
  }

  private static let blocks: Set<String> = [
    "address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col", "colgroup",
    "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frame",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "iframe", "legend", "li", "link",
    "main", "menu", "menuitem", "nav", "noframes", "ol", "optgroup", "option", "p", "param", "search", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "track", "ul",
  ]
}

import CCMark

/// Notes on lines of code, or on words: `(1)` in the code or the text, and an ordered list right below.
extension PageRenderer {
  /// A list whose items `(1)`, `(2)` … lead to.
  struct Annotations {
    var prefix: String
    var count: Int
  }

  /// Makes a list the notes of what stands before it.
  func annotations(in list: CMarkNode?) -> Annotations? {
    guard let list, list.type == CMARK_NODE_LIST, cmark_node_get_list_type(list.pointer) == CMARK_ORDERED_LIST else {
      return nil
    }
    counters.annotations += 1
    // Capital letters are the site's: no heading's id has any.
    let prefix = "Note-\(counters.annotations)-"
    let items = list.children
    for (index, item) in items.enumerated() { annotationItems[item.pointer] = prefix + String(index + 1) }
    return Annotations(prefix: prefix, count: items.count)
  }

  /// Renders something whose `(1)` lead to a list.
  func annotated(by annotations: Annotations?, _ render: () -> Void) {
    let outer = (self.annotations, syntax.annotations)
    self.annotations = annotations
    syntax.annotations = annotations?.count ?? 0
    render()
    (self.annotations, syntax.annotations) = outer
  }

  func renderAnnotation(_ number: Int) {
    guard let annotations else { return }
    out.append(markup: Self.link(annotations, number))
  }

  /// The number is no text of the page, so that code is copied without it.
  private static func link(_ annotations: Annotations, _ number: Int) -> String {
    "<a class=\"annotation\" href=\"#\(annotations.prefix)\(number)\" data-number=\"\(number)\" "
      + "aria-label=\"Note \(number)\"></a>"
  }

  // MARK: Code

  /// Stand for a note's number while the code around it is coloured; both are for private use.
  private static let (opening, closing) = (Array("\u{e000}".utf8), Array("\u{e001}".utf8))

  /// The notes of a block of code: the list right below, if comments in the code lead to it.
  func annotations(of code: CMarkNode) -> (Annotations, [UInt8])? {
    guard let list = code.next, list.type == CMARK_NODE_LIST,
      cmark_node_get_list_type(list.pointer) == CMARK_ORDERED_LIST,
      let marked = Self.marked(code.literal, count: list.children.count), let annotations = annotations(in: list)
    else { return nil }
    return (annotations, marked)
  }

  /// Code with the `(1)` of `# (1)` marked, `# (1)!` without its `#`; nil if no comment has any.
  private static func marked(_ code: Bytes, count: Int) -> [UInt8]? {
    guard code.find("\u{e000}", from: 0, to: code.count) == nil else { return nil }
    var result: [UInt8] = []
    var from = 0
    // Behind one, all numbers of a line are.
    var isInComment = false
    for at in code.indices where code[at] == UInt8(ascii: "(") || code[at] == 0x0a {
      if code[at] == 0x0a {
        isInComment = false
        continue
      }
      guard at >= from, let (number, end) = number(code, at: at), (1...max(1, count)).contains(number) else { continue }
      let comment = isInComment ? at : commentStart(code, before: at)
      guard let comment else { continue }
      isInComment = true
      let isBare = end < code.count && code[end] == UInt8(ascii: "!")
      result += code[from..<(isBare ? max(from, comment) : at)]
      result += opening + code[(at + 1)..<(end - 1)] + closing
      from = isBare ? commentEnd(code, from: end + 1) : end
    }
    return from > 0 ? result + code[from...] : nil
  }

  /// The number in parentheses at an index, and where they end.
  private static func number(_ code: Bytes, at: Int) -> (number: Int, end: Int)? {
    var end = at + 1
    while end < code.count, end - at < 5, CodeByte.isDigit(code[end]) { end += 1 }
    guard end > at + 1, end < code.count, code[end] == UInt8(ascii: ")") else { return nil }
    return Int(code.string((at + 1)..<end)).map { ($0, end + 1) }
  }

  /// Where the comment begins whose first word would stand at an index; nil if none does.
  private static func commentStart(_ code: Bytes, before at: Int) -> Int? {
    var end = at
    while end > 0, code[end - 1] == 0x20 || code[end - 1] == 0x09 { end -= 1 }
    let marks: [StaticString] = ["<!--", "//", "/*", "--", "#", ";", "%"]
    return marks.first { code.has($0, at: end - $0.utf8CodeUnitCount) }.map { end - $0.utf8CodeUnitCount }
  }

  /// Behind what ends a comment at an index, if anything does.
  private static func commentEnd(_ code: Bytes, from start: Int) -> Int {
    var at = start
    while at < code.count, code[at] == 0x20 { at += 1 }
    if code.has("*/", at: at) { return at + 2 }
    return code.has("-->", at: at) ? at + 3 : start
  }

  /// Puts links in the places that were marked in what was appended behind the first `start` bytes.
  func link(from start: Int, _ annotations: Annotations) {
    let html = Array(out.cut(from: start).utf8)
    html.withUnsafeBufferPointer { html in
      var from = 0
      while let open = html.find("\u{e000}", from: from, to: html.count),
        let close = html.find("\u{e001}", from: open, to: html.count), close - open < 10
      {
        out.append(raw: Bytes(rebasing: html[from..<open]))
        out.append(markup: Self.link(annotations, Int(html.string((open + 3)..<close)) ?? 0))
        from = close + 3
      }
      out.append(raw: Bytes(rebasing: html[from...]))
    }
  }
}

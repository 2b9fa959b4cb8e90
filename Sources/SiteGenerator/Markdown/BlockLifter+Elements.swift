/// HTML whose content is Markdown.
extension BlockLifter {
  /// `<figure markdown>` … `</figure>`, and in its body `<figcaption>` … `</figcaption>`; a table or a list in which
  /// such an element stands.
  mutating func liftElement(_ line: Line, at: Int, column: Int) -> Bool {
    guard let (tag, nameEnd) = HTMLTag.name(text, at: at + 1, end: line.end), MarkdownElement.canHold(tag),
      let open = HTMLTag.end(text, from: nameEnd, to: line.end)
    else { return false }
    guard var element = MarkdownElement(tag, AttributeList(parsing: text[nameEnd..<(open - 1)]), inElement: inElement)
    else { return false }
    element.line = line.number
    guard !unclosed.contains(tag) else { return false }
    guard let end = MarkdownElement.end(of: tag, in: text, lines, from: index, at: open) else {
      if element.content != .html {
        unclosed.insert(tag)
        part.problems.append((line.number, "<\(tag)> is never closed"))
      }
      return false
    }
    if element.content == .html {
      // Without Markdown in it, it is left as it is.
      guard end.body.contains(where: { MarkdownElement.isMarked(text, $0) }) else { return false }
      element.body = end.body
    } else {
      element.body = end.body.trimmedBlank(in: text).dedented(in: text)
    }
    leave(.element(element), for: line, column: column)
    index = end.line + 1
    let rest = Line(start: end.rest, end: lines[end.line].end, number: lines[end.line].number)
    if !rest.isBlank(in: text) { part.feed.append(Part.FedLine(line: rest, isText: true)) }
    return true
  }
}

/// `<small>` and its like alone on a line, which begin text for Python-Markdown and HTML for CommonMark.
extension BlockLifter {
  private static let inline: Set<String> = [
    "abbr", "b", "big", "cite", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span",
    "strong",
    "sub", "sup", "u", "var",
  ]

  /// Keeps such a line as one of text, if the paragraph that it begins holds the element's end.
  mutating func keepInlineElement(_ line: Line, at: Int) -> Bool {
    guard isMkDocs, paragraph == nil, let (tag, nameEnd) = HTMLTag.name(text, at: at + 1, end: line.end),
      Self.inline.contains(tag), HTMLTag.end(text, from: nameEnd, to: line.end) == line.trimmedEnd(in: text).end
    else { return false }
    let below = lines[(index + 1)...].prefix(20).prefix { !$0.isBlank(in: text) }
    guard below.contains(where: { text.string($0.start..<$0.end).lowercased().contains("</" + tag) }) else {
      return false
    }
    part.prefixed.insert(part.feed.count)
    let replacement = text[line.start..<at] + [UInt8(ascii: ";")] + text[at..<line.end]
    part.feed.append(Part.FedLine(line: line, isText: true, replacement: Array(replacement)))
    index += 1
    return true
  }
}

/// Blocks that an editor marked: `{++`, `{--`, `{==` or `{>>` on a line of its own, and what closes it on another.
extension BlockLifter {
  mutating func liftEdited(_ line: Line, at: Int, column: Int) -> Bool {
    guard paragraph == nil, line.trimmedEnd(in: text).end == at + 3 else { return false }
    let (closing, tag, name): (String, String, String?)
    switch text.string(at..<(at + 3)) {
    case "{++": (closing, tag, name) = ("++}", "ins", nil)
    case "{--": (closing, tag, name) = ("--}", "del", nil)
    case "{==": (closing, tag, name) = ("==}", "div", "marked")
    case "{>>": (closing, tag, name) = ("<<}", "div", "comment")
    default: return false
    }
    guard !unclosed.contains(closing) else { return false }
    let end = lines[(index + 1)...].firstIndex { text.string($0.trimmed(in: text)) == closing }
    guard let end else {
      unclosed.insert(closing)
      return false
    }
    var attributes = AttributeList()
    if let name { attributes.classes = [name] }
    let body = lines[(index + 1)..<end].map { $0.dedented(by: column, in: text) }
    leave(
      .element(
        MarkdownElement(tag: tag, attributes: attributes, content: .blocks, line: line.number, body: body)),
      for: line, column: column)
    index = end + 1
    return true
  }
}

extension MarkdownElement {
  /// An element by its start tag; nil if its content is no Markdown.
  init?(_ tag: String, _ attributes: AttributeList, inElement: Bool) {
    var attributes = attributes
    let isCaption = inElement && (tag == "figcaption" || tag == "summary")
    let mode = attributes["markdown"] ?? (attributes.words.contains("markdown") ? "1" : nil)
    guard mode != nil || isCaption || Self.structures.contains(tag) else { return nil }
    attributes.words.removeAll { $0 == "markdown" }
    attributes.pairs.removeAll { $0.name == "markdown" }
    self.init(tag: tag, attributes: attributes, content: .blocks, line: 0, body: [])
    if Self.structures.contains(tag) {
      content = .html
    } else if isCaption || mode == "span" && tag != "figure" || mode != "block" && Self.runs.contains(tag) {
      content = .text
    }
  }

  /// Whether the content of an element may be Markdown.
  static func canHold(_ tag: String) -> Bool {
    blocks.contains(tag) || runs.contains(tag) || structures.contains(tag)
  }

  /// Whether the content of an element is one run of text, as that of all that stand in a line of text is.
  static func isRun(_ tag: String) -> Bool { !blocks.contains(tag) && !structures.contains(tag) && tag != "p" }

  private static let blocks: Set<String> = [
    "figure", "figcaption", "div", "section", "article", "aside", "details", "summary", "header", "footer", "center",
    "main", "nav", "blockquote", "fieldset", "form", "td", "th", "li", "dd",
  ]
  /// Elements whose content is one run of text, unless `markdown="block"` says otherwise.
  private static let runs: Set<String> = [
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "address", "legend", "caption", "summary", "figcaption",
  ]
  /// Elements that hold but further elements.
  private static let structures: Set<String> = [
    "table", "thead", "tbody", "tfoot", "tr", "colgroup", "ul", "ol", "dl", "menu",
  ]

  /// Whether a tag in a line says that its content is Markdown.
  static func isMarked(_ text: Bytes, _ line: Line) -> Bool {
    markedTag(text, line.start..<line.end) != nil
  }

  /// The first start tag in a range that says that its content is Markdown: its name, where it begins, where its
  /// attributes do, and where it ends.
  static func markedTag(
    _ text: Bytes, _ range: Range<Int>
  ) -> (tag: String, start: Int, attributes: Int, end: Int)? {
    guard text.find("markdown", from: range.lowerBound, to: range.upperBound) != nil else { return nil }
    var from = range.lowerBound
    while let open = text.find("<", from: from, to: range.upperBound) {
      from = open + 1
      guard let (tag, nameEnd) = HTMLTag.name(text, at: from, end: range.upperBound), canHold(tag),
        !structures.contains(tag), let end = HTMLTag.end(text, from: nameEnd, to: range.upperBound)
      else { continue }
      let list = AttributeList(parsing: text[nameEnd..<(end - 1)])
      if list.words.contains("markdown") || list["markdown"] != nil { return (tag, open, nameEnd, end) }
    }
    return nil
  }

  /// The lines up to the matching end tag, the index of the line it stands in, and what follows it there. Tags in code
  /// are passed over.
  static func end(
    of tag: String, in text: Bytes, _ lines: [Line], from index: Int, at start: Int
  ) -> (body: [Line], line: Int, rest: Int)? {
    var body: [Line] = []
    var depth = 1
    var fence: Fence?
    for next in index..<lines.count {
      var line = lines[next]
      if next == index { line.start = start }
      let content = line.content(in: text).start
      if let open = fence {
        if open.isClosed(by: text, from: content, to: line.end) { fence = nil }
        body.append(line)
        continue
      }
      if content < line.end, next > index { fence = Fence(opening: text, from: content, to: line.end, container: 0) }
      var at = line.start
      while fence == nil, at < line.end {
        if text[at] == UInt8(ascii: "`") {
          at = Table.codeEnd(text, at, line.end)
          continue
        }
        guard text[at] == UInt8(ascii: "<") else {
          at += 1
          continue
        }
        let found = at
        let isEnd = at + 1 < line.end && text[at + 1] == UInt8(ascii: "/")
        at += 1
        guard HTMLTag.name(text, at: found + (isEnd ? 2 : 1), end: line.end)?.name == tag else { continue }
        depth += isEnd ? -1 : 1
        guard depth == 0 else { continue }
        body.append(Line(start: line.start, end: found, number: line.number))
        let close = text.find(">", from: found, to: line.end).map { $0 + 1 } ?? line.end
        return (body, next, close)
      }
      body.append(line)
    }
    return nil
  }
}

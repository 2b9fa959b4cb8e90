/// The pre-pass: one walk over the lines of a text (or of a lifted body) that takes out the blocks CommonMark lacks.
///
/// It knows just enough of CommonMark to leave code alone: fences, raw HTML, indented code, and how far list items
/// indent their content. Each lifted block leaves a comment behind, indented as it was, so that it stays in its list
/// item. The pass is linear in the lines; bodies are lifted again when they are rendered.
struct BlockLifter {
  let text: Bytes
  let lines: [Line]
  /// Whether the text is the body of an element, where a caption may stand.
  var inElement = false
  /// Whether quotes may still be lifted; at the depth limit they are left to libcmark.
  var liftsQuotes = true

  /// Whether `$…$` is mathematics.
  var protectsMathematics = false
  /// Whether `\(…\)` is, whatever stands in it.
  var hasSureMathematics = false
  /// Whether the text was written for Python-Markdown.
  var isMkDocs = false
  /// The mathematics that the line before begins and does not end.
  private var openMathematics: Mathematics.Opened?

  var part = Part()
  var index = 0
  /// The column each open list item's content begins in.
  private var items: [Int] = []
  private var fence: Fence?
  private var rawEnd: StaticString?
  /// Whether the line before is one of running text, which a table's header may be.
  private(set) var afterText = false
  /// Where in the feed the paragraph begins that the line before belongs to; nil if it belongs to none.
  private(set) var paragraph: Int?
  /// Whether it begins with the mark of a list item or a quote.
  private(set) var paragraphHasMarks = false
  /// The last paragraph whose lines have no marks of list items, and that a blank line ended.
  private(set) var lastParagraph: Range<Int>?
  /// Whether the line before belongs to a quote that is left to libcmark.
  private var isQuoting = false
  /// Whether the line before is raw HTML, which ends at a blank line.
  private var isHTML = false
  /// Elements known to have no end in what follows, so that looking for it stays linear.
  var unclosed: Set<String> = []

  init(text: Bytes, lines: [Line]) {
    self.text = text
    self.lines = lines
  }

  mutating func lift() -> Part {
    part.feed.reserveCapacity(lines.count)
    while index < lines.count { step() }
    return part
  }

  /// The column that blocks begin in here.
  var base: Int { items.last ?? 0 }

  /// Handles the line at `index` and moves on, past the whole block if one begins here.
  private mutating func step() {
    let line = lines[index]
    var (at, column) = line.content(in: text)
    guard at < line.end else {
      keep(line)
      isQuoting = false
      isHTML = false
      return
    }
    if let rawEnd {
      if text.find(rawEnd, from: at, to: line.end) != nil { self.rawEnd = nil }
      keep(line)
      return
    }
    if let open = fence {
      if column >= open.container {
        if column - open.container < 4, open.isClosed(by: text, from: at, to: line.end) { fence = nil }
        keep(line)
        return
      }
      fence = nil
    }
    // Attributes below a paragraph are its own, however they are indented.
    if text[at] == UInt8(ascii: "{"), paragraph != nil, takeParagraphAttributes(line, at: at) {
      leaveParagraph()
      return
    }
    // A paragraph goes on in a line that is indented less, if nothing begins there.
    let isLazy = paragraph != nil && column < base && !beginsBlock(at: at, end: line.end)
    if !isLazy { while let item = items.last, item > column { items.removeLast() } }
    if column - base >= 4, !(isHTML && text[at] == UInt8(ascii: "<")) {
      if paragraph != nil { keepText(line) } else { keep(line) }
      return
    }
    if !isLazy, lifted(line, at: at, column: column) {
      leaveParagraph()
      isQuoting = false
      return
    }
    keepBlock(line, &at, column)
  }

  /// Keeps a line for libcmark, and what it says of those that follow.
  private mutating func keepBlock(_ line: Line, _ at: inout Int, _ column: Int) {
    var column = column
    var hasMarker = false
    var markers = 0
    while at < line.end, markers < 32, let offset = listItemOffset(at: at, end: line.end) {
      markers += 1
      hasMarker = true
      column += offset
      items.append(column)
      at = Line(start: at, end: line.end, number: 0).afterMarker(in: text)
    }
    if at < line.end {
      fence = Fence(opening: text, from: at, to: line.end, container: base)
      if fence == nil { startRaw(at: at, end: line.end) }
    }
    guard at < line.end, fence == nil, rawEnd == nil, !isHTML else {
      isQuoting = false
      keep(line)
      afterText = at < line.end && fence == nil && rawEnd == nil && !hasMarker
      return
    }
    let isQuote = text[at] == UInt8(ascii: ">")
    let isHeading = text[at] == UInt8(ascii: "#") && beginsBlock(at: at, end: line.end)
    if isMkDocs, text[at] == UInt8(ascii: "#"), !isHeading, paragraph == nil { noteHeading(line, at: at) }
    let isRule = isRuleOrUnderline(at: at, end: line.end)
    let begins = hasMarker || isQuote != isQuoting && isQuote
    isQuoting = isQuote || isQuoting && paragraph != nil && !hasMarker && !isHeading && !isRule
    keepText(line, isHeading: isHeading)
    if isHeading || isRule {
      leaveParagraph()
    } else if begins || paragraph == nil {
      paragraph = part.feed.count - 1
      paragraphHasMarks = hasMarker || isQuote
    }
    afterText = !hasMarker && !isHeading && !isQuote
  }

  private mutating func keep(_ line: Line) {
    if let paragraph, !paragraphHasMarks { lastParagraph = paragraph..<part.feed.count }
    leaveParagraph()
    part.feed.append(Part.FedLine(line: line))
    index += 1
  }

  /// Keeps a line of text.
  private mutating func keepText(_ line: Line, isHeading: Bool = false) {
    var protected: [UInt8]?
    if protectsMathematics {
      var (before, start): ([UInt8], Int) = ([], line.start)
      if let open = openMathematics, open.line == index {
        (before, start) = (text[line.start..<open.end] + open.mark, open.end)
      }
      if openMathematics.map({ index >= $0.line }) ?? true {
        openMathematics = nil
        let after = Mathematics.protected(text[start..<line.end], isSure: hasSureMathematics)
        protected = after.map { before + $0 } ?? (before.isEmpty ? nil : before + text[start..<line.end])
        if !isHeading, let (bytes, opened) = opened(in: line, from: start) {
          openMathematics = opened
          protected = before + bytes
        }
      }
    }
    part.feed.append(Part.FedLine(line: line, isText: true, replacement: protected))
    index += 1
  }

  /// A line that begins mathematics which a further line of its paragraph ends.
  private func opened(in line: Line, from start: Int) -> (bytes: [UInt8], opened: Mathematics.Opened)? {
    guard let open = Mathematics.lastOpening(in: text[start..<line.end], isSure: hasSureMathematics) else { return nil }
    for next in (index + 1)..<max(index + 1, min(index + 20, lines.count)) {
      var at = lines[next].content(in: text).start
      while isQuoting, at < lines[next].end, text[at] == UInt8(ascii: ">") || text[at] == 0x20 { at += 1 }
      guard at < lines[next].end, !beginsBlock(at: at, end: lines[next].end) else { return nil }
      switch Mathematics.closing(of: open, in: text[at..<lines[next].end]) {
      case .none: continue
      case .never: return nil
      case .at(let end):
        let inside = [text[open..<line.end]] + ((index + 1)...next).map { text[lines[$0].start..<lines[$0].end] }
        let ticks = Mathematics.ticks(around: inside)
        let before = Mathematics.protected(text[start..<open], isSure: hasSureMathematics) ?? Array(text[start..<open])
        return (
          before + ticks + [Mathematics.mark] + text[open..<line.end],
          Mathematics.Opened(line: next, end: end, mark: [Mathematics.mark] + ticks)
        )
      }
    }
    return nil
  }

  private mutating func leaveParagraph() {
    paragraph = nil
    afterText = false
  }

  mutating func leave(_ block: LiftedBlock, for line: Line, column: Int) {
    part.feed.append(Part.FedLine(line: line, lifted: part.lifted.count, indent: column))
    part.lifted.append(block)
  }

  /// Takes the lines from an index of the feed on back.
  mutating func takeBack(from start: Int) -> [Line] {
    defer { part.feed.removeSubrange(start...) }
    return part.feed[start...].map(\.line)
  }

  /// Lifts the block that begins at this line, if one does.
  private mutating func lifted(_ line: Line, at: Int, column: Int) -> Bool {
    switch text[at] {
    case UInt8(ascii: "!"), UInt8(ascii: "?"):
      guard text.has("!!!", at: at) || text.has("???", at: at) else { return false }
      if liftAdmonition(line, at: at, column: column) { return true }
      // Three signs and no word are how somebody speaks.
      if at + 4 < line.end, text[at + 3] == 0x20 || text[at + 3] == UInt8(ascii: "+") {
        part.notes.append(("admonition not understood, shown as written", text.string(at..<line.end), line.number))
      }
      return false
    case UInt8(ascii: "="):
      if text.has("===", at: at), liftTabs(line, at: at, column: column) { return true }
      takeSetextAttributes(line, at: at)
      return false
    case UInt8(ascii: "/"): return text.has("///", at: at) && liftBlock(line, at: at, column: column)
    case UInt8(ascii: "$"), UInt8(ascii: "\\"): return liftMathematics(line, at: at, column: column)
    case UInt8(ascii: "<"): return liftElement(line, at: at, column: column) || keepInlineElement(line, at: at)
    case UInt8(ascii: "["):
      if text.has("[TOC]", at: at), line.trimmedEnd(in: text).end == at + 5, !afterText {
        // Each page has its contents beside it already.
        index += 1
        return true
      }
      return text.has("[^", at: at) ? liftFootnote(line, at: at) : takeDefinition(line, at: at)
    case UInt8(ascii: ">"): return !isQuoting && liftQuote(line, column: column)
    case UInt8(ascii: "#"): return liftHeadingAttributes(line, at: at)
    case UInt8(ascii: "{"): return takeParagraphAttributes(line, at: at) || liftEdited(line, at: at, column: column)
    case UInt8(ascii: "*"):
      guard Abbreviations.definition(in: text, at: at, end: line.end) != nil else { return false }
      index += 1
      return true
    case UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: "-"):
      if liftTable(line, at: at, column: column) { return true }
      if text[at] == UInt8(ascii: ":") {
        return liftReference(line, at: at, column: column) || liftDefinitions(line, at: at, column: column)
      }
      if text[at] == UInt8(ascii: "-") { takeSetextAttributes(line, at: at) }
      return false
    default: return false
    }
  }

  /// The lines from `from` on that are blank or indented by at least `column`, without blank ones at the end.
  func indented(from: Int, column: Int) -> ArraySlice<Line> {
    var end = from
    var at = from
    while at < lines.count {
      let content = lines[at].content(in: text)
      if content.start < lines[at].end {
        if content.column < column { break }
        end = at + 1
      }
      at += 1
    }
    return lines[from..<end]
  }

  // MARK: Headings

  /// `##Heading` is one for Python-Markdown, and text here.
  private mutating func noteHeading(_ line: Line, at: Int) {
    let signs = text[at..<line.end].prefix { $0 == UInt8(ascii: "#") }
    guard signs.count <= 6, signs.endIndex < line.end else { return }
    part.notes.append(("no heading without a space behind its signs", text.string(at..<line.end), line.number))
  }

  private mutating func liftHeadingAttributes(_ line: Line, at: Int) -> Bool {
    guard let (kept, list) = takeAttributes(line, from: at) else { return false }
    part.blockAttributes[part.feed.count] = list
    keepText(kept, isHeading: true)
    return true
  }

  private mutating func takeSetextAttributes(_ line: Line, at: Int) {
    guard afterText, let last = part.feed.last,
      text[at..<line.end].allSatisfy({ $0 == text[at] || $0 == UInt8(ascii: " ") }),
      let (kept, list) = takeAttributes(last.line, from: last.line.start)
    else { return }
    part.blockAttributes[part.feed.count - 1] = list
    part.feed[part.feed.count - 1].line = kept
    part.feed[part.feed.count - 1].replacement = nil
  }

  /// A line of attributes right below running text belongs to its paragraph, or its list item.
  private mutating func takeParagraphAttributes(_ line: Line, at: Int) -> Bool {
    let line = line.trimmedEnd(in: text)
    guard paragraph != nil || afterText, !part.feed.isEmpty, AttributeList.end(in: text[at..<line.end]) == line.end
    else {
      return false
    }
    let list = AttributeList(parsing: text[(at + 1)..<(line.end - 1)])
    guard list.isMarked || !list.words.isEmpty else { return false }
    part.blockAttributes[part.feed.count - 1] = list
    index += 1
    return true
  }

  /// A heading's line without its attributes, and these.
  private func takeAttributes(_ line: Line, from: Int) -> (Line, AttributeList)? {
    var line = line.trimmedEnd(in: text)
    // The signs that close a heading may stand behind them.
    if text[from] == UInt8(ascii: "#") {
      let end = line.end
      while line.end > from, text[line.end - 1] == UInt8(ascii: "#") { line.end -= 1 }
      if line.end < end { line = line.trimmedEnd(in: text) }
    }
    guard let (open, list) = AttributeList.trailing(in: text, from..<line.end) else { return nil }
    line.end = open
    return (line.trimmedEnd(in: text), list)
  }

  /// A definition of a link in the midst of a paragraph, which Python-Markdown parts there.
  private mutating func takeDefinition(_ line: Line, at: Int) -> Bool {
    guard isMkDocs, paragraph != nil, text.find("]:", from: at, to: line.end) != nil,
      let definition = LinkDefinition(at: Bytes(rebasing: text[at..<line.end])), definition.length >= line.end - at
    else { return false }
    part.interrupting.insert(part.feed.count)
    part.feed.append(Part.FedLine(line: line, replacement: []))
    index += 1
    return true
  }

  // MARK: Tables

  private mutating func liftTable(_ line: Line, at: Int, column: Int) -> Bool {
    guard afterText, let header = part.feed.last?.line, let alignments = Table.alignments(text, from: at, to: line.end),
      Table.cells(text, header).count == alignments.count
    else { return false }
    var table = Table(alignments: alignments, header: header, rows: [])
    part.feed.removeLast()
    var end = index + 1
    while end < lines.count {
      let content = lines[end].content(in: text)
      guard content.start < lines[end].end, content.column >= base,
        !interruptsTable(content.start, end: lines[end].end)
      else { break }
      end += 1
    }
    table.rows = Array(lines[(index + 1)..<end])
    if end < lines.count {
      let (at, line) = (lines[end].content(in: text).start, lines[end].trimmedEnd(in: text))
      if at < line.end, AttributeList.end(in: text[at..<line.end]) == line.end {
        table.attributes = AttributeList(parsing: text[(at + 1)..<(line.end - 1)])
        end += 1
      }
    }
    leave(.table(table), for: header, column: max(column, base))
    index = end
    return true
  }

  private func interruptsTable(_ at: Int, end: Int) -> Bool {
    switch text[at] {
    case UInt8(ascii: ">"), UInt8(ascii: "#"): true
    case UInt8(ascii: "`"), UInt8(ascii: "~"): Fence(opening: text, from: at, to: end, container: 0) != nil
    case UInt8(ascii: "!"): text.has("!!! ", at: at)
    case UInt8(ascii: "/"): text.has("///", at: at)
    case UInt8(ascii: "{"): AttributeList.end(in: text[at..<end]) != nil
    case UInt8(ascii: "?"): text.has("???", at: at)
    case UInt8(ascii: "<"): text.has("</", at: at) || text.has("<figcaption", at: at)
    default: false
    }
  }

  // MARK: Raw HTML

  private mutating func startRaw(at: Int, end: Int) {
    guard text[at] == UInt8(ascii: "<") else { return }
    let ends: [(StaticString, StaticString)] = [
      ("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<pre", "</pre>"), ("<script", "</script>"),
      ("<style", "</style>"), ("<textarea", "</textarea>"),
    ]
    for (opening, closing) in ends where text.has(opening, at: at) {
      rawEnd = text.find(closing, from: at, to: end) == nil ? closing : nil
      return
    }
    if HTMLTag.beginsBlock(text[at..<end], interrupting: paragraph != nil) { isHTML = true }
  }

  // MARK: Paragraphs

  /// Whether a block begins at a line that could continue a paragraph.
  func beginsBlock(at: Int, end: Int) -> Bool {
    switch text[at] {
    case UInt8(ascii: ">"): return true
    case UInt8(ascii: "#"):
      let after = text[at..<end].drop { $0 == UInt8(ascii: "#") }
      return after.startIndex - at <= 6 && (after.first ?? 0x20) <= 0x20
    case UInt8(ascii: "`"), UInt8(ascii: "~"): return Fence(opening: text, from: at, to: end, container: 0) != nil
    case UInt8(ascii: "<"): return HTMLTag.beginsBlock(text[at..<end], interrupting: true)
    case UInt8(ascii: "!"): return text.has("!!!", at: at)
    case UInt8(ascii: "?"): return text.has("???", at: at)
    case UInt8(ascii: "/"): return text.has("///", at: at)
    case UInt8(ascii: "="): return text.has("===", at: at) && text[at..<end].contains(UInt8(ascii: "\""))
    case UInt8(ascii: "$"): return text.has("$$", at: at)
    case UInt8(ascii: "{"): return AttributeList.end(in: text[at..<end]) != nil
    case UInt8(ascii: "|"), UInt8(ascii: ":"):
      return Table.alignments(text, from: at, to: end) != nil
        || at + 1 < end && text[at] == UInt8(ascii: ":")
          && text[at + 1] <= 0x20
    case UInt8(ascii: "["):
      return text.has("[^", at: at) && text.find("]:", from: at, to: end) != nil
    case UInt8(ascii: "*") where text.has("*[", at: at):
      return Abbreviations.definition(in: text, at: at, end: end) != nil
    case UInt8(ascii: "1"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"):
      return listItemOffset(at: at, end: end) != nil || isRule(at: at, end: end)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return !items.isEmpty && listItemOffset(at: at, end: end) != nil
    case UInt8(ascii: "_"): return isRule(at: at, end: end)
    default: return false
    }
  }

  /// Three or more `-`, `*` or `_`, spaces between them or not.
  private func isRule(at: Int, end: Int) -> Bool {
    let byte = text[at]
    guard byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "_") else { return false }
    var count = 0
    for other in text[at..<end] {
      if other == byte { count += 1 } else if other != 0x20, other != 0x09 { return false }
    }
    return count >= 3
  }

  private func isRuleOrUnderline(at: Int, end: Int) -> Bool {
    if isRule(at: at, end: end) { return true }
    guard text[at] == UInt8(ascii: "=") || text[at] == UInt8(ascii: "-"), paragraph != nil else { return false }
    return text[at..<Line(start: at, end: end, number: 0).trimmedEnd(in: text).end].allSatisfy { $0 == text[at] }
  }

  // MARK: Lists

  /// How many columns a list marker and the space after it take, if one stands here.
  private func listItemOffset(at: Int, end: Int) -> Int? {
    var after = at
    switch text[at] {
    case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"):
      after += 1
      let isBreak = text[at..<end].allSatisfy { $0 == text[at] || $0 == UInt8(ascii: " ") }
      if isBreak, text[at..<end].count(where: { $0 == text[at] }) >= 3 { return nil }
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      while after < end, after - at < 10, (0x30...0x39).contains(text[after]) { after += 1 }
      guard after < end, text[after] == UInt8(ascii: ".") || text[after] == UInt8(ascii: ")") else { return nil }
      after += 1
    default: return nil
    }
    let marker = after - at
    guard after < end else { return marker + 1 }
    guard text[after] == UInt8(ascii: " ") || text[after] == UInt8(ascii: "\t") else { return nil }
    if text[after] == UInt8(ascii: "\t") { return 4 }
    var spaces = 0
    while after < end, text[after] == UInt8(ascii: " ") {
      after += 1
      spaces += 1
    }
    return after == end || spaces > 4 ? marker + 1 : marker + spaces
  }
}

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

  var part = Part()
  var index = 0
  /// The column each open list item's content begins in.
  private var items: [Int] = []
  private var fence: Fence?
  private var rawEnd: StaticString?
  /// Whether the line before is one of running text, which a table's header may be.
  private var afterText = false
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

  /// Handles the line at `index` and moves on, past the whole block if one begins here.
  private mutating func step() {
    let line = lines[index]
    var (at, column) = line.content(in: text)
    guard at < line.end else {
      keep(line)
      return
    }
    if let rawEnd {
      if text.find(rawEnd, from: at, to: line.end) != nil { self.rawEnd = nil }
      keep(line)
      return
    }
    if let open = fence {
      if column >= open.container {
        if open.isClosed(by: text, from: at, to: line.end) { fence = nil }
        keep(line)
        return
      }
      fence = nil
    }
    while let item = items.last, item > column { items.removeLast() }
    guard column - (items.last ?? 0) < 4 else {
      keep(line)
      return
    }
    if lifted(line, at: at, column: column) {
      afterText = false
      return
    }
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
      fence = Fence(opening: text, from: at, to: line.end, container: items.last ?? 0)
      if fence == nil { startRaw(at: at, end: line.end) }
    }
    keep(line)
    afterText = !hasMarker && fence == nil && rawEnd == nil && text[at] != UInt8(ascii: "#")
  }

  private mutating func keep(_ line: Line) {
    part.feed.append(Part.FedLine(line: line))
    index += 1
    afterText = false
  }

  mutating func leave(_ block: LiftedBlock, for line: Line, column: Int) {
    part.feed.append(Part.FedLine(line: line, lifted: part.lifted.count, indent: column))
    part.lifted.append(block)
  }

  /// Lifts the block that begins at this line, if one does.
  private mutating func lifted(_ line: Line, at: Int, column: Int) -> Bool {
    switch text[at] {
    case UInt8(ascii: "!"): return text.has("!!!", at: at) && liftAdmonition(line, at: at, column: column)
    case UInt8(ascii: "?"): return text.has("???", at: at) && liftAdmonition(line, at: at, column: column)
    case UInt8(ascii: "="):
      if text.has("=== ", at: at) { return liftTabs(line, at: at, column: column) }
      takeSetextAttributes(line, at: at)
      return false
    case UInt8(ascii: "<"): return liftElement(line, at: at, column: column)
    case UInt8(ascii: "["):
      if text.has("[TOC]", at: at), line.trimmedEnd(in: text).end == at + 5, !afterText {
        // Each page has its contents beside it already.
        index += 1
        return true
      }
      return text.has("[^", at: at) && liftFootnote(line, at: at, column: column)
    case UInt8(ascii: ">"): return liftQuote(line, column: column)
    case UInt8(ascii: "#"): return liftHeadingAttributes(line, at: at)
    case UInt8(ascii: "{"): return takeParagraphAttributes(line, at: at)
    case UInt8(ascii: "*"):
      guard Abbreviations.definition(in: text, at: at, end: line.end) != nil else { return false }
      index += 1
      return true
    case UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: "-"):
      if liftTable(line, at: at, column: column) { return true }
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

  private mutating func liftHeadingAttributes(_ line: Line, at: Int) -> Bool {
    guard let (kept, list) = takeAttributes(line, from: at) else { return false }
    part.blockAttributes[part.feed.count] = list
    keep(kept)
    return true
  }

  private mutating func takeSetextAttributes(_ line: Line, at: Int) {
    guard afterText, let last = part.feed.last,
      text[at..<line.end].allSatisfy({ $0 == text[at] || $0 == UInt8(ascii: " ") }),
      let (kept, list) = takeAttributes(last.line, from: last.line.start)
    else { return }
    part.blockAttributes[part.feed.count - 1] = list
    part.feed[part.feed.count - 1].line = kept
  }

  /// A line of attributes right below running text belongs to its paragraph.
  private mutating func takeParagraphAttributes(_ line: Line, at: Int) -> Bool {
    let line = line.trimmedEnd(in: text)
    guard afterText, !part.feed.isEmpty, text[line.end - 1] == UInt8(ascii: "}") else { return false }
    let list = AttributeList(parsing: text[at..<line.end])
    guard list.isMarked else { return false }
    part.blockAttributes[part.feed.count - 1] = list
    index += 1
    return true
  }

  private func takeAttributes(_ line: Line, from: Int) -> (Line, AttributeList)? {
    var line = line.trimmedEnd(in: text)
    guard line.end > from, text[line.end - 1] == UInt8(ascii: "}"),
      let open = text[from..<line.end].lastIndex(of: UInt8(ascii: "{"))
    else { return nil }
    let list = AttributeList(parsing: text[open..<line.end])
    guard list.isMarked else { return nil }
    line.end = open
    return (line.trimmedEnd(in: text), list)
  }

  // MARK: Tables

  private mutating func liftTable(_ line: Line, at: Int, column: Int) -> Bool {
    guard afterText, let header = part.feed.last?.line, let alignments = Table.alignments(text, from: at, to: line.end),
      Table.cells(text, header).count == alignments.count
    else { return false }
    part.feed.removeLast()
    var end = index + 1
    while end < lines.count {
      let content = lines[end].content(in: text)
      guard content.start < lines[end].end, content.column >= (items.last ?? 0),
        !interruptsTable(content.start, end: lines[end].end)
      else { break }
      end += 1
    }
    leave(
      .table(Table(alignments: alignments, header: header, rows: Array(lines[(index + 1)..<end]))), for: header,
      column: column)
    index = end
    return true
  }

  private func interruptsTable(_ at: Int, end: Int) -> Bool {
    switch text[at] {
    case UInt8(ascii: ">"), UInt8(ascii: "#"): true
    case UInt8(ascii: "`"), UInt8(ascii: "~"): Fence(opening: text, from: at, to: end, container: 0) != nil
    case UInt8(ascii: "!"): text.has("!!! ", at: at)
    case UInt8(ascii: "?"): text.has("???", at: at)
    case UInt8(ascii: "<"): text.has("</", at: at) || text.has("<figcaption", at: at)
    default: false
    }
  }

  // MARK: Raw HTML

  private mutating func startRaw(at: Int, end: Int) {
    guard text[at] == UInt8(ascii: "<") else { return }
    let ends: [(StaticString, StaticString)] = [
      ("<!--", "-->"), ("<pre", "</pre>"), ("<script", "</script>"), ("<style", "</style>"),
      ("<textarea", "</textarea>"),
    ]
    for (opening, closing) in ends where text.has(opening, at: at) {
      rawEnd = text.find(closing, from: at, to: end) == nil ? closing : nil
    }
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

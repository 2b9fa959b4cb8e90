/// The blocks that have a body: each finds its end and hands the body on as lines.
extension BlockLifter {
  /// `!!! kind "Title"`, `???`, `???+`, and the lines indented by four below.
  mutating func liftAdmonition(_ line: Line, at: Int, column: Int) -> Bool {
    var from = at + 3
    var folding = text[at] == UInt8(ascii: "!") ? Admonition.Folding.never : .closed
    if folding == .closed, from < line.end, text[from] == UInt8(ascii: "+") {
      folding = .open
      from += 1
    }
    let end = line.trimmedEnd(in: text).end
    var classesEnd = end
    var title: String?
    if end > from, text[end - 1] == UInt8(ascii: "\""), let quote = text[from..<end].firstIndex(of: UInt8(ascii: "\"")),
      quote < end - 1
    {
      title = text.string((quote + 1)..<(end - 1))
      classesEnd = quote
    }
    guard classesEnd >= from, text[from..<classesEnd].allSatisfy(Self.isKind) else { return false }
    let classes = text.string(from..<classesEnd).lowercased().split(separator: " ").map(String.init)
    guard !classes.isEmpty || title != nil else { return false }
    let body = indented(from: index + 1, column: column + 4)
    leave(
      .admonition(
        Admonition(
          folding: folding, classes: classes, title: title, line: line.number,
          body: body.map { $0.dedented(by: column + 4, in: text) })), for: line, column: column)
    index = body.endIndex
    return true
  }

  /// `=== "Title"` and its body, and those that follow it.
  mutating func liftTabs(_ line: Line, at: Int, column: Int) -> Bool {
    var tabs: [Tab] = []
    var next = index
    while next < lines.count {
      let content = lines[next].content(in: text)
      if content.start == lines[next].end, !tabs.isEmpty {
        next += 1
        continue
      }
      guard content.column == column, let title = tabTitle(lines[next], at: content.start) else { break }
      let body = indented(from: next + 1, column: column + 4)
      // `===!` begins a set of its own, the tab of `===+` is shown first.
      let sign = text[content.start + 3]
      if sign == UInt8(ascii: "!"), !tabs.isEmpty { break }
      tabs.append(
        Tab(
          title: title, line: lines[next].number, body: body.map { $0.dedented(by: column + 4, in: text) },
          isSelected: sign == UInt8(ascii: "+")))
      next = body.endIndex
      index = next
    }
    guard !tabs.isEmpty else { return false }
    leave(.tabs(tabs), for: line, column: column)
    return true
  }

  private func tabTitle(_ line: Line, at: Int) -> String? {
    let end = line.trimmedEnd(in: text).end
    guard text.has("===", at: at), let open = text.find("\"", from: at, to: end), open < end - 1,
      text[end - 1] == UInt8(ascii: "\"")
    else { return nil }
    let between = text.string((at + 3)..<open)
    guard between.allSatisfy({ $0 == " " || $0 == "!" || $0 == "+" }) else { return nil }
    return text.string((open + 1)..<(end - 1))
  }

  /// `[^label]: text`, lines that continue its paragraph, and lines indented by four.
  mutating func liftFootnote(_ line: Line, at: Int) -> Bool {
    guard let close = text.find("]:", from: at + 2, to: line.end), close > at + 2, close - at < 100 else {
      return false
    }
    let label = text.string((at + 2)..<close)
    guard !label.contains(where: { $0 == " " || $0 == "[" || $0 == "]" }) else { return false }
    let column = base + 4
    var body = [Line(start: close + 2, end: line.end, number: line.number)]
    var next = index + 1
    while next < lines.count {
      let content = lines[next].content(in: text)
      guard content.start < lines[next].end, !text.has("[^", at: content.start),
        content.column >= column || !beginsBlock(at: content.start, end: lines[next].end)
      else { break }
      body.append(lines[next])
      next += 1
    }
    let more = indented(from: next, column: column)
    body += more
    part.footnotes.append(
      FootnoteDefinition(
        label: label, line: line.number,
        body: body.enumerated().map { $1.dedented(by: $0 == 0 ? 100 : column, in: text) }))
    index = more.endIndex
    return true
  }

  /// A quote that holds something to lift: its lines without the mark. Others are left to libcmark.
  mutating func liftQuote(_ line: Line, column: Int) -> Bool {
    guard liftsQuotes else { return false }
    var end = index
    var body: [Line] = []
    var isWorthIt = false
    while end < lines.count {
      var inner = lines[end]
      let (start, indent) = inner.content(in: text)
      guard start < inner.end, indent - base < 4, indent >= base else { break }
      if text[start] == UInt8(ascii: ">") {
        inner.start = start + 1
        if inner.start < inner.end, text[inner.start] == UInt8(ascii: " ") { inner.start += 1 }
        isWorthIt = isWorthIt || holdsLiftable(inner)
      } else if body.last?.isBlank(in: text) != false || beginsBlock(at: start, end: inner.end)
        || text[start] == UInt8(ascii: "=")
      {
        break
      }
      body.append(inner)
      end += 1
    }
    guard isWorthIt else { return false }
    leave(.quote(body), for: line, column: column)
    index = end
    return true
  }

  private func holdsLiftable(_ line: Line) -> Bool {
    var at = line.content(in: text).start
    while at < line.end, text[at] == UInt8(ascii: ">") {
      at = Line(start: at + 1, end: line.end, number: 0).content(in: text).start
    }
    guard at < line.end else { return false }
    switch text[at] {
    case UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: "<"): return true
    case UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "/"): return at + 1 < line.end && text[at + 1] == text[at]
    case UInt8(ascii: "="), UInt8(ascii: "$"): return at + 1 < line.end && text[at + 1] == text[at]
    case UInt8(ascii: "["): return at + 1 < line.end && (text[at + 1] == 0x5e || text[at + 1] == 0x21)
    case UInt8(ascii: "{"), UInt8(ascii: "#"): return text[at..<line.end].contains(UInt8(ascii: "}"))
    case UInt8(ascii: "*"): return text.has("*[", at: at)
    case UInt8(ascii: "-"): return text[at..<line.end].contains(UInt8(ascii: "|"))
    default: return false
    }
  }

  private static func isKind(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
      || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
}

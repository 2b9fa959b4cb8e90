extension Table {
  /// The alignments of a delimiter row such as `|:--|--:|`; nil if the line is none.
  static func alignments(_ text: Bytes, from start: Int, to end: Int) -> [Alignment]? {
    var hasPipe = false
    for byte in text[start..<end] {
      switch byte {
      case UInt8(ascii: "|"): hasPipe = true
      case UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\t"): break
      default: return nil
      }
    }
    guard hasPipe else { return nil }
    var result: [Alignment] = []
    for cell in cells(text, Line(start: start, end: end, number: 0)) {
      guard let first = cell.first, let last = cell.last else { return nil }
      let left = first == UInt8(ascii: ":")
      let right = last == UInt8(ascii: ":") && cell.count > 1
      // Spaces among the dashes are forgiven, as Python-Markdown does.
      let dashes = cell.dropFirst(left ? 1 : 0).dropLast(right ? 1 : 0)
      guard dashes.contains(UInt8(ascii: "-")), !dashes.contains(UInt8(ascii: ":")) else { return nil }
      result.append(left ? (right ? .center : .left) : (right ? .right : .none))
    }
    return result.isEmpty ? nil : result
  }

  /// The cells of a row, trimmed; `\|` is a bar inside a cell, and so is one inside code.
  static func cells(_ text: Bytes, _ line: Line) -> [Slice<Bytes>] {
    let line = line.trimmedEnd(in: text)
    var start = line.content(in: text).start
    if start < line.end, text[start] == UInt8(ascii: "|") { start += 1 }
    var cells: [Slice<Bytes>] = []
    var at = start
    while at < line.end {
      if text[at] == UInt8(ascii: "\\") {
        at += 2
        continue
      }
      if text[at] == UInt8(ascii: "`") {
        at = codeEnd(text, at, line.end)
        continue
      }
      if text[at] == UInt8(ascii: "|") {
        cells.append(trimmed(text, start, at))
        start = at + 1
      }
      at += 1
    }
    if start < line.end { cells.append(trimmed(text, start, line.end)) }
    return cells
  }

  /// Where the code that begins with the backticks at `at` ends; past these backticks if nothing closes it.
  static func codeEnd(_ text: Bytes, _ at: Int, _ end: Int) -> Int {
    func runEnd(_ at: Int) -> Int {
      var at = at
      while at < end, text[at] == UInt8(ascii: "`") { at += 1 }
      return at
    }
    let inside = runEnd(at)
    var next = inside
    while next < end {
      let close = runEnd(next)
      if close - next == inside - at { return close }
      next = max(close, next + 1)
    }
    return inside
  }

  private static func trimmed(_ text: Bytes, _ start: Int, _ end: Int) -> Slice<Bytes> {
    var (start, end) = (start, end)
    while start < end, text[start] == UInt8(ascii: " ") || text[start] == UInt8(ascii: "\t") { start += 1 }
    while end > start, text[end - 1] == UInt8(ascii: " ") || text[end - 1] == UInt8(ascii: "\t") { end -= 1 }
    return text[start..<end]
  }
}

extension PageRenderer.Runs {
  /// Adds a cell of a table, `\|` for a bar.
  mutating func add(cell: [UInt8], line: Int) {
    guard cell.contains(UInt8(ascii: "\\")) else { return add(cell, line: line) }
    add(
      cell.indices.lazy.filter { at in
        !(cell[at] == UInt8(ascii: "\\") && at + 1 < cell.endIndex && cell[at + 1] == UInt8(ascii: "|"))
      }.map { cell[$0] }, line: line)
  }
}

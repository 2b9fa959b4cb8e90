import Platform

/// A line of the source, or what is left of it when its indentation is taken off: a slice, never a copy.
struct Line {
  /// Where it begins.
  var start: Int
  /// Where it ends, its newline excluded.
  var end: Int
  /// Its number in the file, from 1.
  var number: Int

  /// The lines of a text, in order.
  static func split(_ text: Bytes, from offset: Int = 0, firstNumber: Int = 1) -> [Line] {
    guard let base = text.baseAddress else { return [] }
    var lines: [Line] = []
    lines.reserveCapacity(text.count / 40 + 1)
    var start = offset
    var number = firstNumber
    while start < text.count {
      let found = memchr(base + start, 0x0a, text.count - start)
      let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? text.count
      lines.append(Line(start: start, end: end, number: number))
      start = end + 1
      number += 1
    }
    return lines
  }

  /// The first byte that is neither space nor tab, and the column it stands in (tabs reach to the next multiple of 4).
  func content(in text: Bytes) -> (start: Int, column: Int) {
    var at = start
    var column = 0
    while at < end {
      switch text[at] {
      case UInt8(ascii: " "): column += 1
      case UInt8(ascii: "\t"): column += 4 - column % 4
      default: return (at, column)
      }
      at += 1
    }
    return (at, column)
  }

  /// Where the content after a list marker at the line's start begins.
  func afterMarker(in text: Bytes) -> Int {
    var at = start
    while at < end, text[at] != UInt8(ascii: " "), text[at] != UInt8(ascii: "\t") { at += 1 }
    while at < end, text[at] == UInt8(ascii: " ") || text[at] == UInt8(ascii: "\t") { at += 1 }
    return at
  }

  func isBlank(in text: Bytes) -> Bool { content(in: text).start == end }

  /// The line without its first `columns` columns of indentation, or as many as it has.
  func dedented(by columns: Int, in text: Bytes) -> Line {
    var line = self
    var column = 0
    while line.start < end, column < columns {
      switch text[line.start] {
      case UInt8(ascii: " "): column += 1
      case UInt8(ascii: "\t"): column += 4 - column % 4
      default: return line
      }
      line.start += 1
    }
    return line
  }

  /// The line without the white space at its end.
  func trimmedEnd(in text: Bytes) -> Line {
    var line = self
    while line.end > line.start, text[line.end - 1] == UInt8(ascii: " ") || text[line.end - 1] == UInt8(ascii: "\t") {
      line.end -= 1
    }
    return line
  }
  /// Its text without the white space at either end.
  func trimmed(in text: Bytes) -> Range<Int> {
    let start = content(in: text).start
    return start..<max(start, trimmedEnd(in: text).end)
  }
}

extension Array where Element == Line {
  /// Without blank lines at either end.
  func trimmedBlank(in text: Bytes) -> [Line] {
    guard let first = firstIndex(where: { !$0.isBlank(in: text) }),
      let last = lastIndex(where: { !$0.isBlank(in: text) })
    else { return [] }
    return Array(self[first...last])
  }

  /// Without the indentation all lines that are not blank share.
  func dedented(in text: Bytes) -> [Line] {
    var common = Int.max
    for line in self {
      let content = line.content(in: text)
      if content.start < line.end { common = Swift.min(common, content.column) }
    }
    guard common > 0, common < .max else { return self }
    return map { $0.dedented(by: common, in: text) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the given text stands at an offset.
  func has(_ word: StaticString, at offset: Int) -> Bool {
    let count = word.utf8CodeUnitCount
    guard offset >= 0, offset + count <= self.count, let base = baseAddress else { return false }
    return memcmp(base + offset, word.utf8Start, count) == 0
  }

  /// Where the given text first stands in a range.
  func find(_ word: StaticString, from start: Int, to end: Int) -> Int? {
    let count = word.utf8CodeUnitCount
    guard start >= 0, end <= self.count, let base = baseAddress else { return nil }
    var at = start
    while at + count <= end, let found = memchr(base + at, Int32(word.utf8Start[0]), end - at - count + 1) {
      at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      if memcmp(found, word.utf8Start, count) == 0 { return at }
      at += 1
    }
    return nil
  }

  /// The text of a range; bytes that are not UTF-8 become replacement characters.
  func string(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: self[range]), as: UTF8.self)
  }
}

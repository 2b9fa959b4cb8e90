/// TeX between `$` signs, which is shown as it was written: it is kept from libcmark, for which `_` and `\` mean other
/// things, by making code of it.
enum Mathematics {
  /// What the code begins with, so that it is known again.
  static let mark: UInt8 = 0x01

  /// Whether a text may hold any.
  static func mayStand(in text: Bytes) -> Bool {
    text.find("$", from: 0, to: text.count) != nil || text.find("\\(", from: 0, to: text.count) != nil
      || text.find("\\[", from: 0, to: text.count) != nil
  }

  /// A line with its mathematics made code; nil if it has none.
  ///
  /// If what stands in `\(…\)` is sure to be mathematics, it need not look so.
  static func protected(_ line: Slice<Bytes>, isSure: Bool) -> [UInt8]? {
    guard line.contains(UInt8(ascii: "$")) || line.base.find("\\(", from: line.startIndex, to: line.endIndex) != nil
    else { return nil }
    var result: [UInt8] = []
    var from = line.startIndex
    var at = from
    while at < line.endIndex {
      switch line[at] {
      case UInt8(ascii: "`"):
        at = Table.codeEnd(line.base, at, line.endIndex)
        continue
      case UInt8(ascii: "]"), UInt8(ascii: "<"):
        at = addressEnd(of: line, from: at)
        continue
      case UInt8(ascii: "$"), UInt8(ascii: "\\"):
        if let end = end(of: line, from: at, isSure: isSure) {
          result += line[from..<at]
          append(code: line[at..<end], to: &result)
          from = end
          at = end
          continue
        }
        at += line[at] == UInt8(ascii: "\\") ? 2 : 1
      default: at += 1
      }
    }
    guard from > line.startIndex else { return nil }
    return result + line[from...]
  }

  private static func append(code: Slice<Bytes>, to result: inout [UInt8]) {
    let ticks = ticks(around: [code])
    result += ticks + [mark] + code + [mark] + ticks
  }

  /// More backticks than there are in a row in any of some lines.
  static func ticks(around lines: [Slice<Bytes>]) -> [UInt8] {
    var longest = 0
    for line in lines {
      var run = 0
      for byte in line {
        run = byte == UInt8(ascii: "`") ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    return [UInt8](repeating: UInt8(ascii: "`"), count: longest + 1)
  }

  // MARK: Over lines

  /// Mathematics that a line begins and a further one ends.
  struct Opened {
    /// The index of the line that ends it, where it ends there, and what is put there.
    var line: Int
    var end: Int
    var mark: [UInt8]
  }

  /// Whether a line ends what another began.
  enum Closing { case none, never, at(Int) }

  /// The index of the last sign in a line that may begin mathematics and has no end in it.
  static func lastOpening(in line: Slice<Bytes>, isSure: Bool) -> Int? {
    var at = line.startIndex
    var last: Int?
    while at < line.endIndex {
      switch line[at] {
      case UInt8(ascii: "`"):
        let end = Table.codeEnd(line.base, at, line.endIndex)
        // Backticks that nothing closes here may begin code that goes on below.
        if line[at..<end].allSatisfy({ $0 == UInt8(ascii: "`") }) { return last }
        at = end
      case UInt8(ascii: "]"), UInt8(ascii: "<"): at = addressEnd(of: line, from: at)
      case UInt8(ascii: "$"), UInt8(ascii: "\\"):
        if let end = end(of: line, from: at, isSure: isSure) {
          at = end
          last = nil
        } else {
          if mayBegin(line, at, isSure) { last = at } else if line[at] == UInt8(ascii: "$") { last = nil }
          at += line[at] == UInt8(ascii: "\\") ? 2 : 1
        }
      default: at += 1
      }
    }
    return last
  }

  private static func mayBegin(_ line: Slice<Bytes>, _ at: Int, _ isSure: Bool) -> Bool {
    if line.base.has("\\(", at: at) { return isSure }
    return line[at] == UInt8(ascii: "$") && at + 1 < line.endIndex && line[at + 1] > 0x20
      && line[at + 1] != UInt8(ascii: "$")
      && (at == line.startIndex || !CodeByte.isWord(line[at - 1]) && line[at - 1] != UInt8(ascii: "$"))
  }

  /// Where the mathematics that begins at an index of an earlier line ends in a line of the same paragraph.
  static func closing(of open: Int, in line: Slice<Bytes>) -> Closing {
    let text = line.base
    if text.has("\\(", at: open) {
      guard let next = parenthesis(line) else { return .none }
      return text[next + 1] == UInt8(ascii: ")") ? .at(next + 2) : .never
    }
    var at = line.startIndex
    while at < line.endIndex {
      if line[at] == UInt8(ascii: "\\") {
        at += 2
        continue
      }
      if line[at] == UInt8(ascii: "$") {
        let isClosed =
          at > line.startIndex && line[at - 1] > 0x20
          && (at + 1 == line.endIndex || !CodeByte.isWord(line[at + 1]) && line[at + 1] != UInt8(ascii: "$"))
        return isClosed ? .at(at + 1) : .never
      }
      at += 1
    }
    return .none
  }

  /// Where the address of a link, or a tag, that begins at an index ends; behind its first byte if none does.
  private static func addressEnd(of line: Slice<Bytes>, from start: Int) -> Int {
    if line[start] == UInt8(ascii: "<") {
      let isTag = start + 1 < line.endIndex && (CodeByte.isWordStart(line[start + 1]) || line[start + 1] == 0x2f)
      return (isTag ? HTMLTag.end(line.base, from: start + 1, to: line.endIndex) : nil) ?? start + 1
    }
    guard start + 1 < line.endIndex, line[start + 1] == UInt8(ascii: "(") else { return start + 1 }
    var depth = 0
    var at = start + 1
    while at < line.endIndex, at - start < 2000 {
      switch line[at] {
      case UInt8(ascii: "\\"): at += 1
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return at + 1 }
      default: break
      }
      at += 1
    }
    return start + 1
  }

  /// Where the first `\(` or `\)` stands.
  private static func parenthesis(_ line: Slice<Bytes>) -> Int? {
    var at = line.startIndex
    while at + 1 < line.endIndex {
      if line[at] == UInt8(ascii: "\\") {
        if line[at + 1] == UInt8(ascii: "(") || line[at + 1] == UInt8(ascii: ")") { return at }
        at += 1
      }
      at += 1
    }
    return nil
  }

  /// Where the mathematics that begins at an index ends: `$x$`, no space inside the signs and no digit or letter
  /// outside, so that `$5` and `$HOME` are none; `$$x$$`; `\(x\)` with a sign that prose in parentheses has not.
  private static func end(of line: Slice<Bytes>, from start: Int, isSure: Bool) -> Int? {
    let text = line.base
    let end = line.endIndex
    if text.has("\\(", at: start) {
      guard let close = parenthesis(line[(start + 2)...]), text[close + 1] == UInt8(ascii: ")") else { return nil }
      return isSure || line[(start + 2)..<close].contains { "\\^_={}+<>|".utf8.contains($0) } ? close + 2 : nil
    }
    guard line[start] == UInt8(ascii: "$") else { return nil }
    if text.has("$$", at: start) {
      guard let close = text.find("$$", from: start + 2, to: end), close > start + 2 else { return nil }
      return close + 2
    }
    guard start + 2 < end, line[start + 1] > 0x20, start == line.startIndex || !CodeByte.isWord(line[start - 1]) else {
      return nil
    }
    var at = start + 1
    while at < end {
      if line[at] == UInt8(ascii: "\\") {
        at += 2
        continue
      }
      if line[at] == UInt8(ascii: "$") {
        let isClosed = line[at - 1] > 0x20 && (at + 1 == end || !CodeByte.isWord(line[at + 1]))
        return isClosed ? at + 1 : nil
      }
      at += 1
    }
    return nil
  }
}

extension BlockLifter {
  /// `$$`, `\[` or `\begin{…}` at the beginning of a line, up to what ends it.
  mutating func liftMathematics(_ line: Line, at: Int, column: Int) -> Bool {
    guard protectsMathematics else { return false }
    let closing: StaticString
    if text.has("$$", at: at) {
      closing = "$$"
    } else if text.has("\\[", at: at), line.trimmedEnd(in: text).end == at + 2 {
      closing = "\\]"
    } else if text.has("\\begin{", at: at) {
      closing = "\\end{"
    } else {
      return false
    }
    guard !unclosed.contains(closing.description) else { return false }
    for next in index..<lines.count {
      let from = next == index ? at + 2 : lines[next].start
      guard let found = text.find(closing, from: from, to: lines[next].end) else { continue }
      // What follows in the same line is text.
      let rest = Line(start: min(found + 2, lines[next].end), end: lines[next].end, number: 0)
      guard rest.isBlank(in: text) || closing.utf8CodeUnitCount > 2 else { return false }
      leave(.mathematics(lines[index...next].map { $0.dedented(by: column, in: text) }), for: line, column: column)
      index = next + 1
      return true
    }
    unclosed.insert(closing.description)
    return false
  }
}

/// A document's link reference definitions (`[label]: address`), for the parts of it that are parsed on their own.
struct LinkDefinitions {
  private var ranges: [String: Range<Int>] = [:]

  var isEmpty: Bool { ranges.isEmpty }

  /// Finds the definitions outside fences. Costs one search where there are none.
  init(in text: Bytes) {
    guard text.find("]:", from: 0, to: text.count) != nil else { return }
    var fence: Fence?
    for line in Line.split(text) {
      let (at, _) = line.content(in: text)
      guard at < line.end else { continue }
      if let open = fence {
        if open.isClosed(by: text, from: at, to: line.end) { fence = nil }
        continue
      }
      fence = Fence(opening: text, from: at, to: line.end, container: 0)
      guard text[at] == UInt8(ascii: "["), !text.has("[^", at: at),
        let close = text.find("]:", from: at, to: line.end), close > at + 1
      else { continue }
      let label = Self.normalized(text[(at + 1)..<close])
      if ranges[label] == nil { ranges[label] = at..<line.end }
    }
  }

  /// The definitions whose labels stand in brackets in a part.
  func used(in part: Part, of text: Bytes) -> [Range<Int>] {
    guard !ranges.isEmpty else { return [] }
    var found: Set<Int> = []
    var result: [Range<Int>] = []
    for fed in part.feed where fed.lifted < 0 {
      collect(Bytes(rebasing: text[fed.line.start..<fed.line.end]), &found, &result)
    }
    return result
  }

  /// The definitions whose labels stand in brackets in some text.
  func used(in piece: Bytes, of text: Bytes) -> [Range<Int>] {
    var found: Set<Int> = []
    var result: [Range<Int>] = []
    collect(piece, &found, &result)
    return result
  }

  private func collect(_ piece: Bytes, _ found: inout Set<Int>, _ result: inout [Range<Int>]) {
    var open: Int?
    for at in piece.indices {
      if piece[at] == UInt8(ascii: "[") {
        open = at + 1
      } else if piece[at] == UInt8(ascii: "]"), let start = open {
        open = nil
        if let range = ranges[Self.normalized(piece[start..<at])], found.insert(range.lowerBound).inserted {
          result.append(range)
        }
      }
    }
  }

  private static func normalized(_ label: Slice<Bytes>) -> String {
    String(decoding: label.prefix(1000), as: UTF8.self).lowercased().split { $0.isWhitespace }.joined(separator: " ")
  }
}

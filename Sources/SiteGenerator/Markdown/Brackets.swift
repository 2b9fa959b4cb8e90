/// libcmark takes time that grows with the square of the brackets that a paragraph opens and does not close.
extension Part {
  /// How many brackets a paragraph may leave open; those that people write have none.
  static let maximumBrackets = 10_000
  static let tooManyBrackets = "more than 10,000 brackets are opened here and not closed; shown as written"

  /// How many brackets a text opens and does not close.
  static func unmatchedBrackets(_ text: Slice<Bytes>) -> Int {
    var open = 0
    var isEscaped = false
    for byte in text {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "[") {
        open += 1
      } else if byte == UInt8(ascii: "]"), open > 0 {
        open -= 1
      }
    }
    return open
  }

  /// Keeps paragraphs with too many open brackets from libcmark.
  mutating func setAsideBrackets(of text: Bytes) {
    var start = 0
    while start < feed.count {
      guard feed[start].isText else {
        start += 1
        continue
      }
      var end = start
      while end < feed.count, feed[end].isText { end += 1 }
      let open = feed[start..<end].reduce(0) { $0 + Self.unmatchedBrackets(text[$1.line.start..<$1.line.end]) }
      if open > Self.maximumBrackets {
        problems.append((feed[start].line.number, Self.tooManyBrackets))
        lifted.append(.verbatim(feed[start..<end].map(\.line)))
        for index in start..<end { feed[index].replacement = [] }
        feed[start].lifted = lifted.count - 1
        feed[start].replacement = nil
      }
      start = end
    }
  }
}

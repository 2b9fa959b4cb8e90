/// A search for any of some plain words, possibly only at the beginning or the end of the text.
///
/// Most expressions that people type are such lists.
struct WordSearch: Sendable {
  private let words: [[UInt8]]
  private let isAtStart: Bool
  private let isAtEnd: Bool

  /// A search, if the expression is no more than that.
  init?(_ syntax: PatternSyntax) {
    var items = [syntax]
    if case .sequence(let sequence) = syntax { items = sequence }
    var isAtStart = false
    var isAtEnd = false
    if case .assertion(.beginText)? = items.first {
      isAtStart = true
      items.removeFirst()
    }
    if case .assertion(.endText)? = items.last {
      isAtEnd = true
      items.removeLast()
    }
    var alternatives = [PatternSyntax.sequence(items)]
    if items.count == 1, case .alternatives(let branches) = items[0] { alternatives = branches }
    var words: [[UInt8]] = []
    for alternative in alternatives {
      guard let word = alternative.word else { return nil }
      words.append(word)
    }
    self.words = words
    self.isAtStart = isAtStart
    self.isAtEnd = isAtEnd
  }

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    words.contains { word in
      guard word.count <= text.count else { return false }
      switch (isAtStart, isAtEnd) {
      case (true, true): return text.elementsEqual(word)
      case (true, false): return text.starts(with: word)
      case (false, true): return text.suffix(word.count).elementsEqual(word)
      case (false, false): return Self.contains(text, word)
      }
    }
  }

  private static func contains(_ text: UnsafeBufferPointer<UInt8>, _ word: [UInt8]) -> Bool {
    guard let first = word.first else { return true }
    var start = 0
    let last = text.count - word.count
    while start <= last {
      if text[start] == first {
        var length = 1
        while length < word.count && text[start + length] == word[length] { length += 1 }
        if length == word.count { return true }
      }
      start += 1
    }
    return false
  }
}

extension PatternSyntax {
  /// The bytes that a plain word consists of; nil if it is anything more.
  fileprivate var word: [UInt8]? {
    switch self {
    case .empty: return []
    case .literal(let scalar, ignoresCase: false): return Array(String(scalar).utf8)
    case .sequence(let items):
      var word: [UInt8] = []
      for item in items {
        guard let part = item.word else { return nil }
        word += part
      }
      return word
    default: return nil
    }
  }
}

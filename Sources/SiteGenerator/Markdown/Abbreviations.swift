/// A document's abbreviations: `*[CPU]: Central Processing Unit`, said wherever the word stands. One may be of several
/// words, or of other signs than letters: `*[HTML Standard]: …`, `*[C++]: …`.
struct Abbreviations {
  private var meanings: [String: String] = [:]
  /// By the word, or the sign, that they begin with: how long they are, the longest first.
  private var lengths: [String: [Int]] = [:]

  /// How many different lengths there may be after one word.
  private static let maximumLengths = 64

  var isEmpty: Bool { meanings.isEmpty }

  /// Finds the definitions outside code. Costs one search where there are none.
  init(in text: Bytes) {
    guard text.find("*[", from: 0, to: text.count) != nil else { return }
    var fence: Fence?
    for line in Line.split(text) {
      let (at, column) = line.content(in: text)
      guard at < line.end else { continue }
      if let open = fence {
        if open.isClosed(by: text, from: at, to: line.end) { fence = nil }
        continue
      }
      fence = Fence(opening: text, from: at, to: line.end, container: 0)
      guard column < 4, let (word, meaning) = Self.definition(in: text, at: at, end: line.end) else { continue }
      define(word, meaning)
    }
  }

  /// Keeps the first meaning of a word.
  mutating func define(_ word: String, _ meaning: String) {
    guard meanings[word] == nil else { return }
    meanings[word] = meaning
    let count = word.utf8.count
    let first = Array(word.utf8).withUnsafeBufferPointer { $0.string(0..<Self.headEnd($0, at: 0)) }
    var known = lengths[first] ?? []
    guard !known.contains(count), known.count < Self.maximumLengths else { return }
    known.insert(count, at: known.firstIndex { $0 < count } ?? known.endIndex)
    lengths[first] = known
  }

  /// The word and the meaning that a line defines, if it does.
  static func definition(in text: Bytes, at: Int, end: Int) -> (word: String, meaning: String)? {
    guard text.has("*[", at: at), let close = text.find("]:", from: at + 2, to: end), close > at + 2,
      close - at < 200, !text[(at + 2)..<close].contains(where: { $0 == 0x5b || $0 == 0x5d || $0 == 0x5c })
    else { return nil }
    let meaning = text.string((close + 2)..<end).split(separator: " ").joined(separator: " ")
    return (text.string((at + 2)..<close), meaning)
  }

  /// The first abbreviated word in some text, and what it means.
  func first(in text: Bytes) -> (range: Range<Int>, meaning: String)? {
    var at = 0
    while at < text.count {
      let head = Self.headEnd(text, at: at)
      for length in lengths[text.string(at..<head)] ?? [] where at + length <= text.count {
        let end = at + length
        // `CPU` is no part of `CPUs`; what ends with a sign may be followed by anything.
        guard end == text.count || !CodeByte.isWord(text[end]) || !CodeByte.isWord(text[end - 1]) else { continue }
        if let meaning = meanings[text.string(at..<end)] { return (at..<end, meaning) }
      }
      at = head
    }
    return nil
  }

  /// The end of the word that begins at an index; of the sign, if no word does.
  private static func headEnd(_ text: Bytes, at: Int) -> Int { max(at + 1, text.wordEnd(from: at)) }
}

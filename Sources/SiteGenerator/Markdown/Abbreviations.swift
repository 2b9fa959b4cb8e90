/// A document's abbreviations: `*[CPU]: Central Processing Unit`, said wherever the word stands.
struct Abbreviations {
  private var meanings: [String: String] = [:]

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
      if column < 4, let (word, meaning) = Self.definition(in: text, at: at, end: line.end), meanings[word] == nil {
        meanings[word] = meaning
      }
    }
  }

  /// The word and the meaning that a line defines, if it does.
  static func definition(in text: Bytes, at: Int, end: Int) -> (word: String, meaning: String)? {
    guard text.has("*[", at: at), let close = text.find("]:", from: at + 2, to: end), close > at + 2,
      text[(at + 2)..<close].allSatisfy(CodeByte.isWord)
    else { return nil }
    let meaning = text.string((close + 2)..<end).split(separator: " ").joined(separator: " ")
    return (text.string((at + 2)..<close), meaning)
  }

  /// The first abbreviated word in some text, and what it means.
  func first(in text: Bytes) -> (range: Range<Int>, meaning: String)? {
    var at = 0
    while at < text.count {
      guard CodeByte.isWord(text[at]) else {
        at += 1
        continue
      }
      var end = at
      while end < text.count, CodeByte.isWord(text[end]) { end += 1 }
      if let meaning = meanings[text.string(at..<end)] { return (at..<end, meaning) }
      at = end
    }
    return nil
  }
}

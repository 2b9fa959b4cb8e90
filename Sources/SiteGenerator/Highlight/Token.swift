/// A stretch of code of one kind; it begins where the one before ended.
struct Token {
  /// The kinds of code, each with the class its span has in the page.
  enum Kind {
    case plain, keyword, type, function, string, number, comment, prompt, output

    var opening: StaticString {
      switch self {
      case .plain: ""
      case .keyword: "<span class=\"k\">"
      case .type: "<span class=\"t\">"
      case .function: "<span class=\"f\">"
      case .string: "<span class=\"s\">"
      case .number: "<span class=\"n\">"
      case .comment: "<span class=\"c\">"
      case .prompt: "<span class=\"p\">"
      case .output: "<span class=\"o\">"
      }
    }
  }

  var kind: Kind
  /// Where it ends.
  var end: Int
}

/// Takes code apart, one token after another, until its end. Every lexer accepts every input.
protocol Lexer {
  init(_ text: Bytes)
  /// The next token; nil at the end. A token is never empty.
  mutating func next() -> Token?
}

/// Words, looked up without making strings of them. None longer than 16 bytes.
struct WordSet: Sendable {
  private var words: Set<UInt128> = []

  init(_ list: String) {
    for word in list.split(separator: " ") {
      words.insert(word.utf8.reduce(0) { $0 << 8 | UInt128($1) })
    }
  }

  func contains(_ text: Bytes, _ range: Range<Int>) -> Bool {
    guard range.count <= 16 else { return false }
    var key: UInt128 = 0
    for at in range { key = key << 8 | UInt128(text[at]) }
    return words.contains(key)
  }
}

/// What bytes can be in a program.
enum CodeByte {
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
  /// A letter, `_`, `$`, or part of a character beyond ASCII.
  static func isWordStart(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte >= 0x80
  }
  static func isWord(_ byte: UInt8) -> Bool { isWordStart(byte) || isDigit(byte) }
}

extension UnsafeBufferPointer<UInt8> {
  /// The end of the line that `at` stands in, its newline excluded.
  func lineEnd(from at: Int) -> Int { self[at...].firstIndex(of: 0x0a) ?? count }

  /// The end of the word that begins at `at`.
  func wordEnd(from at: Int) -> Int {
    var end = at
    while end < count, CodeByte.isWord(self[end]) { end += 1 }
    return end
  }

  /// The end of the number that begins at `at`: digits, letters, `_`, one point followed by a digit, signed exponents.
  func numberEnd(from at: Int) -> Int {
    var end = at
    while end < count {
      let byte = self[end]
      if CodeByte.isWord(byte) && byte < 0x80 {
        end += 1
      } else if byte == UInt8(ascii: "."), end + 1 < count, CodeByte.isDigit(self[end + 1]) {
        end += 1
      } else if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), end > at,
        self[end - 1] | 0x20 == UInt8(ascii: "e"),
        end + 1 < count, CodeByte.isDigit(self[end + 1]), !has("0x", at: at)
      {
        end += 1
      } else {
        break
      }
    }
    return end
  }
}

/// What the languages that are coloured lightly differ in.
protocol LightLanguage {
  static var keywords: WordSet { get }
  /// What begins a comment that reaches to the line's end.
  static var lineComment: StaticString { get }
  /// Whether there are `/* … */` too.
  static var hasBlockComments: Bool { get }
  /// The quotation marks.
  static var quotes: StaticString { get }
  /// Whether a word before `:` is a key.
  static var hasKeys: Bool { get }
}

/// Words, numbers, strings and comments of a language that is coloured lightly.
struct WordLexer<Language: LightLanguage>: Lexer {
  private let text: Bytes
  private var at = 0

  init(_ text: Bytes) { self.text = text }

  mutating func next() -> Token? {
    guard at < text.count else { return nil }
    let start = at
    let byte = text[at]
    if byte <= 0x20 {
      while at < text.count, text[at] <= 0x20 { at += 1 }
      return Token(kind: .plain, end: at)
    }
    if text.has(Language.lineComment, at: at), byte != UInt8(ascii: "#") || at == 0 || text[at - 1] <= 0x20 {
      at = text.lineEnd(from: at)
      return Token(kind: .comment, end: at)
    }
    if Language.hasBlockComments, text.has("/*", at: at) {
      at = text.find("*/", from: at + 2, to: text.count).map { $0 + 2 } ?? text.count
      return Token(kind: .comment, end: at)
    }
    if isQuote(byte) {
      skipString(byte)
      return Token(kind: Language.hasKeys && isKey() ? .type : .string, end: at)
    }
    if CodeByte.isDigit(byte) {
      at = text.numberEnd(from: at)
      return Token(kind: .number, end: at)
    }
    guard CodeByte.isWordStart(byte) else {
      at += 1
      return Token(kind: .plain, end: at)
    }
    at = text.wordEnd(from: at)
    if Language.keywords.contains(text, start..<at) { return Token(kind: .keyword, end: at) }
    if Language.hasKeys { return Token(kind: isKey() ? .type : .plain, end: at) }
    if at < text.count, text[at] == UInt8(ascii: "(") { return Token(kind: .function, end: at) }
    return Token(kind: .plain, end: at)
  }

  private func isQuote(_ byte: UInt8) -> Bool {
    let quotes = Language.quotes
    return Bytes(start: quotes.utf8Start, count: quotes.utf8CodeUnitCount).contains(byte)
  }

  /// To the closing mark, or the line's end; a backtick's string may have many lines.
  private mutating func skipString(_ quote: UInt8) {
    at += 1
    while at < text.count {
      let byte = text[at]
      if byte == 0x0a, quote != UInt8(ascii: "`") { return }
      at += 1
      if byte == quote { return }
      if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`"), at < text.count, text[at] != 0x0a { at += 1 }
    }
  }

  private func isKey() -> Bool {
    var next = at
    while next < text.count, text[next] == UInt8(ascii: " ") { next += 1 }
    return next < text.count && text[next] == UInt8(ascii: ":")
  }
}

enum GoLanguage: LightLanguage {
  static let keywords = WordSet(
    """
    break case chan const continue default defer else fallthrough for func go goto if import interface map package \
    range return select struct switch type var nil true false iota
    """)
  static let lineComment: StaticString = "//"
  static let hasBlockComments = true
  static let quotes: StaticString = "\"'`"
  static let hasKeys = false
}

enum CLanguage: LightLanguage {
  static let keywords = WordSet(
    """
    auto break case char const continue default do double else enum extern float for goto if inline int long register \
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true \
    false NULL size_t uint8_t uint32_t uint64_t int32_t int64_t
    """)
  static let lineComment: StaticString = "//"
  static let hasBlockComments = true
  static let quotes: StaticString = "\"'"
  static let hasKeys = false
}

enum JSONLanguage: LightLanguage {
  static let keywords = WordSet("true false null")
  static let lineComment: StaticString = "//"
  static let hasBlockComments = false
  static let quotes: StaticString = "\""
  static let hasKeys = true
}

enum YAMLLanguage: LightLanguage {
  static let keywords = WordSet("true false null yes no")
  static let lineComment: StaticString = "#"
  static let hasBlockComments = false
  static let quotes: StaticString = "\"'"
  static let hasKeys = true
}

enum PythonLanguage: LightLanguage {
  static let keywords = WordSet(
    """
    and as assert async await break class continue def del elif else except finally for from global if import in is \
    lambda nonlocal not or pass raise return try while with yield None True False self
    """)
  static let lineComment: StaticString = "#"
  static let hasBlockComments = false
  static let quotes: StaticString = "\"'"
  static let hasKeys = false
}

enum ShellLanguage: LightLanguage {
  static let keywords = WordSet(
    "if then else elif fi for in do done while until case esac function return export local set exit")
  static let lineComment: StaticString = "#"
  static let hasBlockComments = false
  static let quotes: StaticString = "\"'"
  static let hasKeys = false
}

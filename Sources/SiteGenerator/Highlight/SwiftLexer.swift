/// Swift, as far as colours need it: nested comments, strings of every form with code inside them, attributes,
/// keywords told from labels and members.
struct SwiftLexer: Lexer {
  private let text: Bytes
  private var at = 0
  /// The strings whose interpolations we are in, innermost last.
  private var strings: [OpenString] = []
  /// The last byte that was not space, to tell `.default` and `in:` from keywords.
  private var before = UInt8(ascii: " ")

  private struct OpenString {
    var hashes: Int
    var isMultiline: Bool
    /// Open parentheses inside the interpolation.
    var depth = 0
  }

  init(_ text: Bytes) { self.text = text }

  mutating func next() -> Token? {
    guard at < text.count else { return nil }
    let start = at
    let byte = text[at]
    let kind: Token.Kind
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      while at < text.count, text[at] <= 0x20 { at += 1 }
      return Token(kind: .plain, end: at)
    case UInt8(ascii: "/") where text.has("//", at: at):
      at = text.lineEnd(from: at)
      return Token(kind: .comment, end: at)
    case UInt8(ascii: "/") where text.has("/*", at: at):
      skipComment()
      return Token(kind: .comment, end: at)
    case UInt8(ascii: "\""): kind = openString(hashes: 0)
    case UInt8(ascii: "#"): kind = hash()
    case UInt8(ascii: "@"):
      at = text.wordEnd(from: at + 1)
      kind = at > start + 1 ? .keyword : .plain
    case UInt8(ascii: "`"):
      let end = text.wordEnd(from: at + 1)
      at = end < text.count && text[end] == byte ? end + 1 : end
      kind = .plain
    case UInt8(ascii: "("):
      at += 1
      if let last = strings.indices.last { strings[last].depth += 1 }
      kind = .plain
    case UInt8(ascii: ")"):
      at += 1
      kind = closeParenthesis()
    case _ where CodeByte.isDigit(byte):
      at = text.numberEnd(from: at)
      let isMember = before == UInt8(ascii: ".") && !text.has("..", at: start - 2)
      kind = isMember ? .plain : .number
    case _ where CodeByte.isWordStart(byte):
      at = text.wordEnd(from: at)
      kind = word(start..<at)
    default:
      at += 1
      kind = .plain
    }
    before = text[at - 1]
    return Token(kind: kind, end: at)
  }

  // MARK: Words

  private func word(_ range: Range<Int>) -> Token.Kind {
    let first = text[range.lowerBound]
    let following = range.upperBound < text.count ? text[range.upperBound] : 0
    let isMember = before == UInt8(ascii: ".")
    let isLabel = following == UInt8(ascii: ":") && (before == UInt8(ascii: "(") || before == UInt8(ascii: ","))
    if !isLabel, Self.keywords.contains(text, range) {
      if !isMember || Self.memberKeywords.contains(text, range) { return .keyword }
    }
    if CodeByte.isUpper(first) { return .type }
    if following == UInt8(ascii: "("), !isLabel { return .function }
    return .plain
  }

  // MARK: Comments and strings

  private mutating func skipComment() {
    var depth = 0
    while at < text.count {
      if text.has("/*", at: at) {
        depth += 1
        at += 2
      } else if text.has("*/", at: at) {
        depth -= 1
        at += 2
        if depth == 0 { return }
      } else {
        at += 1
      }
    }
  }

  /// `#"…"#`, `#if`, `#selector`, or just a `#`.
  private mutating func hash() -> Token.Kind {
    var end = at
    while end < text.count, text[end] == UInt8(ascii: "#") { end += 1 }
    if end < text.count, text[end] == UInt8(ascii: "\"") {
      let hashes = end - at
      at = end
      return openString(hashes: hashes)
    }
    let wordEnd = text.wordEnd(from: end)
    at = wordEnd
    return wordEnd > end ? .keyword : .plain
  }

  private mutating func openString(hashes: Int) -> Token.Kind {
    let isMultiline = text.has("\"\"\"", at: at)
    at += isMultiline ? 3 : 1
    continueString(OpenString(hashes: hashes, isMultiline: isMultiline))
    return .string
  }

  /// A `)` that ends an interpolation takes the rest of the string with it.
  private mutating func closeParenthesis() -> Token.Kind {
    guard let last = strings.last else { return .plain }
    guard last.depth == 0 else {
      strings[strings.count - 1].depth -= 1
      return .plain
    }
    strings.removeLast()
    continueString(last)
    return .string
  }

  /// Reads on in a string to its end, the end of its line, or the next interpolation.
  private mutating func continueString(_ string: OpenString) {
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "\\"):
        let escape = at + 1 + string.hashes
        guard escape < text.count, hashesStand(at: at + 1, string.hashes) else {
          at += 1
          continue
        }
        at = escape + 1
        if text[escape] == UInt8(ascii: "("), strings.count < 64 {
          strings.append(string)
          return
        }
      case UInt8(ascii: "\""):
        let quotes = string.isMultiline ? 3 : 1
        if !string.isMultiline || text.has("\"\"\"", at: at), hashesStand(at: at + quotes, string.hashes) {
          at += quotes + string.hashes
          return
        }
        at += 1
      case 0x0a where !string.isMultiline: return
      default: at += 1
      }
    }
  }

  private func hashesStand(at start: Int, _ hashes: Int) -> Bool {
    guard start + hashes <= text.count else { return false }
    return hashes == 0 || text[start..<(start + hashes)].allSatisfy { $0 == UInt8(ascii: "#") }
  }

  private static let keywords = WordSet(
    """
    actor any as associatedtype async await borrowing break case catch class consuming continue convenience default \
    defer deinit didSet do dynamic each else enum extension fallthrough false fileprivate final for func get guard if \
    import in indirect infix init inout internal is isolated lazy let macro mutating nil nonisolated nonmutating open \
    operator optional override package postfix precedencegroup prefix private protocol public repeat required \
    rethrows return self Self sending set some static struct subscript super switch throw throws true try typealias \
    unowned var weak where while willSet yield
    """)
  private static let memberKeywords = WordSet("init self")
}

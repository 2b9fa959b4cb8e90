/// What a terminal showed: commands after a prompt, and what they printed.
struct ConsoleLexer: Lexer {
  private let text: Bytes
  private var at = 0
  private var inCommand = false

  init(_ text: Bytes) { self.text = text }

  mutating func next() -> Token? {
    guard at < text.count else { return nil }
    let end = text.lineEnd(from: at)
    if at == 0 || text[at - 1] == 0x0a {
      if isPrompt(at) {
        inCommand = true
        at += 2
        return Token(kind: .prompt, end: at)
      }
      let continues = inCommand && at > 1 && text[at - 2] == UInt8(ascii: "\\")
      inCommand = continues
    }
    let kind: Token.Kind = inCommand ? .plain : .output
    at = min(end + 1, text.count)
    return Token(kind: kind, end: at)
  }

  private func isPrompt(_ at: Int) -> Bool {
    at + 1 < text.count && (text[at] == UInt8(ascii: "$") || text[at] == UInt8(ascii: "%"))
      && text[at + 1] == UInt8(ascii: " ")
  }
}

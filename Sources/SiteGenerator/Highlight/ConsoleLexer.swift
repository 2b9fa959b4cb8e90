/// What a terminal showed: commands after a prompt, and what they printed.
///
/// A command goes on over lines as a shell reads it: after a backslash, inside quotation marks, and through the text of
/// a here-document. Such lines may begin with the shell's second prompt, `> `, in all but the last case. The first
/// prompt, `$ ` or `% `, is the one the other commands have; the other sign is then part of what was printed.
struct ConsoleLexer: Lexer {
  private let text: Bytes
  private var at = 0
  /// The sign of the prompt, once there was one.
  private var sign: UInt8?
  private var command = ConsoleCommand(end: 0, bodyStart: 0)

  init(_ text: Bytes) { self.text = text }

  mutating func next() -> Token? {
    guard at < text.count else { return nil }
    if at == 0 || text[at - 1] == 0x0a {
      if at >= command.end, let sign = prompt(at) {
        self.sign = sign
        command = ConsoleCommand(in: text, from: at + 2, sign: sign)
        at += 2
        return Token(kind: .prompt, end: at)
      }
      if at < command.end, at < command.bodyStart, text.has("> ", at: at) {
        at += 2
        return Token(kind: .prompt, end: at)
      }
    }
    let kind: Token.Kind = at < command.end ? .plain : .output
    at = min(text.lineEnd(from: at) + 1, text.count)
    return Token(kind: kind, end: at)
  }

  /// The sign of the prompt that stands here.
  private func prompt(_ at: Int) -> UInt8? {
    guard at + 1 < text.count, text[at + 1] == UInt8(ascii: " ") else { return nil }
    if let sign { return text[at] == sign ? sign : nil }
    return text[at] == UInt8(ascii: "$") || text[at] == UInt8(ascii: "%") ? text[at] : nil
  }
}

/// How far a command reaches in a terminal's text.
struct ConsoleCommand {
  /// Behind the newline of its last line.
  private(set) var end: Int
  /// Where the text of its first here-document begins; its end if there is none.
  private(set) var bodyStart: Int

  init(end: Int, bodyStart: Int) {
    self.end = end
    self.bodyStart = bodyStart
  }

  /// The command that begins behind a prompt.
  ///
  /// What never ends (an apostrophe in a word, a here-document without its last line) opens nothing: the command is
  /// then its first line. The next line with a prompt ends it in any case.
  init(in text: Bytes, from start: Int, sign: UInt8) {
    let lineEnd = min(text.lineEnd(from: start) + 1, text.count)
    self.init(end: lineEnd, bodyStart: lineEnd)
    let limit = Self.nextPrompt(in: text, from: lineEnd, sign: sign)
    var scan = ShellScan(text: text, at: start, limit: limit)
    guard let commandEnd = scan.endOfCommand() else { return }
    end = commandEnd
    bodyStart = commandEnd
    for word in scan.hereDocuments {
      guard let bodyEnd = Self.end(ofBody: word, in: text, from: end, limit: limit) else {
        end = bodyStart
        return
      }
      end = bodyEnd
    }
  }

  private static func nextPrompt(in text: Bytes, from start: Int, sign: UInt8) -> Int {
    var line = start
    while line < text.count {
      if text[line] == sign, line + 1 < text.count, text[line + 1] == UInt8(ascii: " ") { return line }
      line = text.lineEnd(from: line) + 1
    }
    return text.count
  }

  /// Behind the line that ends a here-document.
  private static func end(ofBody word: ShellScan.HereDocument, in text: Bytes, from start: Int, limit: Int) -> Int? {
    var line = start
    while line < limit {
      let lineEnd = min(text.lineEnd(from: line), limit)
      var first = line
      while word.isIndented, first < lineEnd, text[first] == UInt8(ascii: "\t") { first += 1 }
      if text[first..<lineEnd].elementsEqual(word.end) { return min(lineEnd + 1, limit) }
      line = lineEnd + 1
    }
    return nil
  }
}

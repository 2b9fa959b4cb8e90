/// Appends code to a page, coloured, and wrapped line by line where lines carry something.
enum Highlighter {
  /// What is said of lines: their numbers, which are marked, which came and went.
  struct Lines {
    enum Change: UInt8 { case none, added, removed }

    /// Lines to mark, counted from 1.
    var marked = LineNumbers()
    /// The number of the first line; nil if none are shown.
    var firstNumber: Int?
    /// How each line changed; empty if nothing did.
    var changes: [Change] = []

    var isPlain: Bool { marked.isEmpty && firstNumber == nil && changes.isEmpty }

    fileprivate func open(_ line: Int, in out: HTMLBuffer) {
      out.append("<span class=\"line")
      if marked.contains(line) { out.append(" hl") }
      if line <= changes.count {
        switch changes[line - 1] {
        case .none: break
        case .added: out.append(" ins")
        case .removed: out.append(" del")
        }
      }
      out.append("\">")
    }
  }

  /// Appends code in a language; an unknown one is shown without colours.
  static func append(_ code: Bytes, language: String, lines: Lines, to out: HTMLBuffer) {
    switch language {
    case "swift": append(SwiftLexer(code), code, lines, to: out)
    case "go", "golang": append(WordLexer<GoLanguage>(code), code, lines, to: out)
    case "c", "h", "cpp", "c++": append(WordLexer<CLanguage>(code), code, lines, to: out)
    case "json": append(WordLexer<JSONLanguage>(code), code, lines, to: out)
    case "yaml", "yml": append(WordLexer<YAMLLanguage>(code), code, lines, to: out)
    case "py", "python": append(WordLexer<PythonLanguage>(code), code, lines, to: out)
    case "sh", "bash", "shell", "zsh": append(WordLexer<ShellLanguage>(code), code, lines, to: out)
    case "console", "shell-session": append(ConsoleLexer(code), code, lines, to: out)
    case "diff", "patch":
      var lines = lines
      lines.changes = changes(inDiff: code)
      append(PlainLexer(code), code, lines, to: out)
    default: append(PlainLexer(code), code, lines, to: out)
    }
  }

  private static func append<L: Lexer>(_ lexer: L, _ code: Bytes, _ lines: Lines, to out: HTMLBuffer) {
    var lexer = lexer
    var start = 0
    let wraps = !lines.isPlain
    var line = 1
    if wraps, !code.isEmpty { lines.open(1, in: out) }
    while let token = lexer.next() {
      let range = start..<token.end
      start = token.end
      guard token.kind != .plain else {
        append(range, of: code, .plain, wraps, lines, &line, to: out)
        continue
      }
      append(range, of: code, token.kind, wraps, lines, &line, to: out)
    }
    if wraps, !code.isEmpty { out.append("</span>") }
  }

  /// Appends one token; where lines are wrapped, its span ends and begins again at each newline.
  private static func append(
    _ range: Range<Int>, of code: Bytes, _ kind: Token.Kind, _ wraps: Bool, _ lines: Lines, _ line: inout Int,
    to out: HTMLBuffer
  ) {
    var from = range.lowerBound
    while from < range.upperBound {
      var end = range.upperBound
      var atNewline = false
      if wraps, let newline = code[from..<end].firstIndex(of: 0x0a) {
        end = newline
        atNewline = true
      }
      // A line of output takes its newline with it, so that nothing is left of it when only commands are copied.
      let holdsNewline = atNewline && kind == .output
      if end > from || holdsNewline {
        out.append(kind.opening)
        out.append(escaping: Bytes(rebasing: code[from..<end]))
        if holdsNewline { out.append("\n") }
        if kind != .plain { out.append("</span>") }
      }
      if atNewline {
        if !holdsNewline { out.append("\n") }
        line += 1
        if end + 1 < code.count {
          out.append("</span>")
          lines.open(line, in: out)
        }
        end += 1
      }
      from = end
    }
  }

  private static func changes(inDiff code: Bytes) -> [Lines.Change] {
    Line.split(code).map { line in
      guard line.start < line.end, !code.has("+++", at: line.start), !code.has("---", at: line.start) else {
        return .none
      }
      switch code[line.start] {
      case UInt8(ascii: "+"): return .added
      case UInt8(ascii: "-"): return .removed
      default: return .none
      }
    }
  }
}

/// Text without colours.
struct PlainLexer: Lexer {
  private let count: Int
  private var isDone = false

  init(_ text: Bytes) { count = text.count }

  mutating func next() -> Token? {
    guard !isDone, count > 0 else { return nil }
    isDone = true
    return Token(kind: .plain, end: count)
  }
}

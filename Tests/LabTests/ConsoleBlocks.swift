import Foundation

@testable import SiteGenerator

/// The commands that a page shows, as a reader takes them from it one after the other.
struct ConsoleBlocks {
  /// A command, over all its lines.
  struct Command: Equatable {
    var text: String
    /// The line of the page that it begins in.
    var line: Int
  }

  /// Those after a prompt in blocks of a console, and those of `lab` that stand in the text, in their order.
  private(set) var commands: [Command] = []

  init(page: String) {
    var block: [Substring] = []
    var start = 0
    var fence: Substring?
    for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let text = line.drop { $0 == " " }
      if let open = fence {
        if text.hasPrefix(open), text.allSatisfy({ $0 == open.first || $0 == " " }) {
          add(block: block.joined(separator: "\n"), from: start)
          (fence, block) = (nil, [])
        } else if start > 0 {
          block.append(line)
        }
      } else if text.hasPrefix("```") || text.hasPrefix("~~~") {
        let marks = text.prefix { $0 == text.first }
        fence = marks
        let isConsole = text.dropFirst(marks.count).drop { $0 == " " }.hasPrefix("console")
        start = isConsole ? index + 2 : 0
      } else {
        for code in line.matches(of: #/`(\./lab [^`]+)`/#) {
          commands.append(Command(text: String(code.1), line: index + 1))
        }
      }
    }
  }

  private mutating func add(block: String, from first: Int) {
    guard first > 0 else { return }
    var block = block
    let tokens = block.withUTF8 { text in
      var lexer = ConsoleLexer(text)
      var tokens: [(token: Token, text: String)] = []
      var start = 0
      while let token = lexer.next() {
        tokens.append((token, text.string(start..<token.end)))
        start = token.end
      }
      return tokens
    }
    var line = first
    var isFirst = false
    for (token, text) in tokens {
      switch token.kind {
      case .prompt where text == "> ": break
      case .prompt: isFirst = true
      case .output: break
      default:
        if isFirst { commands.append(Command(text: "", line: line)) }
        isFirst = false
        commands[commands.count - 1].text += text
      }
      line += text.utf8.count { $0 == 0x0a }
    }
  }
}

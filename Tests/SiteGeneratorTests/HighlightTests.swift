import Foundation
import TestSupport
import Testing

@testable import SiteGenerator

@Suite struct HighlightTests {
  private func highlighted(_ code: String, _ language: String, lines: Highlighter.Lines = .init()) -> String {
    let out = HTMLBuffer()
    var code = code
    code.withUTF8 { Highlighter.append($0, language: language, lines: lines, to: out) }
    return String(decoding: out.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("let x = 0x1F_u8", "<span class=\"k\">let</span> x = <span class=\"n\">0x1F_u8</span>"),
    ("0...1_000", "<span class=\"n\">0</span>...<span class=\"n\">1_000</span>"),
    ("t.0.1", "t.0.1"),
    ("f(in: .default)", "<span class=\"f\">f</span>(in: .default)"),
    ("x.self", "x.<span class=\"k\">self</span>"),
    ("/* a /* b */ c */ d", "<span class=\"c\">/* a /* b */ c */</span> d"),
    ("#\"\\(no)\"#", "<span class=\"s\">#&quot;\\(no)&quot;#</span>"),
    (
      "\"a\\(f(\"b\"))c\"",
      "<span class=\"s\">&quot;a\\(</span><span class=\"f\">f</span>(<span class=\"s\">&quot;b&quot;</span>)<span class=\"s\">)c&quot;</span>"
    ),
    ("@MainActor #if", "<span class=\"k\">@MainActor</span> <span class=\"k\">#if</span>"),
    ("`class` Foo", "`class` <span class=\"t\">Foo</span>"),
  ])
  func swift(_ code: String, _ expected: String) {
    #expect(highlighted(code, "swift") == expected)
  }

  @Test func linesAreWrappedAcrossTokens() {
    let lines = Highlighter.Lines(marked: [2], firstNumber: nil, changes: [])
    #expect(
      highlighted("/* a\nb */\nc\n", "swift", lines: lines)
        == "<span class=\"line\"><span class=\"c\">/* a</span>\n</span><span class=\"line hl\"><span class=\"c\">b */</span>\n</span><span class=\"line\">c\n</span>"
    )
  }

  @Test func console() {
    #expect(
      highlighted("$ lab run \\\n  x\nout\n", "console")
        == "<span class=\"p\">$ </span>lab run \\\n  x\n<span class=\"o\">out\n</span>")
  }

  /// How far a command reaches: the lines that are commands, of each text.
  @Test(arguments: [
    ("$ a\nout\n$ b", ["a", "b"]), ("% a\n$ out\n% b", ["a", "b"]), ("$ a\n% out", ["a"]),
    ("$ a \\\n> b \\\n  c\nout", ["a \\\nb \\\n  c"]), ("$ a 'x\n> y'\nout", ["a 'x\ny'"]),
    ("$ a \"x\ny\"\nout", ["a \"x\ny\""]), ("$ don't\nout", ["don't"]), ("$ a # don't\nout", ["a # don't"]),
    ("$ a \\'b\nout", ["a \\'b"]), ("$ don't\nit's\n$ b", ["don't\nit's", "b"]), ("$ a '\n$ b '", ["a '", "b '"]),
    ("$ cat <<END\n> x\n\nEND\nout", ["cat <<END\n> x\n\nEND"]),
    ("$ cat <<-'E' >f\n\tx\n\tE\nout", ["cat <<-'E' >f\n\tx\n\tE"]),
    ("$ cat <<A <<B\na\nA\nb\nB\nout", ["cat <<A <<B\na\nA\nb\nB"]), ("$ cat <<END\nno end", ["cat <<END"]),
    ("$ cat <<<END\nout", ["cat <<<END"]), ("out alone", []),
  ])
  func commandsOfAConsole(_ text: String, _ expected: [String]) {
    for lines in [Highlighter.Lines(), Highlighter.Lines(marked: [1, 2], firstNumber: 1)] {
      let page = highlighted(text, "console", lines: lines).replacing(#/<\/?span class="line[^>]*>/#, with: "")
      let kept = page.replacing(#/<span class="o">[^<]*<\/span>/#, with: "").replacing("&#39;", with: "'")
      let commands = kept.replacing("<span class=\"p\">&gt; </span>", with: "")
        .replacing("<span class=\"p\">$ </span>", with: "\u{1}")
        .replacing("<span class=\"p\">% </span>", with: "\u{1}").replacing(#/<[^>]*>/#, with: "")
        .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
        .split(separator: "\u{1}").map { $0.hasSuffix("\n") ? String($0.dropLast()) : String($0) }
      #expect(commands == expected, "\(page)")
    }
  }

  @Test func outputTakesItsNewlineWithIt() {
    #expect(
      highlighted("$ a\n\nout\n", "console", lines: .init(marked: [3]))
        == "<span class=\"line\"><span class=\"p\">$ </span>a\n</span><span class=\"line\"><span class=\"o\">\n</span></span>"
        + "<span class=\"line hl\"><span class=\"o\">out\n</span></span>")
  }

  @Test func diffs() {
    let code = highlighted("--- a\n+++ b\n-x\n+y\n z\n", "diff")
    #expect(code.contains("<span class=\"line del\">-x\n</span><span class=\"line ins\">+y\n</span>"))
    #expect(code.hasPrefix("<span class=\"line\">--- a"))
  }

  @Test func lineDifference() {
    let difference = LineDifference(from: "a\nb\nc\n", to: "a\nB\nc\nd\n")
    #expect(difference.text == "a\nb\nB\nc\nd\n")
    #expect(difference.changes == [.none, .removed, .added, .none, .added])
  }

  /// Whatever the input, every lexer reaches the end, and what it emits is the input.
  @Test func nothingIsLostOrAdded() {
    var random = SeededRandom(seed: 7)
    let pieces = [
      "\"", "#", "\\(", ")", "(", "/*", "*/", "//", "\n", "let ", "1.5e+3", "'", "`", "\"\"\"", "$ ", "é", "{", "x",
    ]
    for _ in 0..<400 {
      let code = (0..<random.below(40)).map { _ in pieces[random.below(pieces.count)] }.joined()
      for language in ["swift", "go", "c", "json", "yaml", "python", "sh", "console", "diff", "text"] {
        let marked = Highlighter.Lines(marked: [1, 3], firstNumber: 1)
        for lines in [Highlighter.Lines(), marked] {
          let text = highlighted(code, language, lines: lines)
            .replacing(#/<[^>]*>/#, with: "").replacing("&quot;", with: "\"").replacing("&lt;", with: "<")
            .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
          #expect(text == code)
        }
      }
    }
  }

  /// Comments and strings exactly where pygments sees them, keywords and numbers nearly so, over this project's sources.
  @Test(.enabled(if: Python.hasModule("pygments"), "needs pygments: pip install pygments"))
  func swiftLikePygments() throws {
    let script = """
      import sys, json
      from pygments.lexers import SwiftLexer
      from pygments.token import Comment, String, Number, Keyword
      result = []
      for code in json.load(sys.stdin):
          kinds = ''
          for kind, text in SwiftLexer(stripnl=False, ensurenl=False).get_tokens(code):
              k = '.'
              if kind in Comment and kind not in Comment.Preproc: k = 'c'
              elif kind in String: k = 's'
              elif kind in Number: k = 'n'
              elif kind in Keyword: k = 'k'
              kinds += k * len(text)
          result.append(kinds)
      print(json.dumps(result))
      """
    let directory = PackagePath.root + "/Sources/SiteGenerator/"
    let files = ["Markdown/BlockLifter.swift", "Build/SiteMap.swift", "Highlight/SwiftLexer.swift", "Evidence.swift"]
    let sources = try files.map { try String(contentsOfFile: directory + $0, encoding: .utf8) }
      .map { String(decoding: $0.utf8.filter { $0 < 0x80 }, as: UTF8.self) }
    let data = try Python.run(script, input: JSONEncoder().encode(sources))
    let theirs = try JSONDecoder().decode([String].self, from: data)
    for (source, expected) in zip(sources, theirs) {
      let ours = Self.kinds(source)
      let code = Array(source.utf8)
      var differing = 0
      var compared = 0
      for (at, (mine, other)) in zip(ours, expected.utf8).enumerated() where code[at] > 0x20 {
        compared += 1
        let hard = [UInt8(ascii: "c"), UInt8(ascii: "s")]
        if mine != other, hard.contains(mine) || hard.contains(other) { differing += 1 }
      }
      #expect(compared > 1000)
      // An interpolation's own marks are the only place where opinions differ.
      #expect(Double(differing) / Double(compared) < 0.01)
      let ourKeywords = ours.count { $0 == UInt8(ascii: "k") }
      let theirKeywords = expected.utf8.count { $0 == UInt8(ascii: "k") }
      #expect(abs(ourKeywords - theirKeywords) < theirKeywords / 4, "\(ourKeywords) \(theirKeywords)")
    }
  }

  /// A letter for each byte of Swift code.
  private static func kinds(_ code: String) -> [UInt8] {
    var code = code
    return code.withUTF8 { text in
      var lexer = SwiftLexer(text)
      var kinds: [UInt8] = []
      while let token = lexer.next() {
        let letter: UInt8 =
          switch token.kind {
          case .comment: UInt8(ascii: "c")
          case .string: UInt8(ascii: "s")
          case .number: UInt8(ascii: "n")
          case .keyword: UInt8(ascii: "k")
          default: UInt8(ascii: ".")
          }
        while kinds.count < token.end { kinds.append(letter) }
      }
      return kinds
    }
  }
}

/// The same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func below(_ bound: Int) -> Int { Int(next() >> 1) % max(1, bound) }
}

struct HighlightedCodeTests {
  @Test("Every line has its own markup, whole, and its text is the code's")
  func lines() {
    var random = SeededGenerator(seed: 20)
    let pool = [
      "\n", "\n\n", "let x", " = ", "1", "/* a", "*/", "// b", "\"\"\"", "\"", "\\(", ")", "<&>", "é", "@a", "  ",
    ]
    for _ in 0..<300 {
      let code = (0..<Int.random(in: 0...12, using: &random)).map { _ in pool.randomElement(using: &random)! }.joined()
      let found = HighlightedCode(code, language: "swift").lines
      let plain = found.map { line in
        #expect(line.matches(of: #/<span /#).count == line.matches(of: #/</span>/#).count, "\(line)")
        return line.replacing(#/<[^>]*>/#, with: "").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
          .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
      }
      #expect(plain.joined(separator: "\n") == code)
    }
  }
}

import Testing
import TestSupport

@testable import Patterns

/// The expected answers are those of Go's `regexp`.
@Suite struct PatternTests {
  /// Expressions, texts with a match, and texts without.
  private static let cases: [(String, [String], [String])] = [
    ("", ["", "a"], []), ("abc", ["abc", "xabcx"], ["ab", "ABC", ""]), ("a|b|", ["", "z"], []),
    ("malloc|free", ["my_malloc", "free"], ["mallo", "fre"]),
    ("^(main|start)$", ["main", "start"], ["mainx", "xmain"]),
    ("^main", ["main.swift"], ["a main"]), ("main$", ["a main"], ["main.swift", "main\n"]),
    ("a.c", ["abc", "aéc"], ["a\nc", "ac"]), ("(?s)a.c", ["a\nc"], ["ac"]), ("(?m)^b$", ["a\nb\nc"], ["ab"]),
    ("a*b+c?d", ["bd", "aabbcd"], ["ad", "bccd"]), ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
    ("^a{2}$", ["aa"], ["a", "aaa"]), ("^a{2,}$", ["aa", "aaaaa"], ["a"]), ("^(ab){2}$", ["abab"], ["ab"]),
    ("a{,2}", ["a{,2}"], ["aa"]), ("a{02}", ["a{02}"], ["aa"]), ("x*?y", ["y", "xxy"], ["x"]),
    ("[a-c_]", ["b", "_"], ["d", "-"]), ("[^a-c]", ["d", "\n"], ["abc"]), ("[]a]", ["]"], ["["]),
    ("[a\\-z]", ["-"], ["b"]), ("[a-]", ["-"], ["b"]), ("[[:alpha:]_]", ["x", "_"], ["1"]),
    ("[[:^digit:]]", ["x"], ["123"]), ("[\\d.]", ["1", "."], ["a"]), ("[^\\W]", ["a"], [" "]),
    ("\\d\\D", ["1a"], ["12"]), ("\\w\\W", ["a "], ["ab"]), ("\\s\\S", ["\ta"], ["\u{b}a"]),
    ("\\bfoo\\b", ["a foo.", "foo"], ["foobar", "_foo"]), ("\\Boo", ["foo"], ["oo"]), ("\\Aab\\z", ["ab"], ["abc"]),
    ("(?i)straße", ["STRAßE", "straẞe"], ["strasse"]), ("(?i)k", ["K", "\u{212a}"], ["x"]),
    ("(?i)s", ["ſ"], ["z"]), ("(?i)[k-l]", ["K", "\u{212a}"], ["m"]), ("(?i)[^k]", ["x"], ["kK\u{212a}"]),
    ("(?i)ς", ["Σ", "σ"], ["s"]), ("(?i)i", ["I"], ["\u{131}", "\u{130}"]),
    ("a(?i)b|c", ["aB", "C"], ["AB"]), ("(?i:a)b", ["Ab"], ["AB"]), ("((?i)a)b", ["Ab"], ["AB"]),
    ("(?i)a(?-i)b", ["Ab"], ["AB"]), ("(?P<name>a)(?:b)(?<other>c)", ["abc"], ["ac"]),
    ("\\pL\\p{Lu}\\P{Ll}", ["éÉÉ"], ["éÉé"]), ("\\p{^Lu}", ["a"], ["A"]), ("\\pN", ["4", "Ⅳ"], ["a"]),
    ("^\\p{Greek}+$", ["αβγ"], ["abc"]), ("[\\p{Han}]", ["日"], ["d"]),
    ("\\Qa.b\\E+", ["a.bb"], ["aab"]), ("\\Q(", ["("], ["x"]), ("\\x41\\x{e9}\\101\\.", ["AéA."], ["AéAx"]),
    ("\\a\\f\\t\\n\\r\\v", ["\u{7}\u{c}\t\n\r\u{b}"], ["aftnrv"]), ("\\*\\/\\_", ["*/_"], ["*"]),
    ("decode\\(from:\\)", ["RecordBatch.decode(from:)"], ["decode"]), ("日本", ["x日本y"], ["日x本"]),
    ("(a*)*b", ["aab", "b"], ["aaa"]), ("(|a)+$", ["x"], []), ("^*a", ["ba"], ["b"]), ("(?i)", ["x"], []),
  ]

  @Test(arguments: cases.indices) func matches(index: Int) throws {
    let (expression, matching, others) = Self.cases[index]
    let pattern = try Pattern(expression)
    for text in matching { #expect(pattern.matches(text), "\(expression) \(text.debugDescription)") }
    for text in others { #expect(!pattern.matches(text), "\(expression) \(text.debugDescription)") }
  }

  private static let faults: [(String, String)] = [
    ("(", "missing closing ): `(`"), ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"),
    ("*a", "missing argument to repetition operator: `*`"), ("(|*)", "missing argument to repetition operator: `*`"),
    ("a**", "invalid nested repetition operator: `**`"), ("a+{2}", "invalid nested repetition operator: `+{2}`"),
    ("a{1001}", "invalid repeat count: `{1001}`"), ("a{2,1}", "invalid repeat count: `{2,1}`"),
    ("[z-a]", "invalid character class range: `z-a`"), ("[[:word2:]]", "invalid character class range: `[:word2:]`"),
    ("\\8", "invalid escape sequence: `\\8`"), ("\\1", "invalid escape sequence: `\\1`"),
    ("\\Z", "invalid escape sequence: `\\Z`"), ("\\C", "invalid escape sequence: `\\C`"),
    ("a\\", "trailing backslash at end of expression"), ("\\pX", "invalid character class range: `\\pX`"),
    ("\\p{NoScript}", "invalid character class range: `\\p{NoScript}`"),
    ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"), ("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`"),
    ("(?P<n>a)(?P<n>b)", "invalid named capture: `(?P<n>b)`"), ("(?P<>a)", "invalid named capture: `(?P<>a)`"),
  ]

  @Test(arguments: faults.indices) func faultsInRE2sWords(index: Int) {
    let (expression, reason) = Self.faults[index]
    #expect(throws: PatternError(expression: expression, reason: reason)) { try Pattern(expression) }
  }

  @Test func largeExpressionsAreRefused() {
    for expression in [
      String(repeating: "(", count: 100_000), "((a{100}){100}){100}",
      "((a{30}){30}|b{900})" + String(repeating: "c{1000}", count: 200),
    ] {
      #expect(throws: PatternError.self) { try Pattern(expression) }
    }
  }

  /// An engine that tries one way after the other would need 2⁵⁰ steps here.
  @Test func noExpressionTakesForever() throws {
    let text = String(repeating: "a", count: 50)
    #expect(try Pattern("^(a|a)*(aa|a)*b$").matches(text) == false)
    #expect(try Pattern(String(repeating: "a?", count: 50) + text).matches(text))
  }

  @Test func randomExpressionsNeverTrap() {
    var generator = SeededGenerator(seed: 5)
    let pieces = [
      "a", "é", ".", "*", "+", "?", "{2}", "{", "}", "(", ")", "(?i)", "(?:", "|", "[", "]", "^", "-", "\\", "$", "\\d",
      "\\Q", "\\x", ",", "[:alpha:]",
    ]
    var compiled = 0
    for _ in 0..<20_000 {
      let expression = (0..<Int.random(in: 1...8, using: &generator))
        .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      guard let pattern = try? Pattern(expression) else { continue }
      compiled += 1
      _ = pattern.matches("aéa-a\n")
    }
    #expect(compiled > 1000)
  }
}

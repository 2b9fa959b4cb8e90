import Testing

@testable import SiteGenerator

/// Claims: the number in the sentence is the measured one, and no punctuation is parted from it.
@Suite struct ClaimTests {
  private static let bounds = "least=40&greatest=90"

  @Test("The measured number stands in the place of the written one, to as many digits")
  func statedNumbers() throws {
    let all: [(prose: String, value: Double, margin: Double?, said: String)] = [
      ("57 % ± 6 of it", 60.4, 6.3, "60 % ± 6 of it"), ("4.2 times", 5.27, nil, "5.3 times"),
      ("48,000 records", 1_234_567, nil, "1,234,567 records"), ("9.6 %±3.81", 9, 2, "9.0 %±2.00"),
      ("−3 points ± 2", 4, 2, "4 points ± 2"), ("12 points", -0.4, nil, "0 points"), ("7", -999.6, nil, "−1,000"),
      ("5 of 9 shapes", 6, nil, "6 of 9 shapes"), ("1.50", 0.0049, nil, "0.00"),
    ]
    for (prose, value, margin, said) in all {
      let stated = try #require(StatedNumber(prose))
      #expect(stated.saying(MeasuredNumber(value, margin: margin, least: nil, greatest: nil)) == said)
      #expect(stated.hasMargin == prose.contains("±"))
    }
  }

  @Test(arguments: ["most", "about 7 %", "less than 5 %", "", "± 4", "#1", "- 4"])
  func otherProseIsLeftAlone(_ prose: String) { #expect(StatedNumber(prose) == nil) }

  @Test("What is wrong with a stated number is said with its place")
  func faults() {
    let all: [(prose: String, query: String, says: String?)] = [
      ("80 %", "number=80&\(Self.bounds)", nil), ("81 %", "number=80&\(Self.bounds)", "'80 %' was measured"),
      ("81 %", "number=80&local=1&\(Self.bounds)", nil), ("80 %", "number=80&least=40", "needs both bounds"),
      ("80 %", "number=80&margin=5&\(Self.bounds)", "was sampled"),
      ("80 % ± 5", "number=80&margin=5&\(Self.bounds)", nil),
      ("80 % ± 6", "number=80&margin=5&\(Self.bounds)", "'80 % ± 5' was measured"),
      ("80 % ± 5", "number=80&\(Self.bounds)", "counted, not sampled"), ("80 %", "", "say it in words"),
      ("most", "number=80&greatest=9", nil),
    ]
    for (prose, query, says) in all {
      let problems = rendered("text\n\nis [\(prose)](claim:kettle/a?\(query)) of it\n").problems
      #expect(problems.count == (says == nil ? 0 : 1), "\(prose) \(query)")
      for problem in problems {
        #expect(problem.line == 3 && problem.severity == .warning && problem.message.contains(says ?? "nothing"))
      }
    }
  }

  @Test("The page says what was measured here, though the text was written elsewhere")
  func measuredHere() {
    for prose in ["81 % ± 7", "*81* % ± 7"] {
      let text = html("It takes [\(prose)](claim:kettle/a?number=55&margin=4&local=1&\(Self.bounds)).\n")
      #expect(text.contains("<b class=\"claim\">55\u{A0}%\u{A0}±\u{A0}4 80 %</b>."))
    }
  }

  @Test(
    "Punctuation stays with its claim",
    arguments: [
      ("a [b](claim:kettle/a), c", "a <b class=\"claim\">b 80 %</b>, c"),
      ("a ([b](claim:kettle/a)). C", "a (<b class=\"claim\">b 80 %</b>). C"),
      ("a [b](claim:kettle/a){.x}; c", "a <b class=\"claim\">b 80 %</b>; c"),
      ("a [b](claim:kettle/a)... c", "a <b class=\"claim\">b 80 %</b>… c"),
      ("a [b](claim:kettle/a)s", "a <b class=\"claim\">b 80 %</b>s"),
      ("[b](claim:kettle/a)", "<p><b class=\"claim\">b 80 %</b></p>"),
      ("[b](claim:kettle/a)![c](x.png)", "<b class=\"claim\">b 80 %</b><img"),
      ("a [b](claim:teapot/a), c", "a <span class=\"claim failed\">b</span>, c"),
      ("| a |\n|---|\n| [b](claim:kettle/a). |", "<td><b class=\"claim\">b 80 %</b>.</td>"),
    ])
  func punctuation(_ markdown: String, _ expected: String) {
    #expect(html(markdown + "\n").contains(expected), "\(html(markdown))")
  }

  @Test(
    "A percent sign begins no line",
    arguments: [
      ("a 100 % b", "a 100\u{A0}% b"), ("5 % and 6 %", "5\u{A0}% and 6\u{A0}%"), ("a % b", "a % b"), ("5% x", "5% x"),
      ("% 5", "% 5"), ("*5* % x", "<em>5</em> % x"), ("\"5 %\"", "“5\u{A0}%”"),
    ])
  func percent(_ markdown: String, _ expected: String) {
    #expect(html(markdown + "\n") == "<p>\(expected)</p>\n")
  }

  @Test func whatIsHeldTogetherCanBeFound() {
    let page = rendered("# T\n\nIt is ([most](claim:kettle/a)), then.\n")
    #expect(page.search.sections.map { String(decoding: $0.text, as: UTF8.self) }.last == "It is (most), then.")
  }

  /// A value, its bound, its sign, and the scale's ends, the bound's places and the value's.
  private typealias Drawn = (
    value: Double, least: Double?, greatest: Double?, sign: String, from: String, to: String, places: [String]
  )

  @Test("The range of a card has room for the bound and the measured value")
  func ranges() throws {
    let all: [Drawn] = [
      (60, 50, 70, " %", "0 %", "100 %", ["50.0", "30.0", "60.0"]),
      (5.3, 4, 7, "×", "0×", "10×", ["40.0", "30.0", "53.0"]),
      (-3, -7, 7, "", "−10", "10", ["15.0", "15.0", "35.0"]),
      (2.1, 2, nil, "×", "0×", "5×", ["40.0", "0.0", "42.0"]),
      (120, nil, 90, " %", "0 %", "200 %", ["0.0", "55.0", "60.0"]),
    ]
    for drawn in all {
      let number = MeasuredNumber(
        drawn.value, margin: 2, least: drawn.least, greatest: drawn.greatest, sign: drawn.sign)
      let range = try #require(ClaimRange(number))
      #expect([range.from, range.to] == [drawn.from, drawn.to])
      #expect([range.left, range.right, range.point] == drawn.places)
    }
    #expect(ClaimRange(nil) == nil)
    #expect(ClaimRange(MeasuredNumber(5, least: 5, greatest: 5)) == nil)
  }
}

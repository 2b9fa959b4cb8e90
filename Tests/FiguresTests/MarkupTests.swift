import Testing

@testable import Figures

@Suite struct MarkupTests {
  @Test func escapesText() {
    var out = Markup()
    out.text("<a href=\"x\">&'\u{0}\u{FFFF}\u{202E}é👍")
    #expect(out.string == "&lt;a href=&quot;x&quot;&gt;&amp;'\u{FFFD}\u{FFFD}\u{FFFD}é👍")
  }

  @Test(arguments: [
    (0.0, "0"), (1.0, "1"), (-1.5, "-1.5"), (0.014, "0.01"), (-0.004, "0"), (12.345, "12.35"), (99.999, "100"),
    (.infinity, "0"), (.nan, "0"), (1e300, "0"),
  ]) func writesShortNumbers(value: Double, text: String) {
    var out = Markup()
    out.number(value)
    #expect(out.string == text)
  }

  @Test func writesExtremeNumbers() {
    var out = Markup()
    out.number(Int64.min)
    out.raw(" ")
    out.number(Int64.max)
    #expect(out.string == "-9223372036854775808 9223372036854775807")
  }
}

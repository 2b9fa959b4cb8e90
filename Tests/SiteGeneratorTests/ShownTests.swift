import Testing

@testable import SiteGenerator

/// Markdown that a page shows with what becomes of it.
@Suite struct ShownTests {
  @Test("The lines stand there as they were written, and below them what they make, figures and claims too")
  func bothForms() throws {
    let page = rendered(
      """
      !!! shown "A note"

          !!! note "Inner"

              *Text* & [80 %](claim:kettle/a?number=80&least=1&greatest=99).

          ![F](<figure:kettle/some/cpu> "Figure 1")

      After.

      """)
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(page.problems.isEmpty, "\(page.problems)")
    #expect(TagBalance.fault(in: text) == nil)
    let source = try #require(text.firstRange(of: "<div class=\"code-title\">A note</div>"))
    let becomes = try #require(text.firstRange(of: "<div class=\"becomes\">"))
    let written = text[source.upperBound..<becomes.lowerBound]
    #expect(written.contains("!!! note &quot;Inner&quot;\n\n    *Text* &amp; [80 %]("))
    #expect(written.contains("&quot;Figure 1&quot;)</code></pre>"))
    let made = text[becomes.upperBound...]
    #expect(made.contains("<em>Text</em> &amp; <b class=\"claim\">80"))
    let (figure, after) = (
      try #require(made.firstRange(of: "<svg id=\"figure-1-svg\">")), try #require(made.firstRange(of: "<p>After.</p>"))
    )
    #expect(figure.upperBound < after.lowerBound)
  }
}

import Testing

@testable import SiteGenerator

/// Marks in running text that CommonMark does not know.
@Suite struct InlineMarkTests {
  /// A paragraph's content.
  private func paragraph(_ markdown: String) -> String {
    String(html(markdown).dropFirst(3).prefix { $0 != "\n" }.dropLast(4))
  }

  @Test(arguments: [
    ("~~a ~~b~~ c~~", "<del>a <del>b</del> c</del>"),
    ("~~a ==b== c~~", "<del>a <mark>b</mark> c</del>"),
    ("a ==b and ==c== d", "a ==b and <mark>c</mark> d"),
    ("==**b** `c`==", "<mark><strong>b</strong> <code>c</code></mark>"),
    ("**==b==**", "<strong><mark>b</mark></strong>"),
    ("\"==x==\"", "“<mark>x</mark>”"),
    ("==x=={ .k #i }", "<mark id=\"i\" class=\"k\">x</mark>"),
    ("^^new^^, x^2^, H~2~O", "<ins>new</ins>, x<sup>2</sup>, H<sub>2</sub>O"),
    ("2^32 and 2^64, ~/a and ~/b", "2^32 and 2^64, ~/a and ~/b"),
    ("x==1 or y==2, 2~~3~~4, ====, a ~~~ b", "x==1 or y==2, 2~~3~~4, ====, a ~~~ b"),
    (
      "{++a++} {--b--} {==c==} {~~d~>e~~}{>>why<<}",
      "<ins>a</ins> <del>b</del> <mark>c</mark> <del>d</del><ins>e</ins><span class=\"comment\">why</span>"
    ),
    ("{++a {-- b", "{++a {-- b"),
    ("{++a ==b++} c==", "<ins>a ==b</ins> c=="), ("==a {++b== c++}", "==a <ins>b== c</ins>"),
  ])
  func marks(_ markdown: String, _ expected: String) {
    #expect(paragraph(markdown) == expected)
  }

  @Test(arguments: [
    ("++ctrl+alt+del++", "<span class=\"keys\"><kbd>Ctrl</kbd>+<kbd>Alt</kbd>+<kbd>Del</kbd></span>"),
    ("++\"My key\"+page-up++", "<span class=\"keys\"><kbd>My key</kbd>+<kbd>Page Up</kbd></span>"),
    ("C++ and D++", "C++ and D++"), ("i++ + ++j", "i++ + ++j"),
  ])
  func keys(_ markdown: String, _ expected: String) {
    #expect(paragraph(markdown) == expected)
  }

  @Test(arguments: [
    (":tada: :man_raising_hand: :wave_tone3:", "🎉 🙋‍♂️ 👋🏽"), ("10:30:45 :no_such_thing:", "10:30:45 :no_such_thing:"),
    ("`:tada:`", "<code>:tada:</code>"),
  ])
  func emoji(_ markdown: String, _ expected: String) {
    #expect(paragraph(markdown) == expected)
  }

  @Test func iconsAreNamedAndReportedOnce() {
    let page = rendered("a\n\n:octicons-arrow-right-24:{ .big } and\n:octicons-arrow-right-24:\n")
    let icon = "class=\"icon big\" title=\":octicons-arrow-right-24:\">arrow right</span>"
    #expect(String(decoding: page.html, as: UTF8.self).contains(icon))
    #expect(
      page.problems.map(\.description) == [
        "page.md:3: note: icon not drawn, shown as its name: :octicons-arrow-right-24: (2 times on this page)"
      ])
  }

  @Test func headingsAreNamedByWhatTheySay() {
    let page = rendered(
      "## :warning: Look ==out==\n\n## :simple-github: On `GitHub`[^1]\n\n## ++ctrl+c++ it\n\n[^1]: x\n")
    #expect(page.headings.map(\.id) == ["look-out", "on-github", "ctrlc-it"])
    #expect(page.headings.map(\.text) == ["⚠️ Look out", "On GitHub", "Ctrl+C it"])
    #expect(PageText(Array("# :tada: ~~A~~ :material-check: B\n".utf8)).heading() == "🎉 A B")
  }

  @Test(arguments: [
    (
      "see https://example.org/a_b?c=d.", "see <a href=\"https://example.org/a_b?c=d\">https://example.org/a_b?c=d</a>."
    ),
    ("(www.example.org/a(b))", "(<a href=\"http://www.example.org/a(b)\">www.example.org/a(b)</a>)"),
    ("me@example.org, a@b", "<a href=\"mailto:me@example.org\">me@example.org</a>, a@b"),
    (
      "http://localhost:8000/x and ssh://a.b",
      "<a href=\"http://localhost:8000/x\">http://localhost:8000/x</a> and ssh://a.b"
    ),
    ("[https://a.org](https://b.org)", "<a href=\"https://b.org\">https://a.org</a>"),
    ("`https://a.org`, xhttps://a.org", "<code>https://a.org</code>, xhttps://a.org"),
    ("www.a_b.c_d, www.", "www.a_b.c_d, www."),
  ])
  func addressesAreLinks(_ markdown: String, _ expected: String) {
    #expect(paragraph(markdown) == expected)
  }

  @Test(arguments: [
    ("a --> b <-- c <--> d", "a → b ← c ↔ d"), ("1/2 of 3/4, 1/2/2024, 11/2", "½ of ¾, 1/2/2024, 11/2"),
    ("(c) 2024, (tm)", "© 2024, ™"), ("(a), (b) or (c)", "(a), (b) or (c)"), ("+/- 3 =/= 4", "± 3 ≠ 4"),
    ("---> <---", "---&gt; &lt;---"),
  ])
  func signs(_ markdown: String, _ expected: String) {
    #expect(paragraph(markdown) == expected)
  }

  @Test func extensionsThatASiteLacksAreText() {
    var dialect = Dialect(extensions: ["admonition"])
    #expect(!dialect.hasKeys && !dialect.hasMathematics && !dialect.hasShortMarks && !dialect.hasSymbols)
    dialect = Dialect(extensions: ["pymdownx.keys", "pymdownx.arithmatex", "pymdownx.caret", "pymdownx.smartsymbols"])
    var all = Dialect()
    all.hasSureMathematics = true
    #expect(dialect == all)
    #expect(paragraphOf("++a++ x^2^ 1/2 $x$", Dialect(extensions: [])) == "++a++ x^2^ 1/2 $x$")
  }

  private func paragraphOf(_ markdown: String, _ dialect: Dialect) -> String {
    let page = String(decoding: rendered(markdown, dialect: dialect).html, as: UTF8.self)
    return String(page.dropFirst(3).dropLast(5))
  }

  @Test(arguments: [
    ("`#!py range(3)`", "<code><span class=\"f\">range</span>(<span class=\"n\">3</span>)</code>"),
    ("`:::swift let`", "<code><span class=\"k\">let</span></code>"), ("`#!/bin/sh`", "<code>#!/bin/sh</code>"),
  ])
  func codeOfALanguage(_ markdown: String, _ expected: String) {
    #expect(paragraph(markdown) == expected)
  }

  @Test(arguments: ["$a_1 * b_2 * c$", "\\(a^2\\)", "$$\\frac{1}{2}$$"])
  func mathematicsIsItsSource(_ source: String) {
    let page = rendered("See \(source) here.\n")
    #expect(
      String(decoding: page.html, as: UTF8.self)
        == "<p>See <code class=\"mathematics\" title=\"TeX\">\(source)</code> here.</p>\n")
    #expect(page.problems.map(\.severity) == [.note])
    #expect(page.problems.first?.line == 1)
  }

  @Test(arguments: ["It costs $5 or $6, $HOME/$PATH.", "`$x$` and \\(approx\\)"])
  func dollarsAreNoMathematics(_ markdown: String) {
    #expect(!html(markdown).contains("mathematics"))
  }

  @Test func idsOfAnythingInTheTextAreKnown() {
    let page = rendered(
      "*a*{ #e } **b**{ #s } `c`{ #c } ==d=={ #m } [](){ #p } ![x](https://e.org/i.png){ #i } [l](https://e.org){ #l }\n"
    )
    #expect(Set(page.ids) == ["e", "s", "c", "m", "p", "i", "l"])
    #expect(page.problems.isEmpty)
    #expect(String(decoding: page.html, as: UTF8.self).contains("<a id=\"p\"></a>"))
  }

  @Test func aReferenceMayHaveAFootnote() {
    let page = html(
      "[sem *ver*][^1], [`x`][^1], [no][^1].\n\n[sem *ver*]: https://s.org \"T\"\n[`x`]: https://x.org\n\n[^1]: N\n")
    #expect(page.contains("<a href=\"https://x.org\"><code>x</code></a><sup"))
    #expect(page.contains("[no]<sup"))
  }
}

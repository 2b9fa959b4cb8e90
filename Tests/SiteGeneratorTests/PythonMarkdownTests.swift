import Testing

@testable import SiteGenerator

/// What texts have that were written for Python-Markdown and PyMdown's extensions.
@Suite struct PythonMarkdownTests {
  private func page(_ markdown: String) -> RenderedPage {
    var dialect = Dialect()
    dialect.isMkDocs = true
    dialect.hasSureMathematics = true
    return rendered(markdown, dialect: dialect)
  }

  private func html(_ markdown: String) -> String { String(decoding: page(markdown).html, as: UTF8.self) }

  @Test(arguments: [
    ("[a b] [l] c", "<p><a href=\"https://e.org\">a b</a> c</p>"),
    ("[a]\n[l]. c\n`x] [l]`", "<p><a href=\"https://e.org\">a</a>.\nc\n<code>x] [l]</code></p>"),
    ("- [x] [l]", "checked> <a href=\"https://e.org\">l</a></li>"),
    ("[a] [none]", "<p>[a] [none]</p>"),
    ("!!! note\n    > [a] [l]", "<p><a href=\"https://e.org\">a</a></p>"),
  ])
  func referencesMayHaveASpace(_ markdown: String, _ expected: String) {
    #expect(html(markdown + "\n\n[l]: https://e.org\n").contains(expected), "\(html(markdown))")
  }

  @Test func inlineElementsAloneOnALineAreText() {
    #expect(html("<small>\n**a**\n</small>\n") == "<p><small>\n<strong>a</strong>\n</small></p>\n")
    #expect(html("- b\n\n    <sup>\n    *a*\n    </sup>\n").contains("<p><sup>\n<em>a</em>\n</sup></p>\n</li>"))
    #expect(html("<small>\n\n*a*\n\n</small>\n") == "<small>\n<p><em>a</em></p>\n</small>\n")
    #expect(rendered("<small>\n*a*\n</small>\n").html == Array("<small>\n*a*\n</small>\n".utf8))
  }

  @Test func whatIsNoBlockIsToldOf() {
    let page = page("#None\n\n!!! note 'a'\n    x\n\n??? b's\n\n## Yes\n\ntext\n#12\nWow!!! Yes???\n")
    #expect(
      page.problems.map(\.description) == [
        "page.md:1: note: no heading without a space behind its signs: #None",
        "page.md:3: note: admonition not understood, shown as written: !!! note 'a'",
        "page.md:6: note: admonition not understood, shown as written: ??? b's",
      ])
    #expect(rendered("#None\n").problems.isEmpty)
  }

  @Test func mathematicsMaySpanLines() {
    let text = html("A $a_1 *\nb_2* `c`$ d,\n\\(e_1\nf\\) g `$h\ni$`\n\n> $j\n> k$\n\nIt is $5\nor $6, $x\n\ny$\n")
    #expect(
      text.contains(
        "<p>A <code class=\"mathematics\" title=\"TeX\">$a_1 * b_2* `c`$</code> d,\n<code class=\"mathematics\" title=\"TeX\">\\(e_1 f\\)</code> g <code>$h i$</code></p>"
      ), "\(text)")
    #expect(text.contains("<blockquote>\n<p><code class=\"mathematics\" title=\"TeX\">$j k$</code></p>"))
    #expect(text.contains("<p>It is $5\nor $6, $x</p>\n<p>y$</p>"))
  }

  @Test func listsTablesAndElementsHaveNotes() {
    for markdown in [
      "- a (1)\n- b\n{ .annotate }\n\n1. note\n", "| a (1) |\n|---|\n| b |\n{ .annotate }\n\n1. note\n",
      "<div class=\"annotate\" markdown>\n\n> a (1)\n\n</div>\n\n1. note\n",
    ] {
      let text = html(markdown)
      #expect(text.contains("href=\"#Note-1-1\"") && text.contains("<li id=\"Note-1-1\">note</li>"), "\(text)")
      #expect(!text.contains("(1)"))
    }
  }

  @Test func editorsMarkBlocks() {
    let text = html("{==\n\n- a\n\n==}\n\n{--\nb\n--}\n\n{++\n\nc\n")
    #expect(text.hasPrefix("<div class=\"marked\">\n<ul>\n<li>a</li>\n</ul>\n</div>\n<del>\n<p>b</p>\n</del>\n"))
  }

  @Test(arguments: [
    ("/// Note | T\n/// tip\nx\n///\n///\n\nend", "<p>x</p>\n</div>\n</div>\n<p>end</p>"),
    ("/// note\n```\n///\n```\n///\nend", "<code>///\n</code></pre></div>\n</div>\n<p>end</p>"),
    ("/// note\n/// word\n///\nend", "</div>\n<p>end</p>"),
    ("x~~in~~y ~~a~~", "<p>x<del>in</del>y <del>a</del></p>"),
    ("T\n\n:   one\ntwo\n\n:   three\n\n    1. a", "</dd>\n<dd>\n<p>three</p>\n<ol>\n<li>a</li>"),
    ("a\n[l]: https://e.org\nb [l]", "<p>a</p>\n<p>b <a href=\"https://e.org\">l</a></p>"),
    ("a\n[l]: no address here\nb", "<p>a\n[l]: no address here\nb</p>"),
    ("x^a\\ b^ c^d e^", "<p>x<sup>a b</sup> c^d e^</p>"),
    ("> [!Custom]- T\n> x", "<details class=\"admonition custom\">\n<summary>T</summary>\n<p>x</p>"),
    ("> [!note](x.md#a)", "<blockquote>"),
    ("| a |\n|---|\n| \\(y\\) |", "<td><code class=\"mathematics\" title=\"TeX\">\\(y\\)</code></td>"),
    ("{{a}} {!b.md!} {{{c}}}", "<p><span class=\"icon\">{{a}}</span> <span class=\"icon\">{!b.md!}</span> {"),
    ("::: a.b\n    x: 1\n\n::: note\nbox\n:::", "<div id=\"a.b\">"),
    ("/// html | span.k\n*a*\n///", "<span class=\"k\"><em>a</em></span>"),
    ("/// html | ul\n- a\n///", "<ul>\n<ul>\n<li>a</li>"),
    ("/// note\n*a*", "<p><em>a</em></p>\n</div>"),
    (":wave_tone3: :wave_medium_dark_skin_tone:", "<p>👋🏽 👋🏾</p>"),
    ("!!! my-Kind\n    x", "<p class=\"admonition-title\">My-kind</p>"),
    (
      "| a |\n|---|\n| 1 |\n/// table-caption\nC\n///",
      "<figcaption>\n<p class=\"caption-label\">Table 1.</p>\n<p>C</p>"
    ),
    ("x\n/// figure-caption | 4.2\nC\n///", "<p class=\"caption-label\">Figure 4.2.</p>"),
  ])
  func blocks(_ markdown: String, _ expected: String) {
    #expect(html(markdown).contains(expected), "\(html(markdown))")
  }
}

import Testing

@testable import SiteGenerator

/// What each piece of the dialect becomes.
@Suite struct DialectTests {
  @Test func admonitionBodiesHoldAnything() {
    let page = html(
      """
      !!! warning "Mind the *gap*"
          Text.

          ~~~text
          !!! note
          ~~~

          1. one

              ??? tip
                  deep

      after
      """)
    #expect(
      page.hasPrefix("<div class=\"admonition warning\">\n<p class=\"admonition-title\">Mind the <em>gap</em></p>"))
    #expect(page.contains("<code>!!! note\n</code>"))
    #expect(page.contains("<details class=\"admonition tip\">\n<summary>Tip</summary>\n<p>deep</p>\n</details>"))
    #expect(page.hasSuffix("</div>\n<p>after</p>\n"))
  }

  @Test(arguments: [
    ("!!! note \"\"\n    x", "<div class=\"admonition note\">\n<p>x</p>\n</div>\n"),
    ("??? note\n    x", "<details class=\"admonition note\">\n<summary>Note</summary>\n<p>x</p>\n</details>\n"),
    ("???+ note\n    x", "<details class=\"admonition note\" open>\n<summary>Note</summary>\n<p>x</p>\n</details>\n"),
    (
      "!!! note inline end \"T\"\n    x",
      "<div class=\"admonition note inline end\">\n<p class=\"admonition-title\">T</p>\n<p>x</p>\n</div>\n"
    ),
    ("!!!", "<p>!!!</p>\n"),
    ("!!! Wow, that is no kind!", "<p>!!! Wow, that is no kind!</p>\n"),
    (
      "    !!! note\n        code",
      "<div class=\"code\"><pre tabindex=\"0\"><code>!!! note\n    code\n</code></pre></div>\n"
    ),
    ("```\n!!! note\n```", "<div class=\"code\"><pre tabindex=\"0\"><code>!!! note\n</code></pre></div>\n"),
    ("<!-- \n!!! note\n    x\n-->", "<!-- \n!!! note\n    x\n-->\n"),
    (
      "> [!NOTE]\n> Text",
      "<div class=\"admonition note\">\n<p class=\"admonition-title\">Note</p>\n<p>Text</p>\n</div>\n"
    ),
  ])
  func admonition(_ markdown: String, _ expected: String) {
    #expect(html(markdown) == expected)
  }

  @Test func fenceInListItemDoesNotHideWhatFollows() {
    let page = html("- item\n\n    ```\n    code\n    ```\n\n!!! note\n    x\n")
    #expect(page.contains("<div class=\"admonition note\">"))
    #expect(page.contains("<code>code\n</code>"))
  }

  @Test func unclosedFenceInListItemEndsWithIt() {
    let page = html("- item\n\n  ```\n  code\n\ntext\n\n!!! note\n    x\n")
    #expect(page.contains("<div class=\"admonition note\">"))
  }

  @Test func figures() {
    let page = html(
      """
      <figure markdown="span" class="wide">
        ![A *kettle*](https://example.org/k.png){ width="300" #k }
        <figcaption>First
        and second `line`</figcaption>
      </figure>
      """)
    #expect(
      page == """
        <figure class="wide">
        <img src="https://example.org/k.png" alt="A kettle" id="k" width="300" loading="lazy">
        <figcaption>First and second <code>line</code></figcaption>
        </figure>

        """)
  }

  @Test func elementsNest() {
    let page = html("<div markdown>\n<div markdown class=\"a\">\n*x*\n</div>\ny\n</div>\nz")
    #expect(page == "<div>\n<div class=\"a\">\n<p><em>x</em></p>\n</div>\n<p>y</p>\n</div>\n<p>z</p>\n")
  }

  @Test func unclosedElementIsReported() {
    let page = rendered("text\n\n<figure markdown>\n![a](https://example.org/a.png)\n")
    #expect(page.problems.map(\.description) == ["page.md:3: warning: <figure> is never closed"])
  }

  @Test(arguments: [
    (
      "| a | b |\n|---|--:|\n| 1 | 2 |",
      ["<th>a</th><th class=\"right\">b</th>", "<td>1</td><td class=\"right\">2</td>"]
    ),
    (
      "a | b\n:-: | :--\n1 | 2\n3",
      [
        "<th class=\"center\">a</th>", "<td class=\"left\">2</td>",
        "<td class=\"center\">3</td><td class=\"left\"></td>",
      ]
    ),
    ("| a |\n|---|\n| `x \\| y` |", ["<td><code>x | y</code></td>"]),
    (
      "| a `|` b | c |\n|---|---|\n| ``x | ` y`` | ` |",
      ["<th>a <code>|</code> b</th>", "<td><code>x | ` y</code></td><td>`</td>"]
    ),
    ("| a |\n|---|\n| - no list |\n| # no heading |", ["<td>- no list</td>", "<td># no heading</td>"]),
    ("| a |\n|---|\n| _em_ **st** [l](https://example.org) |", ["<em>em</em> <strong>st</strong> <a href="]),
    (
      "- item\n\n    | a |\n    |---|\n    | 1 |\n\n- next", ["<li>\n<p>item</p>\n", "<td>1</td>", "<li>\n<p>next</p>"]
    ),
    ("> | a |\n> |---|\n> | 1 |", ["<blockquote>\n<div class=\"table\"", "<td>1</td>"]),
  ])
  func tables(_ markdown: String, _ pieces: [String]) {
    let page = html(markdown).replacing("<li><p>", with: "<li>\n<p>")
    for piece in pieces { #expect(page.contains(piece), "\(page)") }
  }

  @Test(arguments: ["a | b\n---", "a | b\n|---|", "```\n| a |\n|---|\n```", "| a |\n\n|---|", "# a | b\n|---|---|"])
  func noTable(_ markdown: String) {
    #expect(!html(markdown).contains("<table"))
  }

  @Test func footnotes() {
    let page = rendered("One[^b] and two[^a], again[^b].\n\n[^a]: Second.\n[^b]: First\n    continued.\n\n    More.\n")
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(
      text.contains(
        "One<sup id=\"fnref:b\" class=\"footnote-mark\"><a href=\"#fn:b\" aria-label=\"Footnote 1\">1</a></sup> and"))
    #expect(text.contains("id=\"fnref2:b\""))
    #expect(
      text.contains(
        "<li id=\"fn:b\">\n<p>First\ncontinued.</p>\n<p>More.</p>\n<a class=\"footnote-back\" href=\"#fnref:b\""))
    #expect(page.problems.isEmpty)
  }

  @Test func footnoteProblems() {
    let page = rendered("One[^x].\n\n[^y]: Unused.\n")
    #expect(
      page.problems.map(\.description) == [
        "page.md:1: warning: no such footnote: x", "page.md:3: warning: nothing refers to footnote y",
      ])
  }

  @Test func taskLists() {
    #expect(
      html("- [ ] a\n- [x] b\n- [y] c") == """
        <ul>
        <li class="task"><input type="checkbox" aria-label="To be done" disabled> a</li>
        <li class="task done"><input type="checkbox" aria-label="Done" disabled checked> b</li>
        <li>[y] c</li>
        </ul>

        """)
  }

  @Test func attributes() {
    #expect(
      html("[a](https://example.org){ .b target=_blank }.").contains(
        "<a href=\"https://example.org\" class=\"b\" target=\"_blank\">a</a>."))
    #expect(html("*a*{ .b } **c**{: #d }") == "<p><em class=\"b\">a</em> <strong id=\"d\">c</strong></p>\n")
    #expect(html("*a*{ not attributes") == "<p><em>a</em>{ not attributes</p>\n")
  }

  @Test func paragraphsTakeAttributesFromTheLineBelow() {
    let page = rendered("Text\nover lines\n{: #lead .big }\n\nNext\n\n{ .alone }\n")
    #expect(
      String(decoding: page.html, as: UTF8.self)
        == "<p id=\"lead\" class=\"big\">Text\nover lines</p>\n<p>Next</p>\n<p>{ .alone }</p>\n")
    #expect(page.ids == ["lead"])
  }

  @Test func abbreviationsAreExpanded() {
    let page = html(
      "A CPU and CPUs, *CPU*, `CPU`.\n\n    *[CPU]: code\n\n*[CPU]: Central  Processing \"Unit\"\n")
    let meaning = "<abbr title=\"Central Processing &quot;Unit&quot;\">CPU</abbr>"
    #expect(page.hasPrefix("<p>A \(meaning) and CPUs, <em>\(meaning)</em>, <code>CPU</code>.</p>"))
    #expect(page.contains("<code>*[CPU]: code\n</code>"))
  }

  @Test(arguments: [
    (
      "The HTML Standard, HTML.\n\n*[HTML]: a\n*[HTML Standard]: b",
      "The <abbr title=\"b\">HTML Standard</abbr>, <abbr title=\"a\">HTML</abbr>."
    ),
    (
      "C++ and C++20, C.\n\n*[C++]: a language",
      "<abbr title=\"a language\">C++</abbr> and <abbr title=\"a language\">C++</abbr>20, C."
    ),
    ("<https://x.org/CPU>\n\n*[CPU]: a", ">https://x.org/CPU</a>"),
  ])
  func abbreviationsAreOfAnySigns(_ markdown: String, _ expected: String) {
    #expect(html(markdown).contains(expected))
  }

  @Test func aTableOfContentsIsLeftToThePage() {
    #expect(html("[TOC]\n\ntext\n[TOC]") == "<p>text\n[TOC]</p>\n")
  }

  @Test func headings() {
    let page = rendered("# One\n\n## Two `x` {#two .c}\n\nThree { #three }\n---\n\n## Set {1, 2}\n\n## One\n")
    #expect(page.headings.map(\.id) == ["one", "two", "three", "set-1-2", "one_1"])
    #expect(page.headings.map(\.text) == ["One", "Two x", "Three", "Set {1, 2}", "One"])
    #expect(page.headings.map(\.level) == [1, 2, 2, 2, 2])
  }

  @Test func twoEqualIdsAreReported() {
    let page = rendered("## A {#x}\n\ntext\n\n## B {#x}\n")
    #expect(page.problems.map(\.description) == ["page.md:5: warning: id used twice on the page: x"])
  }

  @Test func fenceOptions() {
    let page = html("``` { .swift title=\"a.swift\" hl_lines=\"2-3\" linenums=\"7\" }\nlet a = 1\nlet b\nlet c\n```")
    #expect(
      page.contains("<div class=\"code numbered\" data-language=\"swift\"><div class=\"code-title\">a.swift</div>"))
    #expect(page.contains("style=\"counter-reset:line 6\""))
    #expect(page.components(separatedBy: "<span class=\"line hl\">").count == 3)
  }

  @Test func tabs() {
    let page = html("=== \"A *b*\"\n\n    one\n\n=== \"C\"\n\n    two\n\nafter")
    #expect(page.components(separatedBy: "<input type=\"radio\"").count == 3)
    #expect(page.contains("A <em>b</em></label>\n<div class=\"tab\">\n<p>one</p>"))
    #expect(page.hasSuffix("</div>\n<p>after</p>\n"))
  }

  @Test func printersMarks() {
    #expect(html("\"It's\" -- 'so'... a \"*b*\" 5'") == "<p>“It’s” – ‘so’… a “<em>b</em>” 5’</p>\n")
    #expect(html("`\"a\" -- ...`") == "<p><code>&quot;a&quot; -- ...</code></p>\n")
  }

  @Test func struckAndMarked() {
    #expect(html("a ~~b~~ ==c== d") == "<p>a <del>b</del> <mark>c</mark> d</p>\n")
    #expect(html("==a== ~~b~~ x==y and z==w") == "<p><mark>a</mark> <del>b</del> x==y and z==w</p>\n")
    #expect(html("a == b == c, x ~~ y, `~~z~~` ~~") == "<p>a == b == c, x ~~ y, <code>~~z~~</code> ~~</p>\n")
  }

  @Test func blocksInsideRawHTMLSurvive() {
    let page = html("<div>\n!!! note\n    x\n</div>\n\nafter")
    #expect(page.contains("<div>\n<div class=\"admonition note\">"))
    #expect(page.contains("<p>x</p>"))
    #expect(page.contains("</div>\n<p>after</p>"))
  }

  @Test func referencesReachEveryPart() {
    let page = html(
      "!!! note\n    [a][Tea Leaf] and [tea  leaf].\n\n| x |\n|---|\n| [b][tea leaf] |\n\n[tea leaf]: https://example.org/t\n"
    )
    #expect(page.components(separatedBy: "href=\"https://example.org/t\"").count == 4)
  }
}

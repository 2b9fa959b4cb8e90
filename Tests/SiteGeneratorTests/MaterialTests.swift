import Testing

@testable import SiteGenerator

/// Blocks as MkDocs Material has them, where they stand and what they hold.
@Suite struct MaterialTests {
  @Test(arguments: [
    "!!! note\n        x", "=== \"A\"\n        x", "| a |\n    |---|\n    | 1 |", "```\n    x\n    ```",
  ])
  func blocksFollowALazilyWrappedItem(_ block: String) {
    for item in ["- an item\nwrapped lazily", "1. an item\nwrapped\nlazily", "* x\n\n    - an item\nwrapped"] {
      let page = html("\(item)\n\n    \(block)\n")
      #expect(!page.contains("!!!") && !page.contains("===") && !page.contains("|") && !page.contains("```"), "\(page)")
      #expect(page.contains("wrapped"))
      #expect(page.hasSuffix("</ul>\n") || page.hasSuffix("</ol>\n"), "\(page)")
    }
  }

  @Test func footnotesMayBeIndented() {
    let page = rendered("x[^1] y[^2]\n\n  [^1]: One\n\n    more of one\n\n  [^2]:\n    Two\n")
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(text.contains("<p>One</p>\n<p>more of one</p>"))
    #expect(text.contains("<li id=\"fn:2\">\n<p>Two</p>"))
    #expect(page.problems.isEmpty)
  }

  @Test func attributesOfHeadings() {
    let page = rendered(
      "## A { data-x }\n\n## B { data-x=\"{}\" .c }\n\n## C {#c} ##\n\nD { #d }\n===\n\n## E {name}\n\n## F {1, 2}\n")
    #expect(page.headings.map(\.text) == ["A", "B", "C", "D", "E {name}", "F {1, 2}"])
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(text.contains("<h2 id=\"a\" data-x>") && text.contains("<h2 id=\"b\" class=\"c\" data-x=\"{}\">"))
  }

  @Test func attributesOfCellsItemsAndTables() {
    let page = html("| a {.x} | **b**{.y} |\n|---|--:|\n| 1 { .z #i } | {2} |\n{ .wide }\n\n- item\n{ .k }\n- b\n")
    #expect(page.contains("<th class=\"x\">a</th><th class=\"right\"><strong class=\"y\">b</strong></th>"))
    #expect(page.contains("<td id=\"i\" class=\"z\">1</td><td class=\"right\">{2}</td>"))
    #expect(page.contains("<table class=\"wide\">"))
    #expect(page.contains("<li class=\"k\">item</li>\n<li>b</li>"))
  }

  @Test func kindsAreLowerCased() {
    let page = html("!!! Note\n    x\n\n??? \"Only a title\"\n    y\n")
    #expect(page.contains("<div class=\"admonition note\">\n<p class=\"admonition-title\">Note</p>"))
    #expect(page.contains("<details class=\"admonition\">\n<summary>Only a title</summary>"))
  }

  @Test func markdownInAnyElement() {
    let page = html(
      "<p markdown>**a**</p>\n\n<DIV markdown>**b**</DIV>\n\n<table>\n  <tr>\n    <td markdown>\n\n- c\n- d\n\n    </td>\n    <td>*e*</td>\n  </tr>\n</table>\n\n<table><tr><td markdown=\"1\">`</td>` **f**</td></tr></table>\n\nend\n"
    )
    #expect(page.contains("<p><strong>a</strong></p>\n<div>\n<p><strong>b</strong></p>\n</div>\n"))
    #expect(page.contains("<td>\n<ul>\n<li>c</li>\n<li>d</li>\n</ul>\n</td>"))
    #expect(page.contains("<td>*e*</td>"))
    #expect(page.contains("<td><code>&lt;/td&gt;</code> <strong>f</strong></td>"))
    #expect(page.hasSuffix("<p>end</p>\n"))
    #expect(!page.contains("markdown"))
  }

  @Test func definitionLists() {
    let page = html(
      "Apple { #apple }\nPomme\n:   A fruit.\n:   A *company*.\n\n    ```sh\n    ls\n    ```\n\n    - list\n\nOrange\n\n:   Another\nfruit.\n\nafter\n"
    )
    #expect(
      page.hasPrefix(
        "<dl>\n<dt id=\"apple\">Apple</dt>\n<dt>Pomme</dt>\n<dd>\n<p>A fruit.</p>\n</dd>\n<dd>\n<p>A <em>company</em>.</p>\n<div class=\"code\""
      ))
    #expect(page.contains("<dt>Orange</dt>\n<dd>\n<p>Another\nfruit.</p>\n</dd>\n</dl>\n<p>after</p>\n"))
    #expect(page.contains("<li>list</li>"))
    #expect(html("- x\n\n    T\n    :   D\n").contains("<li><p>x</p>\n<dl>\n<dt>T</dt>"))
    #expect(html("text\n:no definition\n") == "<p>text\n:no definition</p>\n")
  }

  @Test func blocksWithSlashes() {
    let page = html(
      "/// details | More\n    open: True\n    type: tip\n\n//// note\nx\n////\n///\n\n/// tab | A\na\n///\n\n/// tab | B\n    select: true\n\nb\n///\n\n/// html | div.wide#w\n*x*\n///\n\n/// define\nT\n\n- *D*\n///\n"
    )
    #expect(
      page.contains("<details class=\"admonition tip\" open>\n<summary>More</summary>\n<div class=\"admonition note\">")
    )
    #expect(page.contains("id=\"Tabs-1-2\" checked><label for=\"Tabs-1-2\">B</label>"))
    #expect(page.contains("<div id=\"w\" class=\"wide\">\n<p><em>x</em></p>\n</div>"))
    #expect(page.contains("<dl>\n<dt>T</dt>\n<dd>\n<p><em>D</em></p>\n</dd>\n</dl>"))
  }

  @Test func captions() {
    let image = "![A](https://e.org/a.png)"
    let page = html("\(image)\n/// caption\nUnder *it*\n///\n\n| a |\n|---|\n| 1 |\n\n/// caption | <\nAbove\n///\n")
    #expect(
      page.hasPrefix(
        "<figure>\n<img src=\"https://e.org/a.png\" alt=\"A\" loading=\"lazy\">\n<figcaption>\n<p>Under <em>it</em></p>\n</figcaption>\n</figure>\n"
      ))
    #expect(page.contains("<figure>\n<figcaption>\n<p>Above</p>\n</figcaption>\n<div class=\"table\""))
    #expect(TagBalance.fault(in: page) == nil)
  }

  @Test func notesOnLinesOfCode() {
    let page = html("```py\nf() # (1)!\ng() # (2) and (1)\nh(1) # (9)\n```\n\n1. one\n2. two\n\n`(1)` (1)\n")
    #expect(
      page.contains("() <a class=\"annotation\" href=\"#Note-1-1\" data-number=\"1\" aria-label=\"Note 1\"></a>\n"))
    #expect(page.contains("# <a class=\"annotation\" href=\"#Note-1-2\""))
    #expect(page.contains("# (9)"))
    #expect(page.contains("<ol class=\"annotations\">\n<li id=\"Note-1-1\">one</li>\n<li id=\"Note-1-2\">two</li>"))
    #expect(page.hasSuffix("<p><code>(1)</code> (1)</p>\n"))
    #expect(html("```py\nf() # (1)\n```\n\ntext\n").contains("# (1)"))
  }

  @Test("A note's id stays with its list, wherever later lists come to lie in memory")
  func notesAreOfTheirListAlone() {
    let box = "!!! note\n    ```py\n    f() # (1)!\n    ```\n\n    1. note\n\n"
    let others = "??? note\n    - a\n    - b\n\n    1. c\n    2. d\n\n"
    let page = html(String(repeating: box + others, count: 100))
    let ids = page.matches(of: #/<li id="(Note-\d+-\d+)">/#).map { String($0.1) }
    #expect(ids == (1...100).map { "Note-\($0)-1" })
  }

  @Test func notesOnWords() {
    for markdown in [
      "A (1) b\n{ .annotate }\n\n1. note\n", "!!! note annotate \"T (1)\"\n    A (1)\n\n1. note\n",
      "<div class=\"annotate\" markdown>\nA (1) b\n\n1. note\n</div>\n",
    ] {
      let page = html(markdown)
      #expect(page.contains("href=\"#Note-1-1\"") && page.contains("<li id=\"Note-1-1\">note</li>"), "\(page)")
      #expect(!page.contains("(1)"))
    }
  }

  @Test func whatIsNotDrawnIsItsLabelledSource() {
    let page = rendered("```mermaid\ngraph LR\n```\n\n$$\na_1 * b\n$$\n\n\\begin{x}\ny\n\\end{x}\n")
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(text.contains("<div class=\"code-title\">Diagram, as Mermaid</div>"))
    #expect(
      text.contains(
        "<div class=\"code-title\">Mathematics, as TeX</div><pre tabindex=\"0\"><code>$$\na_1 * b\n$$\n</code>"))
    #expect(page.problems.map(\.line) == [1, 5, 9])
    #expect(page.problems.allSatisfy { $0.severity == .note })
  }

  @Test func imagesForLightAndDark() {
    let page = html("![d](https://e.org/a.png#only-light) ![n](https://e.org/a.png#gh-dark-mode-only)")
    #expect(page.contains("class=\"only-light\"") && page.contains("class=\"only-dark\""))
  }

  @Test(arguments: [
    ("```\n=== \"A\"\n\n    ```\n    ```\n\n=== \"B\"\n```\n\nend", "=== &quot;B&quot;\n</code>"),
    ("* item\n{ .c }\n\n    === \"T\"\n        x", "<li><p class=\"c\">item</p>\n<div class=\"tabs\">"),
    ("> [!NOTE] Custom\n> body", "<p class=\"admonition-title\">Custom</p>\n<p>body</p>"),
    ("| a | b |\n| -- | -- --|\n| 1 | 2 |", "<td>2</td>"),
    ("=== \"A\"\n    a\n===! \"B\"\n    b\n===+ \"C\"\n    c", "id=\"Tabs-2-2\" checked>"),
    ("   > > 1.  one\n>>\n>>     two", "<li><p>one</p>\n<p>two</p>\n</li>"),
    ("> a\nlazy\n> | x |\n> |---|\n> | 1 |", "<table>"),
  ])
  func smallThings(_ markdown: String, _ expected: String) {
    #expect(html(markdown).contains(expected), "\(html(markdown))")
  }
}

/// What only a plugin or a hook of a site can make is said.
@Suite struct ForeignTests {
  @Test func unknownBlocksAreShownWithTheirNames() {
    let page = rendered("a\n\n/// version-added | v2.1\n*Text*\n///\n")
    #expect(
      String(decoding: page.html, as: UTF8.self).contains(
        "<div class=\"admonition version-added\">\n<p class=\"admonition-title\">Version added v2.1</p>\n<p><em>Text</em>"
      ))
    #expect(
      page.problems.map(\.description) == [
        "page.md:3: note: block not known, shown with its name: /// version-added"
      ])
  }

  @Test func referencesOfPluginsAreNamed() {
    var dialect = Dialect()
    dialect.hasForeignReferences = true
    let page = rendered(
      "[`Model`][pydantic.Model], [known][k] and [x].\n\n::: pydantic.config\n    options:\n      a: b\n\n[k]: https://e.org\n",
      dialect: dialect)
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(
      text.hasPrefix(
        "<p><code>Model</code>, <a href=\"https://e.org\">known</a> and [x].</p>\n<div id=\"pydantic.config\">"))
    #expect(!text.contains(":::") && !text.contains("options"))
    #expect(page.problems.map(\.severity) == [.note, .note])
    #expect(html("::: note\nx\n:::\n") == "<p>::: note\nx\n:::</p>\n")
  }

  @Test func macrosAreReported() {
    let page = rendered("Version {{ version }}, `{{ x }}`, {name}.\n")
    #expect(
      String(decoding: page.html, as: UTF8.self)
        == "<p>Version <span class=\"icon\">{{ version }}</span>, <code>{{ x }}</code>, {name}.</p>\n")
    #expect(
      page.problems.map(\.description) == [
        "page.md:1: note: macro that a plugin fills in, shown as written: {{ version }}"
      ])
  }

  @Test func placesInReferencesAreNotMissed() throws {
    let directory = try TemporaryDirectory()
    try directory.write("# A\n\n[x](b.md#p.q.C) [y](b.md#z)\n", to: "docs/a.md")
    try directory.write("# B\n\n::: p.q\n", to: "docs/b.md")
    let problems = SiteGenerator(
      content: directory.path + "/docs", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    ).check().filter { $0.severity == .error }
    #expect(problems.map(\.message) == ["no such place in b.md: #z"])
  }

  @Test func shortcodesAreWordsAndPlaces() throws {
    let text = PageText(
      Array("## <!-- md:setting config.lang -->\n\n<!-- md:version 9.5 -->\n\n[x][config.lang]\n".utf8))
    #expect(text.shortcodes.map(\.line) == [1, 3])
    let page = rendered(String(decoding: text.bytes, as: UTF8.self))
    #expect(page.problems.isEmpty)
    #expect(page.ids.contains("config.lang"))
    #expect(page.headings.map(\.text) == ["lang"])
    #expect(String(decoding: page.html, as: UTF8.self).contains("<span class=\"icon\">version 9.5</span>"))
    #expect(String(decoding: page.html, as: UTF8.self).contains("href=\"#config.lang\""))
  }

  @Test func shortcodesInCodeAreCode() {
    #expect(PageText(Array("`<!-- md:version 1 -->` <!-- md:… -->\n".utf8)).shortcodes.isEmpty)
  }

  @Test func tabsMayBeLinkedTo() {
    var dialect = Dialect()
    dialect.tabIDs = .belowSection
    let page = rendered("## Logo\n\n=== \":x: Icon, bundled\"\n    x\n", dialect: dialect)
    #expect(page.ids == ["logo", "logo-icon-bundled"])
    #expect(HeadingIDs.letters(" ... or even Ich ") == "-or-even-ich")
  }

  @Test func idsKeepLettersWhereASiteSaysSo() {
    var dialect = Dialect()
    dialect.keepsLetters = true
    #expect(rendered("## Über café, 数字!\n", dialect: dialect).headings.map(\.id) == ["über-café-数字"])
  }

  /// No mark that is not understood is printed as if it were text.
  @Test func nothingIsPrintedRaw() {
    let page = rendered(
      """
      :material-check: :octicons-x-16: :fontawesome-brands-github: :simple-swift: $x^2$ ++ctrl+c++ :tada:

      {++a++} {--b--} {~~c~>d~~} {==e==} {>>f<<} ~~g~~ ==h== ^^i^^ H~2~O x^2^ `#!py 1` [w][^1]

      $$
      y
      $$

      ```mermaid
      graph
      ```

      /// unknown | T
      x
      ///

      /// caption
      C
      ///

      Term
      :   Meaning

      *[HTML 5]: x

      !!! note annotate "T (1)"
          x (1)

      1. note

      <td markdown>**b**</td>

      ::: a.b

      > [!NOTE] T
      > x

      [w]: https://e.org
      [^1]: F
      """)
    let text = String(decoding: page.html, as: UTF8.self).replacing(#/<code[^>]*>(?s:.*?)<\/code>|<[^>]*>/#, with: "")
    for mark in [
      ":material", ":octicons", ":fontawesome", ":simple", "$", "++", "{", "}", "~", "==", "^", "#!", "///", ":   ",
      "*[",
      "!!!", "(1)", "markdown", ":::", "[!", "**", "][", "```",
    ] { #expect(!text.contains(mark), "\(mark) in \(text)") }
    #expect(Set(page.problems.map(\.severity)) == [.note])
    #expect(page.problems.allSatisfy { $0.line > 0 })
  }
}

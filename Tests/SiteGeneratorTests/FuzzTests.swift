import Testing

@testable import SiteGenerator

/// No input may trap, hang, or leave a page whose own tags do not match.
@Suite struct FuzzTests {
  private static let pieces = [
    "!!! knob \"K\"\n\n    1. 0\n\n        a\n\n    2. [x] 1\n\n        b\n", "!!! shown \"S\"\n",
    "!!! note \"T\"\n", "??? tip\n", "    ", "  ", "\t", "- ", "1. ", "> ", "```swift\n", "```\n", "~~~\n",
    "| a | b |\n",
    "|---|:-:|\n", "[^1]", "[^1]: ", "[x]: https://e.org\n", "[x]", "![a](figure:kettle/a)", "[b](claim:kettle/a)",
    "# h {#i}\n",
    "===\n", "---\n", "=== \"Tab\"\n", "`", "**", "*", "_", "{ .c }", "{ #d }", "\n", "\n\n", "text ", "\"", "'", "é",
    "\\", "- [x] ",
    "[!NOTE]\n", "```swift file=Kettle.swift region=a\n", "```py hl_lines=\"1 2-3\" linenums=\"1\"\n", ":", "\u{0}",
    "...",
    "[a](page.md#h)", "![](i.png)", "[", "]", "(", ")", "|", "~~", "==", "^^", "^", "~", "++ctrl+a++", ":tada:",
    ":simple-x:", "/// note\n", "/// tab | T\n", "/// caption\n", "///\n", ":   ", "$x$", "$$\n", "{++", "++}", "{~~",
    "~>", "~~}", "{>>", "<<}", "(1)", "{ .annotate }\n", "::: a.b\n", "www.e.org", "https://e.org/", "a@b.c", "]:",
    "*[HTML x]: y\n", "-->", "1/2", "# (1)!\n", "\n1. x\n", "[x][^1]", "{++ ==a++} b== ", "~~{--c~~--}", "[!TIP] t\n",
  ]
  private static let html = [
    "<figure markdown>\n", "</figure>\n", "<figcaption>", "</figcaption>", "<div markdown=\"1\">", "</div>", "<!--",
    "-->", "<pre>",
    "</pre>", "<", ">", "<script>", "<a href=\"x\">", "<img src='",
    "<td markdown>", "<table>", "<p markdown>", "<a href='page.md#x'>", "<!-- md:option a -->",
  ]

  @Test func tagsMatchWhateverComes() {
    var random = SeededRandom(seed: 42)
    for _ in 0..<1500 {
      let markdown = (0..<random.below(60)).map { _ in Self.pieces[random.below(Self.pieces.count)] }.joined()
      let page = rendered(markdown)
      let text = String(decoding: page.html, as: UTF8.self)
      #expect(String(validating: page.html, as: UTF8.self) != nil)
      if let fault = TagBalance.fault(in: text) {
        Issue.record("\(fault) in the page of \(markdown.debugDescription)")
        return
      }
    }
  }

  @Test func rawHTMLNeverTraps() {
    var random = SeededRandom(seed: 43)
    let all = Self.pieces + Self.html + Self.html
    for _ in 0..<1500 {
      let page = rendered((0..<random.below(60)).map { _ in all[random.below(all.count)] }.joined())
      #expect(page.problems.allSatisfy { $0.line >= 0 })
    }
  }

  @Test func bytesNeverTrap() {
    var random = SeededRandom(seed: 44)
    for _ in 0..<500 {
      let bytes = (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let text = PageText(bytes + "\n---\n".utf8)
      #expect(String(validating: text.bytes, as: UTF8.self) != nil)
      #expect(String(validating: rendered(String(decoding: bytes, as: UTF8.self)).html, as: UTF8.self) != nil)
    }
  }

  @Test(arguments: [
    (0..<400).map { String(repeating: "    ", count: $0) + "!!! note\n" }.joined(),
    String(repeating: ">", count: 5000) + " x",
    (0..<200).map { String(repeating: "> ", count: $0) + "| a |\n" }.joined(),
    String(repeating: "- ", count: 20000) + "x",
    String(repeating: "<div markdown>\n", count: 2000) + String(repeating: "</div>\n", count: 2000),
    String(repeating: "<div markdown>\n", count: 5000),
    String(repeating: "*a **b ", count: 5000),
    String(repeating: "[^1]: x\n", count: 5000),
    "| a |\n|---|\n" + String(repeating: "| b ", count: 20000),
    String(repeating: "| a", count: 5000) + "|\n" + String(repeating: "|-", count: 5000) + "|\n",
    String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000),
    (0..<2000).map { "[l\($0)]: https://e.org\n\n!!! note\n    [l\($0)]\n\n" }.joined(),
    String(repeating: "# h\n", count: 5000),
    "---\ntitle: " + String(repeating: "[", count: 30000) + "\n---\n",
    "---\n" + String(repeating: "- ", count: 20000) + "\n---\n",
    "---\na: &a [x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\ntitle: *c\n---\nx",
  ])
  func deepAndLongInputsEnd(_ markdown: String) {
    let page = rendered(markdown)
    #expect(String(validating: page.html, as: UTF8.self) != nil)
  }

  /// Each is of a kind that costs time or memory that grows with the square of its length, unless something is done.
  @Test(arguments: [
    "```py hl_lines=\"" + String(repeating: "1-10000 ", count: 5000) + "\"\nx\n```\n",
    String(repeating: "~~a ==b ", count: 6000), String(repeating: "{++a {~~b {>>c ", count: 3000),
    String(repeating: "++a", count: 15000),
    "http://a.b/" + String(repeating: "(", count: 9000)
      + String(repeating: ")", count: 9000), String(repeating: "$$a\n", count: 6000),
    String(repeating: "\\begin{a}\n", count: 6000), String(repeating: "/// note\n", count: 3000),
    "a\n" + String(repeating: ":   b\n", count: 6000), String(repeating: "a\nb\n\n", count: 6000) + ":   x\n",
    String(repeating: "<table><tr><td markdown>", count: 3000), String(repeating: "<p markdown>", count: 3000),
    String(repeating: "!!! note\n    [a]: /u\n\n", count: 3000), String(repeating: "[a\n", count: 6000),
    (0..<5000).map { "*[a \($0)]: x\n" }.joined() + String(repeating: "a ", count: 6000),
    "# " + String(repeating: "{", count: 15000) + "}\n", String(repeating: "`a`{", count: 6000),
    "```py\n" + String(repeating: "# (1)\n", count: 3000) + "```\n\n" + String(repeating: "1. x\n", count: 3000),
    String(repeating: "> | a |\n> |---|\n", count: 5000), "- a\n" + String(repeating: "b\n", count: 15000),
    (0..<5000).map { ":material-a\($0):\n" }.joined(), String(repeating: "::: a\n", count: 3000),
    String(repeating: "[a][^1]", count: 5000) + "\n\n[a]: /u\n\n[^1]: x\n",
  ])
  func whatCouldTakeLongEnds(_ markdown: String) {
    let page = rendered(markdown)
    #expect(String(validating: page.html, as: UTF8.self) != nil)
    #expect(page.html.count < 60 * markdown.utf8.count + 10_000)
  }

  @Test func tablesAreNotFilledWithoutEnd() {
    let page = rendered(
      String(repeating: "|a", count: 2000) + "|\n" + String(repeating: "|-", count: 2000) + "|\n"
        + String(repeating: "|b\n", count: 3000))
    #expect(page.problems.map(\.line) == [1])
    #expect(page.html.count < 1_000_000)
    // One that people write is filled.
    #expect(
      String(decoding: rendered("| a | b |\n|---|---|\n| 1 |\n").html, as: UTF8.self).contains(
        "<tr><td>1</td><td></td></tr>"))
  }

  @Test func tooManyOpenBracketsAreShownAsWritten() {
    for text in [
      String(repeating: "![[]()", count: 12_000), String(repeating: "[\n", count: 11_000),
      "!!! note\n    " + String(repeating: "[", count: 11_000),
      "| a |\n|---|\n| " + String(repeating: "[", count: 11_000) + " |\n",
    ] {
      let page = rendered("before\n\n\(text)\n\nafter *x*\n")
      #expect(page.problems.count == 1)
      #expect(page.problems.first?.message == Part.tooManyBrackets)
      #expect((3...5).contains(page.problems.first?.line ?? 0))
      #expect(String(decoding: page.html, as: UTF8.self).hasSuffix("<p>after <em>x</em></p>\n"))
    }
    // As many that are closed cost nothing.
    #expect(
      rendered(String(repeating: "[a](b) ", count: 12_000)).problems.allSatisfy { $0.message != Part.tooManyBrackets })
  }
}

/// Whether every tag of a page is closed where it must be.
enum TagBalance {
  static func fault(in html: String) -> String? {
    var open: [Substring] = []
    for match in html.matches(of: #/<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:"[^"]*"|'[^']*'|[^'">])*>/#) {
      let name = match.2
      if ["br", "hr", "img", "input", "source", "wbr"].contains(name) { continue }
      if match.1.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        return "</\(name)> closes nothing"
      }
    }
    return open.isEmpty ? nil : "<\(open[0])> stays open"
  }
}

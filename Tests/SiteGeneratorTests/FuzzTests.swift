import Testing

@testable import SiteGenerator

/// No input may trap, hang, or leave a page whose own tags do not match.
@Suite struct FuzzTests {
  private static let pieces = [
    "!!! note \"T\"\n", "??? tip\n", "    ", "  ", "\t", "- ", "1. ", "> ", "```swift\n", "```\n", "~~~\n",
    "| a | b |\n",
    "|---|:-:|\n", "[^1]", "[^1]: ", "[x]: https://e.org\n", "[x]", "![a](figure:kettle/a)", "[b](claim:kettle/a)",
    "# h {#i}\n",
    "===\n", "---\n", "=== \"Tab\"\n", "`", "**", "*", "_", "{ .c }", "{ #d }", "\n", "\n\n", "text ", "\"", "'", "é",
    "\\", "- [x] ",
    "[!NOTE]\n", "```swift file=Kettle.swift region=a\n", "```py hl_lines=\"1 2-3\" linenums=\"1\"\n", ":", "\u{0}",
    "...",
    "[a](page.md#h)", "![](i.png)", "[", "]", "(", ")", "|",
  ]
  private static let html = [
    "<figure markdown>\n", "</figure>\n", "<figcaption>", "</figcaption>", "<div markdown=\"1\">", "</div>", "<!--",
    "-->", "<pre>",
    "</pre>", "<", ">", "<script>", "<a href=\"x\">", "<img src='",
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
}

/// Whether every tag of a page is closed where it must be.
enum TagBalance {
  static func fault(in html: String) -> String? {
    var open: [Substring] = []
    for match in html.matches(of: #/<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:"[^"]*"|'[^']*'|[^'">])*>/#) {
      let name = match.2
      if ["br", "hr", "img", "input", "wbr"].contains(name) { continue }
      if match.1.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        return "</\(name)> closes nothing"
      }
    }
    return open.isEmpty ? nil : "<\(open[0])> stays open"
  }
}

import Testing

@testable import SiteGenerator

/// Link reference definitions, wherever they stand and wherever they are used.
@Suite struct ReferenceTests {
  @Test(arguments: [
    // In a footnote, from outside; outside, from a footnote.
    "[^1]\n\n[^1]: See [a].\n\n[a]: https://e.org/a\n",
    "[a] [^1]\n\n[^1]: Note\n\n    [a]: https://e.org/a\n",
    // In a note, from outside, and the other way round, with lines broken anywhere.
    "[a]\n\n!!! note\n    Text\n\n    [a]: https://e.org/a\n",
    "!!! note\n    See [text][the\n    label].\n\n[the label]:\n  https://e.org/a\n  'Title'\n",
    "!!! note\n    [x][a]\n\n    [a]:\n    https://e.org/a\n\n[y][a]\n",
    "=== \"T\"\n    [a]\n\n> !!! tip\n>     [a]: https://e.org/a\n",
    "- item\n\n    !!! note\n        [a]\n\n- [a]: https://e.org/a\n",
    "Term\n:   [a]\n\n    [a]: <https://e.org/a>\n",
    "| [a] |\n|---|\n| x |\n\n??? tip\n    [a]: https://e.org/a \"(T)\"\n",
    "/// note | About [a]\n[a]: https://e.org/a\n///\n",
    "# [a]\n\n<div markdown>\n[a]: https://e.org/a\n</div>\n",
  ])
  func holdThroughout(_ markdown: String) {
    let page = html(markdown)
    #expect(page.contains("href=\"https://e.org/a\""), "\(page)")
    #expect(!page.contains("[a]"), "\(page)")
  }

  @Test func theFirstCounts() {
    let page = html("!!! note\n    [a]: https://e.org/1\n\n[a]\n\n[a]: https://e.org/2\n")
    #expect(page.contains("https://e.org/1") && !page.contains("https://e.org/2"))
  }

  @Test func linesOfProblemsAreRightBelowDefinitionsThatWereFed() {
    let page = rendered(
      "!!! note\n    [a]: https://e.org/1\n        'T'\n\n[a]\n\n[b](gone.md)\n\n### h { .c }\n\n<p>\n!!! x\n    y\n</p>\n"
    )
    #expect(page.problems.map(\.line) == [7])
    #expect(String(decoding: page.html, as: UTF8.self).contains("<h3 id=\"h\" class=\"c\">"))
  }

  @Test(arguments: ["text\n[a]: #x\n\n!!! note\n    [a]", "```\n[a]: #x\n```\n\n!!! note\n    [a]"])
  func whatIsNoDefinitionIsNone(_ markdown: String) {
    #expect(!html(markdown).contains("<a "))
  }

  @Test(arguments: [
    ("[foo]: /url \"title\"\n", "foo", "/url", "title"), ("[Foo\n bar]:\n<b (c>\n'x\ny'\n", "foo bar", "b (c", "x\ny"),
    ("[a]: /u\n\"t\" x\n", "a", "/u", ""), ("[a\\]b]: /u(v)", "a\\]b", "/u(v)", ""),
  ])
  func definitions(_ text: String, _ label: String, _ address: String, _ title: String) {
    let found = Array(text.utf8).withUnsafeBufferPointer { LinkDefinition(at: $0) }
    #expect(found?.label == label)
    #expect(found?.address == address)
    #expect(found?.title == title)
  }

  @Test(arguments: ["[a]: ", "[]: /u", "[a]: /u \"t\" x", "[a] : /u", "[a]: <b\nc>", "[a]: /u\"t\"x y"])
  func noDefinitions(_ text: String) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { LinkDefinition(at: $0) } == nil)
  }
}

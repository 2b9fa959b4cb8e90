import Foundation
import TestSupport
import Testing

@testable import SiteGenerator

@Suite struct SlugTests {
  static let headings = [
    "Merge sort, second version", "What's `new` in 6.3?", "  spaces   and - dashes -- here ", "Ångström & naïve café",
    "snake_case", "ﬁne", "数字", "100 %", "C++", "a/b", "Tab\there", "-edge-", "½ + ²", "Straße", "", "x_1", "x", "x",
  ]

  @Test func idsAreUnique() {
    var ids = HeadingIDs()
    #expect(["a", "a", "a", "a_1", "", "!"].map { ids.make(for: $0) } == ["a", "a_1", "a_2", "a_3", "_1", "_2"])
  }

  @Test func manyEqualHeadingsAreCheap() {
    var ids = HeadingIDs()
    let made = Set((0..<20_000).map { _ in ids.make(for: "same") })
    #expect(made.count == 20_000)
  }

  /// Against the program whose ids these are to be.
  @Test(.enabled(if: Python.hasModule("markdown"), "needs Python's markdown: pip install markdown"))
  func likePythonMarkdown() throws {
    let script = """
      import sys, json
      from markdown.extensions.toc import slugify, unique
      used = set()
      print(json.dumps([unique(slugify(h, '-'), used) for h in json.load(sys.stdin)]))
      """
    let input = try JSONEncoder().encode(Self.headings)
    let expected = try JSONDecoder().decode([String].self, from: Python.run(script, input: input))
    var ids = HeadingIDs()
    #expect(Self.headings.map { ids.make(for: $0) } == expected)
  }
}

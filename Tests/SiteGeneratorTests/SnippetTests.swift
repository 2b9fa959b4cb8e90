import Foundation
import Testing

@testable import SiteGenerator

/// Text of other files in a page.
@Suite struct SnippetTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ files: [String: String]) throws {
    for (name, text) in files { try directory.write(text, to: name) }
  }

  private func build() throws -> BuildReport {
    let generator = SiteGenerator(
      content: directory.path + "/docs", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle)
    var report = try generator.build()
    for index in report.problems.indices {
      report.problems[index].file = report.problems[index].file.replacing(directory.path + "/", with: "")
    }
    return report
  }

  @Test func filesStandInTheirPlace() throws {
    try write([
      "docs/index.md":
        "# I\n\n--8<-- \"a/part.md\"\n\n- x\n\n    --8<-- 'a/code.py:1:2'\n\n```py\n--8<-- \"a/code.py:main\"\n```\n\n--8<--\na/list.md\n--8<--\n\n;--8<-- \"no.md\"\n\n[gone](gone.md)\n",
      "docs/a/part.md": "---\ntitle: x\n---\nPart *one*, [dead](dead.md).\n",
      "docs/a/code.py": "first\nsecond\n# --8<-- [start:main]\nmain()\n# --8<-- [end:main]\nfinish\n",
      "docs/a/list.md": "in a list\n",
    ])
    let report = try build()
    let page = try directory.read("out/index.html")
    for piece in ["<p>Part <em>one</em>", "<p>first\nsecond</p>", "main()", "<p>in a list</p>", "--8&lt;-- “no.md”"] {
      #expect(page.contains(piece), "\(piece)")
    }
    #expect(!page.contains("title: x") && !page.contains("finish") && !page.contains("start:main"))
    #expect(
      report.problems.filter { $0.file != "docs/a/part.md" || $0.line != 4 }.map(\.description) == [
        "docs/index.md:19: warning: no such page: gone.md"
      ])
    // What is wrong in a snippet is said of its own line.
    #expect(report.problems.contains { $0.description == "docs/a/part.md:4: warning: no such page: dead.md" })
  }

  @Test func nothingOutsideIsRead() throws {
    try write([
      "docs/index.md":
        "--8<-- \"../secret.md\"\n\n--8<-- \"/etc/passwd\"\n\n--8<-- \"https://e.org/x.md\"\n\n--8<-- \"gone.md\"\n\n--8<-- \"self.md\"\n\n--8<-- \"p.md:none\"\n",
      "docs/self.md": "--8<-- \"self.md\"\n", "docs/p.md": "p\n", "secret.md": "secret",
    ])
    let report = try build()
    #expect(try !directory.read("out/index.html").contains("secret\n"))
    #expect(
      report.problems.map(\.description) == [
        "docs/index.md:1: a snippet leads out of the content: ../secret.md",
        "docs/index.md:3: a snippet leads out of the content: /etc/passwd",
        "docs/index.md:5: a snippet of another site is not fetched: https://e.org/x.md",
        "docs/index.md:7: no such snippet: gone.md",
        "docs/index.md:11: no part 'none' in p.md",
        "docs/self.md:1: a snippet includes itself: self.md",
        "docs/self.md:1: a snippet includes itself: self.md",
      ])
  }

  @Test func aChangedSnippetChangesItsPages() throws {
    try write(["docs/index.md": "--8<-- \"t.md\"\n", "docs/other.md": "# O\n", "docs/t.md": "# One\n"])
    _ = try build()
    #expect(try directory.read("out/index.html").contains("<title>Swift"))
    #expect(try directory.read("out/index.html").contains("One</h1>"))
    try write(["docs/t.md": "# Number two\n"])
    let report = try build()
    #expect(Set(report.written).isSuperset(of: ["index.html", "t.html"]))
    #expect(try directory.read("out/index.html").contains("Number two</h1>"))
    #expect(try build().written == [])
  }

  @Test func whatASiteAppendsIsOnEveryPage() throws {
    try write([
      "mkdocs.yml":
        "site_name: S\nmarkdown_extensions:\n  - abbr\n  - pymdownx.snippets:\n      auto_append:\n        - includes/a.md\n  - pymdownx.emoji:\n      emoji_index: !!python/name:material.extensions.emoji.twemoji\n",
      "includes/a.md": "*[CPU]: Central Processing Unit\n[ref]: https://e.org/ref\n",
      "docs/index.md": "# I\n\nA CPU, [ref].\n",
      "docs/b.md": "# B\n\n!!! note\n    A CPU, [x][ref]; --8<-- is no mark here.\n", "README.md": "root\n",
      "docs/c.md": "--8<-- \"README.md\"\n",
    ])
    #expect(try build().problems.map(\.description) == [])
    for page in ["index", "b"] {
      let text = try directory.read("out/\(page).html")
      #expect(text.contains("<abbr title=\"Central Processing Unit\">CPU</abbr>"))
      #expect(text.contains("href=\"https://e.org/ref\""))
      #expect(!text.contains("*["))
    }
    #expect(try directory.read("out/c.html").contains("<p>root</p>"))
  }

  @Test func settingsOfAnotherDirectoryAreNotRead() throws {
    try write(["mkdocs.yml": "docs_dir: other\nsite_name: S\n", "docs/index.md": "x\n"])
    #expect(MkDocsSettings(of: directory.path + "/docs").siteName == nil)
    try write(["mkdocs.yml": "docs_dir: ./docs\nsite_name: S\n"])
    #expect(MkDocsSettings(of: directory.path + "/docs").siteName == "S")
    try write(["mkdocs.yml": "site_name: [\n"])
    #expect(MkDocsSettings(of: directory.path + "/docs").siteName == nil)
  }
}

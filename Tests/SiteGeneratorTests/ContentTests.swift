import Foundation
import Testing

@testable import SiteGenerator

/// Directories as authors have them: nothing in them is lost in silence.
@Suite struct ContentTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ files: [String: String]) throws {
    for (name, text) in files { try directory.write(text, to: name) }
  }

  private func build(_ content: String = "docs") throws -> [String] {
    let generator = SiteGenerator(
      content: directory.path + "/" + content, theme: PackagePath.theme, output: directory.path + "/out",
      evidence: .kettle, options: SiteGenerator.Options(baseURL: "https://example.org/lab"))
    return try generator.build().problems.map { $0.description.replacing(directory.path + "/", with: "") }
  }

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: directory.path + "/out/" + path)
  }

  @Test func filesThatTakeAnothersPlaceAreReported() throws {
    try write([
      "docs/a.md": "# A\n", "docs/a.html": "x", "docs/b.md": "# B\n", "docs/b.markdown": "# B2\n",
      "docs/theme/style.css": "x", "docs/sitemap.xml": "x", "docs/theme/other.css": "y",
    ])
    #expect(
      try build() == [
        "docs/a.html: is where the page of a.md goes: rename one of them",
        "docs/b.md: becomes b.html, as b.markdown does: rename one of them",
        "docs/sitemap.xml: is the name of a file that the site has of its own: rename it",
        "docs/theme/style.css: is the name of a file that the site has of its own: rename it",
      ])
    #expect(try directory.read("out/a.html").contains("<h1"))
    #expect(try directory.read("out/theme/style.css") != "x")
    #expect(try directory.read("out/theme/other.css") == "y")
  }

  @Test func anAuthorsMissingPageIsTheSites() throws {
    try write(["docs/index.md": "# I\n", "docs/404.md": "# Lost\n\n[home](index.md)\n"])
    #expect(try build() == [])
    let page = try directory.read("out/404.html")
    #expect(page.contains("Lost") && page.contains("<base href=\"/lab/\">"))
    #expect(try !directory.read("out/index.html").contains("404"))
    #expect(try !directory.read("out/sitemap.xml").contains("404"))
    #expect(try !directory.read("out/theme/search-index.js").contains("Lost\",[["))
    try FileManager.default.removeItem(atPath: directory.path + "/docs/404.md")
    try write(["docs/404.html": "mine"])
    #expect(try build() == [])
    #expect(try directory.read("out/404.html") == "mine")
  }

  @Test func everyKindOfMarkdownFileIsAPage() throws {
    try write([
      "docs/index.markdown": "# I\n\n[a](A.MD) [b](b.mkd#x)\n", "docs/A.MD": "# A\n", "docs/b.mkd": "# B\n\n## X\n",
    ])
    #expect(try build() == [])
    #expect(exists("index.html") && exists("A.html") && exists("b.html"))
    #expect(try directory.read("out/index.html").contains("<a href=\"A.html\">a</a> <a href=\"b.html#x\">b</a>"))
  }

  @Test func draftsAreNotPublished() throws {
    try write(["docs/index.md": "# I\n\n[d](d.md)\n", "docs/d.md": "---\ndraft: true\n---\n# D\n"])
    #expect(
      try build() == [
        "docs/d.md: note: a draft, left out", "docs/index.md:3: warning: leads to a draft: d.md",
      ])
    #expect(!exists("d.html") && !exists("d.md"))
  }

  @Test(arguments: [
    ("---\ntitle: T\n...\nText\n", "T", "<p>Text</p>"), ("---\nA heading\n---\nText\n", "Page", ">A heading<"),
    ("---\n\n# T\n\nText\n\n---\n\nMore\n", "T", "<p>Text</p>\n<hr>\n<p>More</p>"),
    ("---\ntitle: T\ndate: 2024-1-5\n---\nText\n", "T", "2024-01-05"), ("---\n- a\n---\n", "Page", "<li>a"),
  ])
  func frontMatterIsWhatNamesValues(_ text: String, _ title: String, _ expected: String) throws {
    try write(["docs/page.md": text])
    #expect(try build() == [])
    let page = try directory.read("out/page.html")
    #expect(page.contains("<title>\(title) ·"))
    #expect(page.contains(expected), "\(page)")
  }

  @Test func linkedDirectoriesAreFollowedButNotInCircles() throws {
    try write(["docs/index.md": "# I\n", "other/x.md": "# X\n"])
    for (name, target) in [("more", "../other"), ("loop", ".")] {
      try FileManager.default.createSymbolicLink(
        atPath: directory.path + "/docs/" + name, withDestinationPath: target)
    }
    let problems = try build()
    #expect(problems.count == 1 && problems[0].hasPrefix("docs/loop: cannot follow"))
    #expect(exists("more/x.html"))
  }

  @Test(.enabled(if: getuid() != 0, "root reads everything"))
  func whatCannotBeReadEndsNothing() throws {
    try write(["docs/index.md": "# I\n", "docs/closed/x.md": "# X\n", "docs/p.png": "x", "docs/q.md": "# Q\n"])
    for name in ["closed", "p.png", "q.md"] {
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: directory.path + "/docs/" + name)
    }
    let problems = try build()
    #expect(problems.count == 3)
    #expect(problems.allSatisfy { $0.contains("cannot read") })
    #expect(exists("index.html"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path + "/docs/closed")
  }

  @Test func aBrokenLinkIsReported() throws {
    try write(["docs/index.md": "# I\n"])
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/docs/gone.png", withDestinationPath: "nowhere.png")
    let problems = try build()
    #expect(problems.count == 1 && problems[0].hasPrefix("docs/gone.png: cannot read"))
  }

  @Test func linksInHTMLAndToOddNamesLead() throws {
    try write([
      "docs/index.md":
        "# I\n\n<a href=\"b.md#x\">b</a> <a href='a%23b.md'>c</a>\n\n[d](c%3F%25.md) [e](f.pdf#page=3) [g](g%23.txt)\n\n<div>\n<a href=\"b/#x\">b</a>\n</div>\n",
      "docs/b.md": "# B\n\n## X\n\n<img src=\"../p.png\" alt=\"p\">\n", "docs/a#b.md": "# C\n", "docs/c?%.md": "# D\n",
      "docs/f.pdf": "x", "docs/g#.txt": "x", "docs/p.png": "x",
    ])
    #expect(try build() == [])
    let page = try directory.read("out/index.html")
    for link in ["b.html#x", "a%23b.html", "c%3F%25.html", "f.pdf#page=3", "g%23.txt"] {
      #expect(page.contains("href=\"\(link)\""), "\(link)")
      #expect(page.contains("href='\(link)'") || page.contains("href=\"\(link)\"") || link == "a%23b.html")
    }
    #expect(page.contains("href='a%23b.html'"))
    #expect(try directory.read("out/b.html").contains("src=\"p.png\""))
    #expect(try directory.read("out/theme/search-index.js").contains("\"c%3F%25.html\""))
  }

  @Test func headingsKeepTheirIdsWhateverTheThemeHas() throws {
    let names = ["search", "text", "search-results", "pages-open", "contents-open", "tabs-1-1", "note-1-1"]
    let headings = names.map { "## \($0)\n" }.joined(separator: "\n")
    let links = names.map { "[x](#\($0))\n" }.joined()
    try write(["docs/index.md": "# I\n\n\(links)\n\(headings)\n=== \"T\"\n    x\n"])
    #expect(try build() == [])
    let page = try directory.read("out/index.html")
    let ids = page.matches(of: #/\sid="([^"]*)"/#).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
    for name in names { #expect(page.contains("<h2 id=\"\(name)\">")) }
  }
}

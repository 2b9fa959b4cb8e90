import Testing

@testable import SiteGenerator

/// What a site's `mkdocs.yml` says: the order of its pages and their names, what is left out, the site as a whole.
@Suite struct MkDocsTests {
  private static let settings = """
    site_name: Kettles
    site_url: https://example.org/kettles
    theme:
      name: material
      language: de
    exclude_docs: |
      *.tmp
      /raw/
      !raw/kept.md
    draft_docs: next.md
    not_in_nav: |
      hidden/
    nav:
      - index.md
      - Guide:
          - Boiling: b.md
          - Deeper:
              - a/index.md
              - Elsewhere: https://e.org/x?a=1&b=2
          - c.md
      - A file: sheet.pdf
      - missing.md
      - More: rest/
    """

  private func site() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write(Self.settings, to: "mkdocs.yml")
    try directory.write("# Home\n\n\"x\" [n](next.md)\n", to: "docs/index.md")
    try directory.write("no heading\n", to: "docs/b.md")
    for name in ["a/index", "c", "rest/z", "rest/y", "raw/kept", "lost", "hidden/h", "next"] {
      try directory.write("# Page \(name)\n", to: "docs/\(name).md")
    }
    for name in ["sheet.pdf", "x.tmp", "rest/x.tmp"] { try directory.write("x", to: "docs/" + name) }
    return directory
  }

  private func generator(_ directory: TemporaryDirectory) -> SiteGenerator {
    SiteGenerator(
      content: directory.path + "/docs", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle,
      options: SiteGenerator.options(of: directory.path + "/docs", title: "docs"))
  }

  @Test func navOrdersAndNames() throws {
    let directory = try site()
    let report = try generator(directory).build()
    let page = try directory.read("out/b.html")
    let list = try #require(page.firstMatch(of: #/<nav aria-label="Pages">\s*((?s:.*?))\s*</nav>/#)).1
    #expect(
      list == """
        <ul>
        <li><a href="index.html">Home</a></li>
        </ul>
        <p class="section-title">Guide</p>
        <ul>
        <li><a href="b.html" aria-current="page">Boiling</a></li>
        </ul>
        <p class="section-title nested">Deeper</p>
        <ul>
        <li><a href="a/index.html">Page a/index</a></li>
        <li><a href="https://e.org/x?a=1&amp;b=2">Elsewhere</a></li>
        </ul>
        <ul class="rest">
        <li><a href="c.html">Page c</a></li>
        </ul>
        <ul class="rest">
        <li><a href="sheet.pdf">A file</a></li>
        <li><a href="rest/y.html">Page rest/y</a></li>
        <li><a href="rest/z.html">Page rest/z</a></li>
        </ul>
        """)
    #expect(page.contains("<h1>Boiling</h1>") && page.contains("<title>Boiling · Kettles</title>"))
    #expect(page.contains("<span>Next</span> Page a/index</a>"))
    #expect(try directory.read("out/a/index.html").contains("<a href=\"../sheet.pdf\">A file</a>"))
    #expect(
      report.problems.map { $0.description.replacing(directory.path + "/", with: "") } == [
        "docs/index.md:3: warning: leads to a draft: next.md", "docs/lost.md: note: not in the nav of mkdocs.yml",
        "docs/next.md: note: a draft, left out", "mkdocs.yml:22: warning: no such page: missing.md",
      ])
    // A page that is in no list is there all the same.
    let lost = try directory.read("out/lost.html")
    #expect(!lost.contains("rel=\"prev\"") && !lost.contains("rel=\"next\""))
    #expect(try directory.read("out/sitemap.xml").contains("https://example.org/kettles/lost.html"))
  }

  @Test func theSiteIsAsItSays() throws {
    let directory = try site()
    _ = try generator(directory).build()
    let home = try directory.read("out/index.html")
    #expect(
      home.contains("<html lang=\"de\">")
        && home.contains("<link rel=\"canonical\" href=\"https://example.org/kettles/\">"))
    #expect(home.contains("<p>\"x\" "))
    for name in ["x.tmp", "rest/x.tmp", "raw/kept.html", "next.html"] {
      #expect(throws: (any Error).self, "\(name)") { try directory.read("out/" + name) }
    }
  }

  /// A name that is taken away again is the page's own, though the page itself is not read anew.
  @Test func namesGoWithTheNav() throws {
    let directory = try site()
    _ = try generator(directory).build()
    try directory.write("nav: [b.md, c.md]\n", to: "mkdocs.yml")
    _ = try generator(directory).build()
    let page = try directory.read("out/b.html")
    #expect(page.contains("<h1>B</h1>") && !page.contains("Boiling") && !page.contains("Deeper"))
  }

  @Test func settingsMayLieHigher() throws {
    let directory = try TemporaryDirectory()
    try directory.write("docs_dir: text/docs\nsite_name: Above\n", to: "mkdocs.yml")
    try directory.write("x\n", to: "text/docs/index.md")
    #expect(SiteGenerator.options(of: directory.path + "/text/docs", title: "x").title == "Above")
    #expect(SiteGenerator.options(of: directory.path + "/text", title: "x").title == "x")
  }

  @Test(arguments: [
    ("*.md", "a/b.md", true), ("/*.md", "a/b.md", false), ("a/**/c.md", "a/c.md", true),
    ("a/**/c.md", "a/x/y/c.md", true),
    ("b", "a/b/c.md", true), ("b/", "a/b", false), ("*\n!keep.md", "keep.md", false), ("a?c", "abc", true),
    ("# x\n\n\\!x", "!x", true), ("a/*", "a/b/c.md", true), ("a*b*c", "aXbXbc", true), ("a*b*c", "aXbXb", false),
  ])
  func patterns(_ pattern: String, _ path: String, _ isMeant: Bool) {
    #expect(IgnorePatterns(pattern).contain(path) == isMeant)
  }

  @Test(arguments: [
    ("nav: " + String(repeating: "[{a: ", count: 5000), "mkdocs.yml:1: warning: nested too deeply"),
    ("nav:\n  - a: [\n", "mkdocs.yml:3: warning: did not find expected node content"),
  ])
  func brokenSettingsAreToldOf(_ yaml: String, _ problem: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write(yaml, to: "mkdocs.yml")
    try directory.write("x\n", to: "docs/index.md")
    let report = try generator(directory).build()
    #expect(report.problems.map { $0.description.replacing(directory.path + "/", with: "") } == [problem])
  }
}

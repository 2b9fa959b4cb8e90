import Foundation
import Testing

@testable import SiteGenerator

/// An article as MkDocs Material has them renders from its directory alone.
@Suite struct ArticleTests {
  private func build() throws -> (directory: TemporaryDirectory, report: BuildReport) {
    let directory = try TemporaryDirectory()
    let generator = SiteGenerator(
      content: PackagePath.article, theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle)
    return (directory, try generator.build())
  }

  @Test func rendersWithoutProblems() throws {
    let (directory, report) = try build()
    #expect(report.problems.map(\.description) == [])
    #expect(report.written.sorted() == ["notes/cups.html", "tea-kettle.html"])
    for file in ["out/images/dot.png", "out/images/rise.svg", "out/index.html", "out/404.html", "out/sitemap.xml"] {
      #expect(FileManager.default.fileExists(atPath: directory.path + "/" + file), "\(file)")
    }
  }

  @Test(arguments: [
    // A fence inside a folded note, its lines numbered and marked.
    "<summary>How long does it take?</summary>\n<div class=\"code numbered\" data-language=\"python\">",
    "<span class=\"line hl\">    energy = litres",
    // What looks like a note inside the fence is code.
    "<span class=\"line\">!!! note\n",
    // A figure with a caption, and an image without a figure.
    "<figcaption><strong>Water warms evenly</strong> until it <em>boils</em></figcaption>",
    "<p><img src=\"images/dot.png\" alt=\"An image without a figure\" width=\"24\" height=\"16\"",
    "<figcaption>Steam, in two lines</figcaption>",
    // A table in a note in a note, with a bar in a cell.
    "<tr><td class=\"left\">on</td><td class=\"right\">3.5</td><td class=\"center\"><code>10 | 12</code></td></tr>",
    // Links between pages.
    "<a href=\"notes/cups.html#washing\" title=\"All about cups\">second half</a>",
    "<a href=\"#the-cups\">below</a>",
    // Heading ids, explicit and made.
    "<h2 id=\"start\">", "<h2 id=\"set-ext\">", "<h3 id=\"the-cups\">", "<h2 id=\"the-cups_1\">",
    "<h2 id=\"the-first-graph\" class=\"wide\">",
    // Reference links inside a note.
    "the <a href=\"https://example.org/leaf\" title=\"Leaf\">body</a> of a note.",
    "<a href=\"#fn:1\" aria-label=\"Footnote 1\">1</a>",
    "<input type=\"checkbox\" aria-label=\"Done\" disabled checked> washed",
    "<code class=\"nowrap\">code</code>", "target=\"_blank\">external link</a>",
  ])
  func holds(_ piece: String) throws {
    let (directory, _) = try build()
    let page = try directory.read("out/tea-kettle.html")
    #expect(page.contains(piece))
  }

  @Test func checksAndWritesNothing() throws {
    let directory = try TemporaryDirectory()
    let output = directory.path + "/out"
    let generator = SiteGenerator(
      content: PackagePath.article, theme: PackagePath.theme, output: output, evidence: .kettle)
    #expect(generator.check() == [])
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}

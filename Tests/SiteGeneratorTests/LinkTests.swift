import Testing

@testable import SiteGenerator

/// Where links lead, and that dead ones are found.
@Suite struct LinkTests {
  private let site = SiteMap(
    pages: ["index.md", "lessons/1.md", "lessons/index.md", "notes/README.md", "a b.md"],
    assets: ["images/x.png": FileStamp(size: 1, modified: 0)])

  @Test(arguments: [
    ("1.md", "lessons/index.md", "1.html"),
    ("../index.md", "lessons/1.md", "../index.html"),
    ("lessons/1.md?x=1#y", "index.md", "lessons/1.html?x=1"),
    ("lessons/", "index.md", "lessons/index.html"),
    ("notes", "index.md", "notes/index.html"),
    ("notes/README.md", "index.md", "notes/index.html"),
    ("/lessons/1.md", "notes/README.md", "../lessons/1.html"),
    ("lessons/1", "index.md", "lessons/1.html"),
    ("lessons/1.html", "index.md", "lessons/1.html"),
    ("a%20b.md", "index.md", "a b.html"),
    ("./../lessons/./1.md", "lessons/index.md", "1.html"),
  ])
  func pages(_ href: String, _ from: String, _ url: String) {
    guard case .page(_, let found, _) = site.resolve(href, from: from) else {
      Issue.record("\(href) leads nowhere")
      return
    }
    #expect(found == url)
  }

  @Test func fragmentsAreDecoded() {
    #expect(
      site.resolve("lessons/1.md#caf%C3%A9", from: "index.md")
        == .page(source: "lessons/1.md", url: "lessons/1.html", fragment: "café"))
    #expect(site.resolve("#here", from: "index.md") == .page(source: "index.md", url: "", fragment: "here"))
  }

  @Test func assets() {
    #expect(
      site.resolve("../images/x.png", from: "lessons/1.md") == .asset(path: "images/x.png", url: "../images/x.png"))
  }

  @Test(arguments: ["https://example.org/a.md", "mailto:a@example.org", "//example.org/x", "data:image/png,x"])
  func elsewhere(_ href: String) {
    #expect(site.resolve(href, from: "index.md") == .elsewhere)
  }

  @Test(arguments: [
    ("2.md", "no such page: 2.md"), ("images/y.png", "no such file: images/y.png"),
    ("../../x.md", "leads out of the site: ../../x.md"), ("", "empty link"),
  ])
  func dead(_ href: String, _ message: String) {
    #expect(site.resolve(href, from: "lessons/1.md") == .dead(message))
  }

  @Test func relativePaths() {
    #expect(SitePath.relative("a/b/c.html", from: "a/") == "b/c.html")
    #expect(SitePath.relative("a/b.html", from: "a/c/d/") == "../../b.html")
    #expect(SitePath.relative("x.html", from: "") == "x.html")
    #expect(SitePath.relative("", from: "a/") == "../")
  }

  @Test func rawHTMLIsChecked() {
    let page = rendered(
      "<a href=\"gone.md\">x</a>\n\n<div id=\"d\">\n<img src=\"https://example.org/i.png\">\n</div>\n\n<p id='d'></p>\n"
    )
    #expect(
      page.problems.map(\.description) == [
        "page.md:1: warning: no such page: gone.md",
        "page.md:3: warning: image without alt text: https://example.org/i.png",
        "page.md:7: warning: id used twice on the page: d",
      ])
  }

  @Test func imagesWithoutAltText() {
    let page = rendered("text\n![](https://example.org/i.png)\n")
    #expect(
      page.problems.map(\.description) == ["page.md:2: warning: image without alt text: https://example.org/i.png"])
    let image = "![](https://example.org/i.png)"
    #expect(rendered("<figure markdown>\n\(image)\n<figcaption>C</figcaption>\n</figure>\n").problems.isEmpty)
    #expect(rendered("\(image)\n/// caption\nC\n///\n").problems.isEmpty)
    #expect(rendered("<figure markdown>\n\(image)\n</figure>\n").problems.count == 1)
  }
}

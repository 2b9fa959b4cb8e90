import Foundation
import TestSupport
import Testing

@testable import SiteGenerator

/// What a reader of a book expects, in a real browser: numbers that agree, a tick at what was read, a search that offers
/// several pages.
@Suite(.enabled(if: Browser.isThere, Comment(rawValue: Browser.need))) struct ReaderBrowserTests {
  private struct Seen: Decodable {
    /// The list beside the page, as it is read.
    var list: [String]
    /// The heading and what stands before it.
    var heading: String
    var title: String
    /// Pages with a tick, before and after the first one was read to its end, and on another page later.
    var ticks: [[String]]
    /// The addresses that a search finds.
    var found: [String]
  }

  private static let script = """
    site = 'file://' + sys.stdin.read().strip()
    seen = {'ticks': []}
    with sync_playwright() as p:
        browser = launch(p)
        page = browser.new_context(viewport={'width': 1200, 'height': 500}).new_page()
        page.goto(site + '/lessons/1.html')
        ticks = lambda: page.locator('.lessons a.read').all_inner_texts()
        seen['ticks'].append(ticks())
        seen['list'] = page.locator('.lessons nav a').all_inner_texts()
        seen['heading'] = page.evaluate("getComputedStyle(document.querySelector('h1'), '::before').content") + page.locator('h1').inner_text()
        seen['title'] = page.title()
        page.mouse.wheel(0, 100)
        page.locator('.page-footer').scroll_into_view_if_needed()
        page.locator('.lessons a.read').first.wait_for()
        seen['ticks'].append(ticks())
        page.goto(site + '/index.html')
        seen['ticks'].append(ticks())
        page.locator('#Search').fill('kettle')
        page.locator('#Search-results a').first.wait_for()
        seen['found'] = [a.get_attribute('href') for a in page.locator('#Search-results a').all()]
        browser.close()
    print(json.dumps(seen))
    """

  @Test func aBookIsRead() throws {
    let directory = try TemporaryDirectory()
    try directory.write("# Home\n\nAbout a kettle.\n", to: "content/index.md")
    let sections = (1...20).map { "## A kettle, part \($0)\n\nMore of the kettle.\n" }.joined(separator: "\n")
    try directory.write(
      "---\ntitle: Boiling\nnumber: 1a\n---\n# Boiling { #boil }\n\n\(sections)", to: "content/lessons/1.md")
    try directory.write("---\nnumber: 2\n---\n# Pouring\n\nFrom a kettle.\n", to: "content/lessons/2.md")
    let report = try SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    ).build()
    #expect(report.problems.isEmpty)
    let seen = try JSONDecoder().decode(Seen.self, from: Browser.run(Self.script, input: directory.path + "/out"))
    #expect(seen.list == ["Home", "1a Boiling", "2 Pouring"])
    #expect(seen.heading.contains("1a") && seen.heading.hasSuffix("Boiling"))
    #expect(seen.title.hasPrefix("1a. Boiling"))
    #expect(seen.ticks == [[], ["1a Boiling"], ["1a Boiling"]])
    // A page with many sections does not fill the list.
    #expect(seen.found.count { $0.hasPrefix("lessons/1.html") } == 3)
    #expect(seen.found.contains("lessons/2.html#pouring") || seen.found.contains("lessons/2.html"))
    #expect(seen.found.contains("index.html#home") || seen.found.contains("index.html"))
  }

  @Test(arguments: ["'};alert(1)//", "", "123456789", "a b"])
  func aNumberIsShortAndPlain(_ number: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("---\nnumber: \"\(number)\"\n---\n# A\n", to: "content/a.md")
    let report = try SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    ).build()
    #expect(report.problems.map(\.message).contains { $0.contains("not a number for a title") })
    #expect(try !directory.read("out/a.html").contains("--number"))
  }
}

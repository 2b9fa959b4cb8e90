import Foundation
import TestSupport
import Testing

@testable import SiteGenerator

/// The pages in a real browser, from the file system, with and without scripts.
@Suite struct BrowserTests {
  private struct Seen: Decodable {
    /// How far the page reaches beyond a phone's width.
    var overflow: Int
    /// Addresses asked for that are not files.
    var requests: [String]
    var errors: [String]
    /// Whether the list of pages opens without a script.
    var listOpens: Bool
    /// Whether a claim's card opens without a script.
    var cardOpens: Bool
    /// What a search finds.
    var found: String
    /// The page's ground before and after the switch, and after loading it again.
    var grounds: [String]
    var copied: String
    /// The text of the page on paper.
    var printed: String
    /// How far the text moved while the page loaded.
    var shift: Double
  }

  private static let script = """
    url = 'file://' + sys.stdin.read().strip()
    seen = {'requests': [], 'errors': []}
    def watch(page):
        page.on('request', lambda r: seen['requests'].append(r.url) if not r.url.startswith(('file:', 'data:')) else None)
        page.on('pageerror', lambda e: seen['errors'].append(str(e)))
        page.on('console', lambda m: seen['errors'].append(m.text) if m.type == 'error' else None)
    with sync_playwright() as p:
        browser = launch(p)
        plain = browser.new_context(java_script_enabled=False, viewport={'width': 390, 'height': 800}).new_page()
        watch(plain)
        plain.goto(url)
        seen['overflow'] = plain.locator('html').evaluate('e => e.scrollWidth') - 390
        plain.locator('label[for=Pages-open]').click()
        seen['listOpens'] = plain.locator('.lessons nav').is_visible()
        plain.locator('.claim').first.click()
        seen['cardOpens'] = plain.locator('.claim-card').first.is_visible()
        context = browser.new_context(color_scheme='light', viewport={'width': 1440, 'height': 900})
        context.grant_permissions(['clipboard-read', 'clipboard-write'])
        page = context.new_page()
        watch(page)
        page.add_init_script('''window.shift = 0
          new PerformanceObserver(l => l.getEntries().forEach(e => { window.shift += e.value }))
            .observe({ type: 'layout-shift', buffered: true })''')
        page.goto(url)
        ground = lambda: page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
        seen['grounds'] = [ground()]
        page.keyboard.press('/')
        page.keyboard.type('kettle wins')
        page.locator('#Search-results a').first.wait_for()
        seen['found'] = page.locator('#Search-results a').first.inner_text()
        page.keyboard.press('Escape')
        page.locator('.code').first.hover()
        page.locator('.code .copy').first.click()
        page.get_by_text('Copied').first.wait_for()
        seen['copied'] = page.evaluate('navigator.clipboard.readText()')
        page.locator('.theme-switch').click()
        seen['grounds'].append(ground())
        page.reload()
        seen['grounds'].append(ground())
        seen['shift'] = page.evaluate('window.shift')
        page.emulate_media(media='print')
        seen['printed'] = page.locator('article').inner_text()
        browser.close()
    print(json.dumps(seen))
    """

  @Test(.enabled(if: Browser.isThere, Comment(rawValue: Browser.need))) func pageWorks() throws {
    let directory = try TemporaryDirectory()
    let long = String(repeating: "a_long_name_", count: 20)
    try directory.write(
      """
      # Kettles

      The kettle [wins](claim:kettle/a). `\(long)` \(long)

      ```console
      $ lab run kettle
      done
      ```

      ## Of the kettle that wins

      | a | b | c | d | e | f |
      |---|---|---|---|---|---|
      | \(long) | \(long) | 3 | 4 | 5 | 6 |

      === "Gas"

          Blue flames.

      === "Induction"

          No flames.

      ![Boiling wins.](figure:kettle/faulty/cpu "Figure 1")
      """, to: "content/index.md")
    try directory.write("# Other\n", to: "content/lessons/1.md")
    _ = try SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    ).build()
    let output = try Browser.run(Self.script, input: "\(directory.path)/out/index.html")
    let seen = try JSONDecoder().decode(Seen.self, from: output)
    #expect(seen.overflow <= 0)
    #expect(seen.requests == [])
    #expect(seen.errors == [])
    #expect(seen.listOpens)
    #expect(seen.cardOpens)
    #expect(seen.found.contains("Of the kettle that wins"))
    #expect(seen.copied == "lab run kettle")
    // On paper nobody can choose a tab.
    #expect(seen.printed.contains("Blue flames.") && seen.printed.contains("No flames."))
    #expect(seen.shift < 0.01)
    #expect(seen.grounds.count == 3 && seen.grounds[0] != seen.grounds[1] && seen.grounds[1] == seen.grounds[2])
  }
}

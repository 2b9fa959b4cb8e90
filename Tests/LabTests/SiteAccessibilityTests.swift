import Foundation
import TestSupport
import Testing

/// Every page of the content in a real browser, looked through by axe, on a phone and on a desk, in light and in dark.
@Suite(
  .enabled(
    if: Browser.isThere && Python.hasModule("axe_playwright_python"),
    Comment(rawValue: Browser.need + ", axe-playwright-python"))
)
struct SiteAccessibilityTests {
  private static let root = #filePath.components(separatedBy: "/Tests/")[0]

  private struct Seen: Decodable {
    /// Pages that were looked at.
    var pages: Int
    /// What axe finds, each once, with the first page and form that it was found on.
    var violations: [String]
    /// What scripts or the browser complain of.
    var errors: [String]
    /// Pages whose text moved while they loaded, and by how much.
    var shifts: [String: Double]
    /// Pages that are wider than their window.
    var overflows: [String]
    /// Pages on which something cannot be reached or read without a script.
    var mute: [String]
  }

  /// Takes a width in pixels and the site's folder. The parts of traces that go with figures are views of their own, whose
  /// policy runs no script but theirs. Pages are looked at unfolded in each form, and folded in two of the four: what is
  /// folded away has no form.
  private static let script = """
    import glob, os, axe_playwright_python
    width, site = sys.stdin.read().split(maxsplit=1)
    width = int(width)
    axe = open(os.path.join(os.path.dirname(axe_playwright_python.__file__), 'axe.min.js')).read()
    rules = "{resultTypes: ['violations'], preload: false, rules: {'target-size': {enabled: true}}}"
    seen = {'pages': 0, 'violations': {}, 'errors': [], 'shifts': {}, 'overflows': [], 'mute': []}
    files = sorted(f for f in glob.glob(site + '/**/*.html', recursive=True) if not f.endswith('404.html') and '/walks/' not in f)
    seen['pages'] = len(files)
    with sync_playwright() as p:
        browser = launch(p)
        for scheme in ('light', 'dark'):
            context = browser.new_context(viewport={'width': width, 'height': 900}, color_scheme=scheme, reduced_motion='reduce')
            context.add_init_script('''window.shift = 0
              new PerformanceObserver(l => l.getEntries().forEach(e => { window.shift += e.value }))
                .observe({ type: 'layout-shift', buffered: true })''')
            for file in files:
                name = f'{os.path.relpath(file, site)}, {width} px, {scheme}'
                page = context.new_page()
                page.on('console', lambda m: seen['errors'].append(name + ': ' + m.text) if m.type == 'error' else None)
                page.on('pageerror', lambda e: seen['errors'].append(name + ': ' + str(e)))
                page.goto('file://' + file)
                if page.evaluate('document.documentElement.scrollWidth') > width: seen['overflows'].append(name)
                shift = page.evaluate('window.shift')
                if shift > 0: seen['shifts'][name] = shift
                page.add_script_tag(content=axe)
                forms = [False, True] if (width == 360) == (scheme == 'light') else [True]
                for unfolded in forms:
                    if unfolded:
                        page.evaluate('''document.querySelectorAll('details').forEach(d => { d.open = true })
                          document.querySelectorAll('.fold').forEach(d => { d.checked = true })''')
                    for violation in page.evaluate(f'axe.run(document, {rules})')['violations']:
                        for node in violation['nodes']:
                            said = violation['id'] + ': ' + node['html'][:160]
                            seen['violations'].setdefault(said, name + (', unfolded' if unfolded else ''))
                page.close()
            context.close()
        plain = browser.new_context(java_script_enabled=False, viewport={'width': width, 'height': 900})
        for file in files:
            page = plain.new_page()
            page.goto('file://' + file)
            if width == 360: page.locator('label[for=Pages-open]').click()
            links = page.locator('.lessons nav a')
            if links.count() < len(files) - 1 or not links.first.is_visible() or not page.locator('article').inner_text():
                seen['mute'].append(os.path.relpath(file, site))
            page.close()
        browser.close()
    seen['violations'] = [f'{said} ({where})' for said, where in seen['violations'].items()]
    print(json.dumps(seen))
    """

  /// Each width in a browser of its own, both at once.
  @Test func nothingIsFound() async throws {
    let folder = try TemporaryFolder()
    let site = folder.file("site")
    let built = try LabCommand.run("build", "--no-run", "--content", Self.root + "/Content", "-o", site)
    try #require(built.status == 0, "\(built.errors)")
    async let phone = Browser.runAside(Self.script, input: "360 \(site)")
    async let desk = Browser.runAside(Self.script, input: "1440 \(site)")
    for output in try await [phone, desk] {
      let seen = try JSONDecoder().decode(Seen.self, from: output)
      #expect(seen.pages >= 16)
      #expect(seen.violations == [])
      #expect(seen.errors == [])
      #expect(seen.shifts.filter { $0.value >= 0.001 } == [:])
      #expect(seen.overflows == [])
      #expect(seen.mute == [])
    }
  }
}

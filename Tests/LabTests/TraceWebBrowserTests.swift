import Analysis
import ExecutionTrace
import Foundation
import LocalServer
import TestSupport
import Testing

@testable import Figures
@testable import lab

/// The web view of `lab trace` as people use it: by keyboard, wheel, pointer and finger, without script, from a file.
@Suite(.enabled(if: Browser.isThere, Comment(rawValue: Browser.need)), .serialized)
struct TraceWebBrowserTests {
  /// Serves a trace while a script looks at it. The script finds `page`, `base` and `errors`, and prints JSON.
  private func look(at trace: Trace, context: String = "", _ script: String) async throws -> [String: Any] {
    let web = try WebTraces.web(trace)
    let server = try LoopbackServer(on: try LoopbackAddress(":")) { await web.response(to: $0) }
    defer { server.stop() }
    let prelude = """
      url = sys.stdin.read()
      with sync_playwright() as p:
          browser = launch(p)
          context = browser.new_context(viewport={'width': 1200, 'height': 800}\(context))
          page = context.new_page()
          # However busy the machine is.
          page.set_default_timeout(300_000)
          errors = []
          page.on('pageerror', lambda e: errors.append(str(e)))
          page.on('dialog', lambda d: (errors.append('dialog'), d.dismiss()))
          page.on('console', lambda m: errors.append(m.text) if m.type == 'error' else None)
          page.goto(url)
          base = '/'.join(page.url.split('/')[:3]) + '/'
          drawn = lambda: page.evaluate("(({start, length}) => [+start, +length])(document.querySelector('.timeline').dataset)")
          def arrived(start, length):
              page.wait_for_function("([s, l]) => { const d = document.querySelector('.timeline').dataset; return +d.start === s && +d.length === l }", arg=[start, length])

      """
    let indented = script.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
    let output = try await Browser.runAside(prelude + indented.joined(separator: "\n"), input: server.url)
    return try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
  }

  @Test("keys zoom into the window of Figure 8, where the same is read as in the lesson")
  func keyboard() async throws {
    let trace = try WebTraces.sort()
    let found = try await look(
      at: trace,
      """
      page.focus('.timeline')
      # What the page shows before the server has drawn it is stretched: its script knows where it is.
      shown = lambda: page.evaluate('''() => {
          const figure = document.querySelector('.timeline'), {start, length} = figure.dataset
          const zoom = +figure.style.getPropertyValue('--zoom') || 1, shift = +figure.style.getPropertyValue('--shift') || 0
          const now = +length / zoom
          return [Math.round(+start - shift / 100 * now), Math.round(now)]
      }''')
      presses = 0
      def press(key):
          global presses
          presses += 1
          page.keyboard.press(key)
      middle = 20_010_000
      start, length = shown()
      while length > 20_000:
          press('+')
          start, length = shown()
          while abs(start + length / 2 - middle) > length / 4:
              press('ArrowLeft' if start + length / 2 > middle else 'ArrowRight')
              if shown()[0] == start: break
              start, length = shown()
      while start != 20_000_000:
          press('Shift+ArrowLeft' if start > 20_000_000 else 'Shift+ArrowRight')
          start, length = shown()
      arrived(20_000_000, 20_000)
      focused = page.evaluate("document.activeElement.matches('.timeline')")
      page.wait_for_function("() => location.search.includes('length=20000ns')")
      print(json.dumps(dict(sentence=page.inner_text('.sum'), presses=presses, focused=focused, form=page.input_value('[name=start]'),
          errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    let options = try FigureOptions([("view", "timeline"), ("start", "20ms"), ("length", "20us")])
    let figure = try FigureKind.timeline.draw(FigureInput(trace: trace, options: options))
    let sentence = try #require(found["sentence"] as? String)
    #expect(sentence.replacing("\u{A0}", with: " ") == figure.alt.replacing("\u{A0}", with: " "))
    #expect(found["focused"] as? Bool == true && (found["presses"] as? Int ?? 99) < 60)
    #expect(found["form"] as? String == "20ms")
  }

  @Test(
    "the wheel zooms where the pointer is, dragging chooses, and what is chosen has its flame graph and is compared with"
  )
  func pointer() async throws {
    let found = try await look(
      at: WebTraces.small(),
      """
      box = page.query_selector('.timeline-track > div').bounding_box()
      x, y = box['x'] + box['width'] / 4, box['y'] + 5
      page.mouse.move(x, y)
      page.keyboard.down('Control')
      for _ in range(4): page.mouse.wheel(0, -50)
      page.keyboard.up('Control')
      page.wait_for_function("() => +document.querySelector('.timeline').dataset.length < 30e6")
      zoomed = drawn()
      page.keyboard.press('Escape')
      page.mouse.move(box['x'] + 100, y)
      page.mouse.down()
      page.mouse.move(box['x'] + 400, y, steps=4)
      page.mouse.up()
      band = page.query_selector('.band.own').bounding_box()['width']
      page.click('.chosen button:text-is("Compare others with it")')
      page.wait_for_selector('.band.base')
      page.click('#views a:text-is("Tasks")')
      page.wait_for_selector('.meter')
      compared = page.inner_text('.meter')
      page.goto(base)
      page.mouse.move(box['x'] + 10, y)
      page.mouse.down()
      page.mouse.move(box['x'] + 500, y, steps=4)
      page.mouse.up()
      page.click('.chosen button:text-is("Flame graph")')
      page.wait_for_selector('.flame')
      flame = page.inner_text('.flame')
      print(json.dumps(dict(zoomed=zoomed, band=band, compared=compared, flame=flame, url=page.url, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    let zoomed = try #require(found["zoomed"] as? [Double])
    // What was below the pointer still is.
    #expect(abs((25e6 - zoomed[0]) / zoomed[1] - 0.25) < 0.02 && zoomed[1] < 30e6)
    #expect(abs((found["band"] as? Double ?? 0) - 300) < 4)
    #expect((found["compared"] as? String)?.contains("serve()") == true)
    #expect((found["flame"] as? String)?.contains("wait()") == true)
    #expect((found["url"] as? String)?.contains("/flame?start=") == true)
  }

  @Test("two fingers zoom and one pans, on a phone that scrolls to no side")
  func touch() async throws {
    let found = try await look(
      at: WebTraces.small(), context: ", has_touch=True, is_mobile=True, color_scheme='dark'",
      """
      page.set_viewport_size({'width': 360, 'height': 740})
      page.goto(base)
      client = context.new_cdp_session(page)
      page.query_selector('.timeline').scroll_into_view_if_needed()
      box = page.query_selector('.timeline-track > div').bounding_box()
      y = box['y'] + 10
      def touch(kind, *xs):
          client.send('Input.dispatchTouchEvent', {'type': kind, 'touchPoints': [{'x': x, 'y': y, 'id': n} for n, x in enumerate(xs)]})
      one, other = box['x'] + 90, box['x'] + 130
      touch('touchStart', one, other)
      touch('touchMove', one - 20, other + 20)
      touch('touchMove', one - 40, other + 40)
      touch('touchEnd')
      page.wait_for_function("() => +document.querySelector('.timeline').dataset.length < 50e6")
      zoomed = drawn()
      touch('touchStart', one)
      touch('touchMove', one + 40)
      touch('touchMove', one + 60)
      touch('touchEnd')
      page.wait_for_function("(s) => +document.querySelector('.timeline').dataset.start < s", arg=zoomed[0])
      panned = drawn()
      wide = page.evaluate('document.documentElement.scrollWidth')
      print(json.dumps(dict(zoomed=zoomed, panned=panned, wide=wide, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    let (zoomed, panned) = (found["zoomed"] as? [Double] ?? [], found["panned"] as? [Double] ?? [])
    #expect(zoomed.count == 2 && panned.count == 2 && abs(zoomed[1] - panned[1]) < 2 && panned[0] < zoomed[0])
    #expect(found["wide"] as? Int == 360)
  }

  @Test("without script links zoom, pan and lead to what was found, and numbers are in a table")
  func withoutScript() async throws {
    let found = try await look(
      at: WebTraces.small(), context: ", java_script_enabled=False",
      """
      windows = []
      window = lambda: page.get_attribute('.timeline', 'data-start') + ' ' + page.get_attribute('.timeline', 'data-length')
      for name in ['Zoom in', 'Zoom in', 'Later ▶', '◀ Earlier', 'Zoom out', 'All of it']:
          page.click(f'.moves a:text-is("{name}")')
          windows.append(window())
      page.click('summary:text-is("In numbers")')
      table = page.inner_text('.numbers')
      page.fill('[name=length]', '10ms')
      page.click('form button')
      windows.append(window())
      print(json.dumps(dict(windows=windows, table=table, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    #expect(
      found["windows"] as? [String] == [
        "25000000 50000000", "40000000 20000000", "50000000 20000000", "40000000 20000000", "25000000 50000000",
        "0 100000000", "0 10000000",
      ])
    #expect((found["table"] as? String)?.contains("serve()") == true)
  }

  @Test("a saved file zooms from the disk, without a network; hostile names are text in it")
  func saved() async throws {
    let trace = WebTraces.small(named: WebTraces.hostile)
    let views = TraceViews(source: try TraceViews.Source(trace), name: "t.trace")
    let folder = try TemporaryFolder()
    let page = try views.savedPage(.timeline, URLQuery(), try TraceWebQuery(URLQuery(), trace))
    try Data(page.utf8).write(to: URL(fileURLWithPath: folder.file("t.html")))
    let output = try await Browser.runAside(
      """
      with sync_playwright() as p:
          browser = launch(p)
          context = browser.new_context(viewport={'width': 1200, 'height': 800}, offline=True)
          page = context.new_page()
          page.set_default_timeout(300_000)
          errors, asked = [], []
          page.on('pageerror', lambda e: errors.append(str(e)))
          page.on('dialog', lambda d: (errors.append('dialog'), d.dismiss()))
          page.on('console', lambda m: errors.append(m.text) if m.type == 'error' else None)
          page.on('request', lambda r: asked.append(r.url))
          page.goto('file://' + sys.stdin.read())
          width = lambda: page.query_selector('.timeline-track svg').bounding_box()['width']
          before, axis = width(), page.inner_text('.timeline-axis')
          page.focus('.timeline')
          for _ in range(3): page.keyboard.press('+')
          after = width()
          told = page.inner_text('.moves output')
          zoomed = page.inner_text('.timeline-axis')
          page.click('.moves a:text-is("All of it")')
          print(json.dumps(dict(ratio=after / before, told=told, axis=axis, zoomed=zoomed, back=width() / before, asked=asked,
              names=page.inner_text('body'), errors=errors)))
      """, input: folder.file("t.html"))
    let found = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
    #expect((found["errors"] as? [String]) == [] && (found["asked"] as? [String])?.count == 1)
    #expect(abs((found["ratio"] as? Double ?? 0) - 10) < 0.1 && abs((found["back"] as? Double ?? 0) - 1) < 0.01)
    #expect((found["told"] as? String)?.replacing("\u{A0}", with: " ").hasPrefix("10 ms from 45 ms: ") == true)
    #expect(found["axis"] as? String != found["zoomed"] as? String)
    #expect((found["names"] as? String)?.contains("<script>alert(1)</script>") == true)
  }

  @Test("a lesson on the disk unfolds the page that goes with Figure 8, where keys lead to the share that it tells")
  func lesson() async throws {
    let lesson = try String(contentsOfFile: Workspace.content + "/lessons/9.md", encoding: .utf8)
    let line = try #require(lesson.split(separator: "\n").first { $0.hasPrefix("![") && $0.contains("\"Figure 8\"") })
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("content"), withIntermediateDirectories: true)
    try Data("# The sort\n\n\(line)\n".utf8).write(to: URL(fileURLWithPath: folder.file("content/index.md")))
    let site = LabSite(content: folder.file("content"), output: folder.file("site"), usesLocal: false)
    #expect(try site.build().problems.filter { $0.severity == .error } == [])
    let output = try await Browser.runAside(
      """
      with sync_playwright() as p:
          browser = launch(p)
          context = browser.new_context(viewport={'width': 1200, 'height': 800}, offline=True)
          page = context.new_page()
          page.set_default_timeout(300_000)
          errors, asked = [], []
          page.on('pageerror', lambda e: errors.append(str(e)))
          page.on('console', lambda m: errors.append(m.text) if m.type == 'error' else None)
          page.on('request', lambda r: asked.append(r.url))
          page.goto('file://' + sys.stdin.read())
          early = [url for url in asked if '/walks/' in url]
          size = len(page.content())
          alt = page.text_content('.figure .visually-hidden')
          page.focus('.figure-walk summary')
          page.keyboard.press('Enter')
          frame = page.wait_for_selector('.figure-walk iframe').content_frame()
          frame.wait_for_selector('.timeline[tabindex]').focus()
          shown = lambda: frame.evaluate('''() => {
              const figure = document.querySelector('.timeline'), {start, length} = figure.dataset
              const zoom = +figure.style.getPropertyValue('--zoom'), shift = +figure.style.getPropertyValue('--shift')
              const now = +length / zoom
              return [Math.round(+start - shift / 100 * now), Math.round(now)]
          }''')
          whole, presses = shown(), 0
          while shown()[1] > 20_000 and presses < 99:
              page.keyboard.press('+')
              presses += 1
          while shown()[0] > 20_000_000 and presses < 99:
              page.keyboard.press('ArrowLeft')
              presses += 1
          print(json.dumps(dict(early=early, text=frame.inner_text('main'), size=size, alt=alt, whole=whole, shown=shown(), told=frame.inner_text('.moves output'),
              errors=errors)))
      """, input: folder.file("site/index.html"))
    let found = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
    #expect((found["errors"] as? [String]) == [] && (found["early"] as? [String]) == [])
    // Readers are told the command that they can run, and no folder of whoever ran it.
    let text = try #require(found["text"] as? String)
    #expect(text.contains("./lab run merge-sort --variant faulty --profile trace") && !text.contains("__scenario"))
    #expect((found["size"] as? Int).map { $0 < 100_000 } == true)
    #expect(found["whole"] as? [Int] == [20_000_000, 1_000_000] && found["shown"] as? [Int] == [20_000_000, 20_000])
    func share(_ text: String) throws -> Int {
      let match = text.replacing("\u{A0}", with: " ").firstMatch(of: /([0-9]+) % of the time of 2 processors tasks run/)
      return try #require(match.flatMap { Int($0.1) })
    }
    // Both have it to two digits, the page by the letters of its columns.
    #expect(abs(try share(found["told"] as? String ?? "") - share(found["alt"] as? String ?? "")) <= 1)
  }
}

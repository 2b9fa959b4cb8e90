import Foundation
import LocalServer
import Pprof
import TestSupport
import Testing

@testable import Analysis
@testable import lab

/// The web view of `lab pprof` as people use it: in a browser, by pointer and keyboard, on a phone, without script.
@Suite(.enabled(if: Browser.isThere && Tool("dot") != nil, Comment(rawValue: Browser.need)), .serialized)
struct PprofWebBrowserTests {
  /// Serves a profile while a script looks at it. The script finds `url`, `page` and `errors`, and prints JSON.
  private func look(at profile: Profile = .decoder, context: String = "", _ script: String) async throws -> [String:
    Any]
  {
    let web = PprofWeb(try PprofRequest(arguments: ["-http=:", "x"]), profile: profile, base: nil)
    let server = try LoopbackServer(on: try LoopbackAddress(":")) { await web.response(to: $0) }
    defer { server.stop() }
    let prelude = """
      url = sys.stdin.read()
      with sync_playwright() as p:
          browser = launch(p)
          context = browser.new_context(viewport={'width': 1200, 'height': 800}\(context))
          page = context.new_page()
          errors = []
          page.on('pageerror', lambda e: errors.append(str(e)))
          page.on('console', lambda m: errors.append(m.text) if m.type == 'error' and 'status of 400' not in m.text else None)
          page.goto(url)
          shown = lambda: page.eval_on_selector_all('#view .rows i:not([hidden])', 'all => all.map(i => i.title.split("\\\\n")[0])')
          base = page.url.split('/')[0] + '//' + page.url.split('/')[2]

      """
    let indented = script.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
    let output = try await Browser.runAside(prelude + indented.joined(separator: "\n"), input: server.url)
    return try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
  }

  @Test("the printed address opens the flame graph; a filter shows at once, a wrong one leaves the figure")
  func filters() async throws {
    let found = try await look(
      """
      before = shown()
      first = page.url
      page.fill('input[name=f]', 'walk')
      page.wait_for_function("() => !document.querySelector('#view').innerHTML.includes('RecordBatch')")
      after = shown()
      kept = page.evaluate("document.activeElement.name")
      address = page.url
      page.fill('input[name=f]', '[')
      page.wait_for_selector('.problem')
      wrong = page.inner_text('.problem')
      still = shown()
      page.fill('input[name=f]', '')
      page.wait_for_function("() => document.querySelector('#view').innerHTML.includes('RecordBatch')")
      gone = page.query_selector('.problem') is None
      page.select_option('select[name=si]', 'samples')
      page.wait_for_function("() => document.title.includes('samples')")
      print(json.dumps(dict(first=first, before=before, after=after, kept=kept, address=address, wrong=wrong,
          still=still, gone=gone, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    #expect((found["first"] as? String)?.contains("token") == false)
    #expect((found["before"] as? [String])?.contains("RecordBatch.decode(from:)") == true)
    let after = try #require(found["after"] as? [String])
    #expect(after.contains("walk") && !after.contains("RecordBatch.decode(from:)"))
    #expect(found["kept"] as? String == "f")
    #expect(
      (found["address"] as? String)?.hasSuffix("/flamegraph?f=walk&si=cpu") == true
        || (found["address"] as? String)?.contains("f=walk") == true)
    #expect((found["wrong"] as? String)?.contains("focus") == true)
    #expect(found["still"] as? [String] == after)
    #expect(found["gone"] as? Bool == true)
  }

  @Test("a click zooms and the address says so; it leads back there, and the way back leads out")
  func zoom() async throws {
    let found = try await look(
      """
      frame = lambda name: page.locator(f'#view .rows i[title^="{name}"]').first
      frame('FetchResponse').click()
      page.wait_for_function("() => location.search.includes('zoom=')")
      zoomed, width = page.url, frame('FetchResponse').bounding_box()['width']
      saved = page.get_attribute('#downloads a', 'href')
      name = page.inner_text('#actions b')
      page.goto(zoomed)
      again = frame('FetchResponse').bounding_box()['width']
      hidden = page.evaluate("[...document.querySelectorAll('#view .rows i[title^=walk]')].every(i => i.hidden)")
      page.evaluate("history.back()")
      page.wait_for_function('''() => {
          const frame = document.querySelector('#view .rows i[title^=FetchResponse]')
          return frame && !location.search.includes('zoom=') && frame.getBoundingClientRect().width < 1100
      }''')
      out = frame('FetchResponse').bounding_box()['width']
      frame('FetchResponse').click()
      page.click('#actions a:text-is("Peek")')
      page.wait_for_selector('.peek')
      peeked = page.url
      print(json.dumps(dict(zoomed=zoomed, width=width, again=again, hidden=hidden, out=out, saved=saved, name=name,
          peeked=peeked, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    let (width, again, out) = (
      found["width"] as? Double ?? 0, found["again"] as? Double ?? 1, found["out"] as? Double ?? 0
    )
    #expect(abs(width - again) < 2 && out < width && width > 1_000)
    #expect(found["hidden"] as? Bool == true)
    #expect((found["saved"] as? String)?.contains("zoom=FetchResponse") == true)
    #expect(found["name"] as? String == "FetchResponse.decode(from:)")
    #expect((found["peeked"] as? String)?.contains("/peek?") == true)
  }

  @Test("where frames were too narrow, zooming has the page made anew with them; the way back leads out")
  func deepZoom() async throws {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    for number in 0..<4_500 { builder.add("main;wide\(number)", 1, 1_000) }
    for number in 0..<50 { builder.add("main;deep;größe(of:);leaf\(number)", 1, 10) }
    builder.add("main;deep;other", 1, 20_000)
    let found = try await look(
      at: builder.profile,
      """
      has = lambda name: f"() => document.querySelector('#view .rows i[title^={name}]')"
      page.locator('#view .rows i[title^="deep"]').first.dispatch_event('click')
      page.wait_for_function(has('größe'))
      page.locator('#view .rows i[title^="größe"]').first.click()
      page.wait_for_function(has('leaf49'))
      address = page.url
      focused = page.evaluate("document.activeElement.title.split('\\\\n')[0]")
      width = page.locator('#view .rows i[title^="leaf"]').first.bounding_box()['width']
      page.goto(address)
      again = page.locator('#view .rows i[title^="leaf"]').first.bounding_box()['width']
      page.click('.tools button')
      page.wait_for_function("() => !location.search.includes('zoom=') && !document.querySelector('#view .rows i[title^=leaf]')")
      out = page.url
      page.evaluate("history.back()")
      page.wait_for_function(has('leaf49'))
      print(json.dumps(dict(address=address, focused=focused, width=width, again=again, out=out, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    // What the script computes is what leads to the frame here.
    let key = try #require(FlameFrameKey(path: ["main", "deep", "größe(of:)"]))
    let address = try #require((found["address"] as? String).flatMap { URLComponents(string: $0) })
    #expect(address.queryItems?.first { $0.name == "zoom" }?.value == "\(key)")
    #expect(found["focused"] as? String == "größe(of:)")
    let (width, again) = (found["width"] as? Double ?? 0, found["again"] as? Double ?? 1)
    #expect(abs(width - again) < 1 && abs(width - 1_150.0 / 50) < 2)
  }

  @Test("names are searched for by expressions in every form, Enter considers what was found; columns sort")
  func search() async throws {
    let found = try await look(
      """
      page.keyboard.press('/')
      page.focus('.flame .tools input')
      page.keyboard.type('^walk$|Batch')
      hits = page.eval_on_selector_all('#view .rows i.hit', 'all => [...new Set(all.map(i => i.title.split("\\\\n")[0]))]')
      page.fill('.flame .tools input', 'decode(from:)')
      literal = page.locator('#view .rows i.hit').count()
      page.fill('.flame .tools input', 'walk')
      page.keyboard.press('Enter')
      page.wait_for_selector('h2')
      pivot = page.url
      page.goto(base + '/top')
      page.keyboard.press('/')
      page.keyboard.type('^walk$')
      rows = page.eval_on_selector_all('.top tr.hit code', 'all => all.map(c => c.textContent)')
      told = page.inner_text('.found')
      page.click('.meter thead button:text-is("Cum")')
      page.wait_for_function("() => location.search.includes('sort=cum')")
      sorted_by = page.inner_text('[aria-sort]')
      first = page.inner_text('.top tbody code >> nth=0')
      page.goto(base + '/graph')
      page.keyboard.press('/')
      page.keyboard.type('walk')
      boxes = page.locator('.graph .n.hit').count()
      page.keyboard.press('Enter')
      page.wait_for_function("() => location.search.includes('f=walk')")
      print(json.dumps(dict(hits=hits, literal=literal, pivot=pivot, rows=rows, told=told, by=sorted_by, first=first,
          boxes=boxes, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    let hits = try #require(found["hits"] as? [String])
    #expect(hits.contains("walk") && hits.allSatisfy { $0 == "walk" || $0.contains("Batch") })
    #expect(found["literal"] as? Int ?? 0 > 0)
    #expect((found["pivot"] as? String)?.contains("p=walk") == true)
    #expect(found["rows"] as? [String] == ["walk"])
    #expect((found["told"] as? String)?.hasPrefix("1 of ") == true)
    #expect((found["by"] as? String)?.hasPrefix("Cum") == true && found["first"] as? String == "main")
    #expect(found["boxes"] as? Int == 1)
  }

  @Test("a row of the table leads wherever a frame does, and what can be done with it stays in sight")
  func rows() async throws {
    let found = try await look(
      """
      page.goto(base + '/top')
      hidden = page.is_hidden('#actions')
      page.click('.top tbody tr:has-text("walk") td >> nth=0')
      name = page.inner_text('#actions b')
      box = page.locator('#actions').bounding_box()
      page.click('#actions a:text-is("Source")')
      page.wait_for_selector('.source, .problem')
      print(json.dumps(dict(hidden=hidden, name=name, bottom=box['y'] + box['height'], url=page.url, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    #expect(found["hidden"] as? Bool == true && found["name"] as? String == "walk")
    #expect((found["bottom"] as? Double ?? .infinity) <= 801)
    let url = try #require(found["url"] as? String)
    #expect(url.contains("/source?") && url.hasSuffix("&f=%5Ewalk%24"))
  }

  @Test("numbers say what they mean to the keyboard, too")
  func keyboard() async throws {
    let found = try await look(
      """
      page.goto(base + '/top')
      stops = page.locator('.top td[tabindex="0"]').count()
      page.focus('.top td[tabindex="0"]')
      flat = page.inner_text('.told')
      page.keyboard.press('ArrowDown')
      below = page.inner_text('.told')
      page.keyboard.press('End')
      end = page.inner_text('.told')
      inside = page.evaluate("(() => { const b = document.querySelector('.told').getBoundingClientRect(); return b.bottom <= innerHeight + 1 })()")
      page.goto(base + '/flamegraph')
      page.keyboard.press('Tab')
      skip = page.evaluate("document.activeElement.className")
      print(json.dumps(dict(stops=stops, flat=flat, below=below, end=end, inside=inside, skip=skip, errors=errors)))
      """)
    #expect((found["errors"] as? [String]) == [])
    #expect(found["stops"] as? Int == 1)
    #expect((found["flat"] as? String)?.hasPrefix("Flat: ") == true)
    #expect(
      (found["below"] as? String)?.hasPrefix("Flat: ") == true && found["below"] as? String != found["flat"] as? String)
    #expect((found["end"] as? String)?.hasPrefix("Cum: ") == true)
    #expect(found["inside"] as? Bool == true && found["skip"] as? String == "skip")
  }

  @Test("without script every view is there, and the form leads on")
  func withoutScript() async throws {
    let found = try await look(
      context: ", java_script_enabled=False",
      """
      views = {}
      for link in [a.get_attribute('href') for a in page.query_selector_all('#views a')]:
          page.goto(base + '/' + link)
          views[link] = len(page.inner_text('#view'))
      page.goto(base + '/flamegraph')
      page.fill('input[name=f]', 'walk')
      page.click('button')
      text = page.inner_html('#view')
      page.goto(base + '/flamegraph')
      page.click('.ways a >> nth=0')
      into = page.url
      hidden = page.eval_on_selector_all('#view .rows i[hidden]', 'all => all.length')
      page.click('.ways a >> nth=0')
      whole = page.url
      page.goto(base + '/top')
      page.click('.top code a >> nth=0')
      print(json.dumps(dict(into=into, hidden=hidden, whole=whole, views=views, walk='RecordBatch' not in text and 'visit' in text, peek=page.url, errors=errors)))
      """)
    let views = try #require(found["views"] as? [String: Int])
    #expect(views.count == 6 && views.values.allSatisfy { $0 > 100 }, "\(views)")
    #expect(found["walk"] as? Bool == true)
    #expect((found["into"] as? String)?.contains("zoom=") == true && (found["hidden"] as? Int) != nil)
    #expect((found["whole"] as? String)?.hasSuffix("/flamegraph") == true)
    #expect((found["peek"] as? String)?.contains("/peek?f=") == true)
    #expect((found["errors"] as? [String]) == [])
  }

  @Test("no view is wider than a phone, and nothing in it reads too small")
  func phone() async throws {
    let found = try await look(
      context: ", device_scale_factor=2, has_touch=True",
      """
      page.set_viewport_size({'width': 390, 'height': 800})
      wide, small = [], []
      for view in ['flamegraph', 'graph', 'top', 'peek?f=walk', 'source?f=walk', 'flamegraph?p=walk', 'disasm']:
          page.goto(base + '/' + view)
          if page.evaluate('document.documentElement.scrollWidth') > 390: wide.append(view)
          small += page.evaluate('''[...document.querySelectorAll('#view *, header *')].filter(e => e.children.length === 0 &&
            e.textContent.trim() && e.getClientRects().length && !e.closest('svg') && parseFloat(getComputedStyle(e).fontSize) < 11)
            .map(e => e.outerHTML.slice(0, 80))''')
      print(json.dumps(dict(wide=wide, small=small[:5], errors=errors)))
      """)
    #expect(found["wide"] as? [String] == [])
    #expect(found["small"] as? [String] == [])
    #expect((found["errors"] as? [String]) == [])
  }

  @Test("text can be read on its ground in every view, light and dark")
  func contrast() async throws {
    let found = try await look(
      """
      low = []
      for scheme in ['light', 'dark']:
          page.emulate_media(color_scheme=scheme)
          for view in ['flamegraph', 'top', 'peek?f=walk', 'source?f=walk', 'disasm', 'top?f=[']:
              page.goto(base + '/' + view)
              low += page.evaluate('''(place) => {
                const channels = (text) => (text.match(/[0-9.]+/g) || []).map(Number)
                const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
                const colour = (text) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data] }
                const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((s, c, i) => s + c * [0.2126, 0.7152, 0.0722][i], 0)
                const ground = (e) => { for (; e; e = e.parentElement) { const c = colour(getComputedStyle(e).backgroundColor); if (c[3] > 250) return c } return [255, 255, 255, 255] }
                return [...document.querySelectorAll('header *, main *')].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.getClientRects().length && e.tagName !== 'OPTION').filter((e) => {
                  const [a, b] = [light(colour(getComputedStyle(e).color)), light(ground(e))]
                  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5
                }).map((e) => place + ': ' + e.outerHTML.slice(0, 100))
              }''', scheme + ' ' + view)
      print(json.dumps(dict(low=low[:6], errors=errors)))
      """)
    #expect(found["low"] as? [String] == [])
    #expect((found["errors"] as? [String]) == [])
  }
}

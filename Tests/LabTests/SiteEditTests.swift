import Foundation
import TestSupport
import Testing

@testable import lab

/// What a page of `lab serve` does for who wants to try it: a figure run with another value, its code edited, compiled
/// and run.
@Suite(
  .serialized,
  .enabled(if: Browser.isThere && Tool("swiftc") != nil, Comment(rawValue: Browser.need + ", and swiftc")))
struct SiteEditTests {
  private static let page = """
    # One

    ```swift file=Sources/Scenarios/MergeSort.swift region=task-for-large-halves
    ```

    ![The sort](<figure:merge-sort/fixed/trace?view=timeline> "Figure 1")

    """

  @Test("In a browser: run, another threshold, an error in its place, mended, drawn, still there after a reload, reset")
  func browser() throws {
    let found = try ServedScript.run(
      """
      with sync_playwright() as p:
          page = launch(p).new_page()
          page.set_default_timeout(300_000)
          errors = []
          page.on('pageerror', lambda e: errors.append(str(e)))
          page.on('console', lambda m: errors.append(m.text) if m.type == 'error' else None)
          page.goto(url)
          page.goto(root + '/one.html')
          page.click('.run-fold summary')
          page.locator('figure input[name="set.threshold"]').fill('16000')
          page.click('figure .run button[type=submit]')
          page.wait_for_selector('figure .run-verdict')
          run = page.inner_text('figure .run-verdict')
          tasks = page.inner_text('figure .run-result table tr:has-text("tasks: two for each list")')

          page.click('.edit-open')
          area = page.locator('.edit textarea')
          area.wait_for()
          published = area.input_value()
          page.wait_for_selector('.edit-text .k')
          area.focus()
          page.keyboard.press('Control+Home')
          page.keyboard.press('ArrowDown')
          page.keyboard.press('End')
          page.keyboard.press('Enter')
          page.keyboard.type('if numbers.count < 9000 { retrun(sortAlone(numbers)) }')
          typed = area.input_value()
          page.keyboard.press('Control+Enter')
          page.wait_for_selector('.edit-lines .is-error')
          wrong = dict(line=page.inner_text('.edit-text .is-wrong'), says=page.locator('.is-wrong').get_attribute('data-says'),
              listed=page.inner_text('.edit-lines .is-error >> nth=0'), status=page.inner_text('.edit .run-status'),
              drawn=page.locator('.edit .run-result svg').count())
          page.click('.edit-lines button >> nth=0')
          at = area.evaluate('area => document.activeElement === area ? area.value.slice(area.selectionStart, area.selectionStart + 6) : null')
          page.keyboard.press('Shift+End')
          page.keyboard.type('return sortAlone(numbers) }')
          # What was wrong is no longer said of what is mended.
          mended = page.locator('.edit-lines li').count()
          page.keyboard.press('Control+Enter')
          page.wait_for_selector('.edit .run-verdict')
          verdict = page.inner_text('.edit .run-verdict')
          drawn = page.locator('.edit .run-result svg').count()
          label = page.locator('.edit .run-result .figure-body').get_attribute('aria-label')
          differs = page.inner_text('.edit-differs')
          page.reload()
          area.wait_for()
          kept = 'return sortAlone' in area.input_value()
          page.click('.edit button:has-text("Reset")')
          reset = area.input_value() == published and page.inner_text('.edit-differs')
          page.reload()
          page.wait_for_selector('.edit-open')
          gone = page.locator('.edit').count()

          # By keyboard alone: Tab indents, Escape and Tab leave.
          page.click('.edit-open')
          area.wait_for()
          area.focus()
          page.keyboard.press('Control+Home')
          page.keyboard.press('Tab')
          indented = area.input_value().startswith('  private')
          page.keyboard.press('Shift+Tab')
          back = area.input_value() == published
          page.keyboard.press('Escape')
          page.keyboard.press('Tab')
          left = area.evaluate('area => document.activeElement !== area')
          print(json.dumps(dict(run=run, tasks=tasks, typed=typed, wrong=wrong, at=at, mended=mended, verdict=verdict,
              drawn=drawn, label=label, differs=differs, kept=kept, reset=reset, gone=gone, indented=indented, back=back,
              left=left, errors=errors)))
      """, page: Self.page)
    #expect(found["errors"] as? [String] == [])
    #expect((found["run"] as? String)?.hasPrefix("With threshold = 16000: Not the same shape: ") == true)
    #expect((found["tasks"] as? String)?.hasPrefix("DIFFERS\t14\t0\t") == true, "\(found["tasks"] ?? "")")
    // The new line has the indentation of the one before.
    #expect((found["typed"] as? String)?.contains("\n  if numbers.count < 9000 {") == true)
    let wrong = try #require(found["wrong"] as? [String: Any])
    #expect((wrong["line"] as? String)?.contains("retrun") == true)
    #expect(wrong["says"] as? String == "cannot find 'retrun' in scope")
    #expect(wrong["listed"] as? String == "line 3 cannot find 'retrun' in scope")
    #expect(
      wrong["status"] as? String
        == "One error, in the region that you edited. Nothing was run, and the figure is as it was.")
    #expect(wrong["drawn"] as? Int == 0)
    #expect(found["at"] as? String == "retrun" && found["mended"] as? Int == 0)
    #expect((found["verdict"] as? String)?.hasPrefix("With your code: ") == true)
    #expect((found["drawn"] as? Int ?? 0) > 0 && (found["label"] as? String)?.contains("tasks") == true)
    #expect(found["differs"] as? String == "One line differs from the published source")
    #expect(found["kept"] as? Bool == true && found["reset"] as? String == "as published")
    #expect(found["gone"] as? Int == 0)
    for name in ["indented", "back", "left"] { #expect(found[name] as? Bool == true, "\(name)") }
  }

  @Test("What was edited is compiled and run apart: it ends when cancelled, crashes alone, and leaves nothing behind")
  func apart() throws {
    let found = try ServedScript.run(
      """
      import os, urllib.parse
      known = dict(Cookie=cookie, Origin=root)
      source = 'Sources/Scenarios/MergeSort.swift#task-for-large-halves'
      text = json.loads(ask('GET', '/-/source?of=' + urllib.parse.quote(source), Cookie=cookie).read())['text']
      body = {'figure': 'merge-sort/fixed/trace?view=timeline', 'source': source}
      first = '  if numbers.count <= threshold'
      def run(inserted, **more):
          return ask('POST', '/-/run', {**body, 'text': text.replace(first, inserted + '\\n' + first), **more}, **known)
      def last(answer): return json.loads(answer.read().decode().strip().split('\\n')[-1])
      crash = last(run('  if numbers.count == 16_000 { fatalError("over") }'))
      other = last(run('  if numbers.count == 16_000 { return [] }'))
      endless = run('  while numbers.count > 2 {}')
      while True:
          step = json.loads(endless.readline().strip() or b'{}').get('step')
          if step and step['stage'] == 'record': break
      folder = os.path.join(os.path.dirname(os.path.dirname(content)), 'lab')
      # What it was compiled into is there while it runs.
      here = [name for name in os.listdir(os.path.join(folder, 'served'))]
      ask('POST', '/-/cancel', {}, **known)
      cancelled = last(endless)
      wrong = [ask('POST', '/-/run', {**body, **w}, **known).read().decode() for w in [
          {'source': 'Package.swift#x'}, {'source': '../x#y'}, {'source': 'Sources/Scenarios/KafkaDecode.swift#eager'},
          {'source': 'Sources/Scenarios/MergeSort.swift'}, {'source': 'Sources/Scenarios/MergeSort.swift#none'}]]
      sources = [ask('GET', '/-/source?of=' + urllib.parse.quote(s), Cookie=cookie).status for s in
          ['Package.swift#x', '/etc/passwd#x', 'Sources/Scenarios/../../Package.swift#x', '']]
      left = os.listdir(os.path.join(folder, 'served'))
      print(json.dumps(dict(crash=crash, other=other.get('done', other).get('verdict', str(other)), here=len(here), cancelled=cancelled, wrong=wrong,
          sources=sources, left=left)))
      """, page: Self.page)
    let crash = try #require((found["crash"] as? [String: Any])?["failed"] as? String)
    #expect(crash.contains("crashed with signal") && crash.contains("over"), "\(crash)")
    #expect((found["other"] as? String)?.contains("it no longer does the same") == true, "\(found["other"] ?? "")")
    #expect(found["here"] as? Int == 1)
    #expect((found["cancelled"] as? [String: Any])?["failed"] as? String == "cancelled")
    let wrong = try #require(found["wrong"] as? [String])
    #expect(
      wrong.allSatisfy { $0.contains("no region") || $0.contains("no file of") || $0.contains("no line") }, "\(wrong)")
    #expect(found["sources"] as? [Int] == [404, 404, 404, 404])
    #expect(found["left"] as? [String] == [])
  }

  @Test("Names, messages and outputs that are markup stay text in the page")
  func hostile() throws {
    let found = try ServedScript.run(
      """
      evil = '<img src=x onerror="document.title=1">'
      with sync_playwright() as p:
          page = launch(p).new_page()
          page.set_default_timeout(300_000)
          asked = []
          page.on('request', lambda r: asked.append(r.url) if r.url.endswith('/x') else None)
          page.goto(url)
          page.goto(root + '/one.html')
          page.click('.edit-open')
          area = page.locator('.edit textarea')
          area.wait_for()
          text = area.input_value()
          def run(code, ready):
              area.fill(code)
              page.keyboard.press('Control+Enter')
              page.wait_for_function(ready)
          name = 'func `' + evil.replace('"', "'") + '`(_ n: [Int]) async -> [Int] { sortAlone(n) }\\n'
          calls = text.replace('sortAlone(numbers)', 'await `' + evil.replace('"', "'") + '`(numbers)')
          run(name + calls, "() => document.querySelector('.edit .run-verdict')")
          drawn = page.inner_text('.edit .run-result')
          run(text + '\\n#error(' + json.dumps(evil) + ')', "() => document.querySelector('.edit-lines .is-error')")
          listed = page.inner_text('.edit-lines')
          run(text.replace('let middle', 'fatalError(' + json.dumps(evil) + '); let middle'),
              "() => document.querySelector('.edit .run-status').textContent.includes('stands as it was')")
          crashed = page.inner_text('.edit .run-status')
          print(json.dumps(dict(drawn=drawn, listed=listed, crashed=crashed, images=page.locator('img[src=x]').count(),
              title=page.title(), asked=asked)))
      """, page: Self.page)
    #expect((found["drawn"] as? String ?? "").contains("sort"))
    #expect((found["listed"] as? String ?? "").contains("<img src=x onerror="))
    #expect((found["crashed"] as? String ?? "").contains("<img src=x onerror="))
    #expect(found["images"] as? Int == 0 && found["asked"] as? [String] == [] && found["title"] as? String != "1")
  }
}

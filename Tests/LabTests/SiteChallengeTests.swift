import Foundation
import TestSupport
import Testing

@testable import lab

/// A challenge in its page under `lab serve`, as somebody meets it who has never seen it.
@Suite(
  .enabled(if: Browser.isThere && Tool("swiftc") != nil, Comment(rawValue: Browser.need + ", and swiftc")))
struct SiteChallengeTests {
  @Test(
    "In a browser: failed with a message that teaches, a hint read, an error in its place, passed, remembered, reset")
  func retainCycle() throws {
    let challenge = try Challenge.named("method-reference")
    let found = try ServedScript.run(
      """
      with sync_playwright() as p:
          page = launch(p).new_page()
          errors = []
          page.on('pageerror', lambda e: errors.append(str(e)))
          page.on('console', lambda m: errors.append(m.text) if m.type == 'error' else None)
          page.goto(url)
          page.goto(root + '/one.html')
          page.click('.edit-open')
          area = page.locator('.edit textarea')
          area.wait_for()
          begun = area.input_value()
          page.click('.edit button[type=submit]')
          page.wait_for_selector('.verdict')
          failed = page.inner_text('.verdict .is-failed')
          later = page.inner_text('.verdict .is-notJudged')
          drawn = page.locator('.verdict-figure svg').count()
          page.click('#hints ~ details summary')
          hint = page.inner_text('#hints ~ details >> nth=0')
          area.fill(begun.replace('onFrame = receive', 'onFrame = { [weak self] in self?.recieve($0) }'))
          page.keyboard.press('Control+Enter')
          page.wait_for_selector('.edit-lines .is-error')
          wrong = page.inner_text('.edit-lines .is-error >> nth=0')
          area.fill(begun.replace('onFrame = receive', 'onFrame = { [weak self] in self?.receive($0) }'))
          page.keyboard.press('Control+Enter')
          page.wait_for_selector('.run-status strong:has-text("Passed")')
          marks = page.locator('.verdict li').evaluate_all('all => all.map((one) => one.className)')
          shown = page.locator('#explanation ~ details').evaluate('one => one.open')
          page.reload()
          area.wait_for()
          kept = 'weak self' in area.input_value()
          page.click('.edit button:has-text("Reset")')
          reset = area.input_value() == begun
          print(json.dumps(dict(failed=failed, later=later, drawn=drawn, hint=hint, wrong=wrong, marks=marks, shown=shown,
              kept=kept, reset=reset, errors=errors)))
      """, page: ChallengePage(challenge: challenge).markdown)
    #expect(found["errors"] as? [String] == [])
    let failed = found["failed"] as? String ?? ""
    #expect(failed.contains("of the players are still alive when the last listener has gone"), "\(failed)")
    #expect((found["later"] as? String)?.contains("judged once the fault is gone") == true)
    #expect((found["drawn"] as? Int ?? 0) >= 2)
    #expect((found["hint"] as? String)?.contains("Who holds a Player") == true)
    #expect((found["wrong"] as? String)?.contains("has no member 'recieve'") == true)
    let marks = found["marks"] as? [String] ?? []
    #expect(marks.count >= 5 && marks.allSatisfy { $0 == "is-passed" }, "\(marks)")
    for name in ["shown", "kept", "reset"] { #expect(found[name] as? Bool == true, "\(name)") }
  }
}

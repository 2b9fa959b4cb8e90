import Foundation
import TestSupport
import Testing

@testable import lab

/// A question whose answer is a frame of a flame graph, as readers meet it.
@Suite(.enabled(if: Browser.isThere, Comment(rawValue: Browser.need)))
struct ClickedQuestionTests {
  private static let page = """
    # Guess

    !!! predict "Which takes the most? Click its box"

        ![What they take.](<figure:kafka-decode/faulty/cpu?view=flame&nodefraction=0.02> "Measured")

        1. The checksum, `CRC32C.checksum`

            You chose the checksum: [18 % ± 5](claim:kafka-decode/faulty/cpu?value=share&function=CRC32C.checksum&within=3%25..30%25).

        2. [x] The headers, `HeaderDictionary.init`

            You chose the headers: [56 % ± 7](claim:kafka-decode/faulty/cpu?value=share&function=HeaderDictionary.init&within=40%25..75%25).

        3. None of them

            You chose none.

        The headers do.

    """

  /// What is seen before a box is clicked, after it, after taking it back, after choosing from the list, and on paper.
  private struct Seen: Decodable {
    struct Moment: Decodable {
      var boxes: Bool
      var graph: Bool
      var caption: Bool
      var chosen: String?
      var reply: String
      var framed: String
      var text: String
    }
    var moments: [Moment]
    var widths: [Double]
    var name: String
    var graphIsZoomed: Bool
    var errors: [String]
  }

  private static let script = """
    url, script = sys.stdin.read().split()
    with sync_playwright() as p:
        browser = launch(p)
        context = browser.new_context(java_script_enabled=script == 'true', reduced_motion='reduce', viewport={'width': 1200, 'height': 900})
        page = context.new_page()
        errors = []
        page.on('pageerror', lambda e: errors.append(str(e)))
        page.goto(url)
        form = page.locator('.predict')
        def moment():
            checked = form.locator('.options input:checked')
            framed = [f for f in form.locator('.flame [data-option]').all()
                if f.evaluate('e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth') == 'solid3px']
            return dict(boxes=form.locator('.asks').is_visible(), graph=form.locator('.flame').is_visible(),
                caption=form.locator('figcaption').is_visible(), chosen=checked.get_attribute('value') if checked.count() else None,
                reply=' '.join(form.locator('.reply:visible').all_inner_texts()),
                framed=' '.join(sorted({f.get_attribute('data-option') for f in framed})), text=form.locator('.figure').inner_text())
        moments = [moment()]
        boxes = form.locator('.asks label')
        widths = [boxes.nth(at).bounding_box()['width'] for at in range(boxes.count())]
        name = form.locator('.options input[type=radio]').first.evaluate('e => e.labels.length + " " + document.getElementById(e.getAttribute("aria-labelledby")).textContent')
        form.locator('.asks label', has_text='CRC32C').click()
        moments.append(moment())
        zoomed = False
        if script == 'true':
            form.locator('.flame [data-option=B]').first.click()
            zoomed = form.locator('.flame .tools button').is_visible()
        form.locator('.again button').click()
        moments.append(moment())
        form.locator('.options input[type=radio]').nth(1).check()
        moments.append(moment())
        page.emulate_media(media='print')
        moments.append(moment())
        print(json.dumps(dict(moments=moments, widths=widths, name=name, graphIsZoomed=zoomed, errors=errors)))
    """

  @Test(
    "A box is clicked, the guess is framed beside what was measured, and nothing gave it away",
    arguments: [true, false])
  func clicks(withScript: Bool) async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("content"), withIntermediateDirectories: true)
    try Self.page.write(toFile: folder.file("content/guess.md"), atomically: true, encoding: .utf8)
    let report = try LabSite(content: folder.file("content"), output: folder.file("site"), usesLocal: false).build()
    #expect(report.problems.filter { $0.severity == .error }.isEmpty, "\(report.problems)")
    let address = "file://\(folder.file("site/guess.html"))"
    let output = try await Browser.runAside(Self.script, input: "\(address) \(withScript)")
    let seen = try JSONDecoder().decode(Seen.self, from: output)
    #expect(seen.errors == [])
    let (before, clicked, again, listed, printed) = (
      seen.moments[0], seen.moments[1], seen.moments[2], seen.moments[3], seen.moments[4]
    )
    for moment in [before, again] {
      #expect(moment.boxes && !moment.graph && !moment.caption && moment.chosen == nil && moment.reply.isEmpty)
      #expect(!moment.text.contains("%") && !moment.text.contains("What they take"), "\(moment.text)")
    }
    #expect(seen.widths.count == 2 && abs(seen.widths[0] - seen.widths[1]) < 1)
    #expect(seen.name == "2 The checksum, CRC32C.checksum")
    #expect(!clicked.boxes && clicked.graph && clicked.caption && clicked.chosen == "A" && clicked.framed == "A")
    #expect(clicked.reply.contains("You chose the checksum") && clicked.text.contains("HeaderDictionary.init"))
    #expect(seen.graphIsZoomed == withScript)
    #expect(listed.graph && listed.chosen == "B" && listed.framed == "B")
    #expect(listed.reply.contains("You chose the headers"))
    #expect(!printed.boxes && printed.graph && printed.caption && printed.reply.contains("You chose none"))
  }
}

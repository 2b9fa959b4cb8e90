import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SiteGenerator

/// Questions that are answered by choosing.
@Suite struct QuestionTests {
  private static let markdown = """
    # Tea

    !!! predict "Which *takes* most?"

        Look first.

        1. [x] The kettle

            You chose the kettle: [80 % ± 5](claim:kettle/a?number=80&margin=5&least=1&greatest=99).

        2. The `cup`

            You chose the cup: [10 % ± 5](claim:kettle/a?number=10&margin=5&least=1&greatest=99).

            It is small.

        The kettle takes most.

    After.

    """

  @Test func optionsRepliesAndBars() throws {
    let page = rendered(Self.markdown)
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(page.problems.isEmpty)
    #expect(TagBalance.fault(in: text) == nil)
    #expect(page.ids.contains("predict-1"))
    let question = try #require(text.firstRange(of: "id=\"predict-1-question\">Which <em>takes</em> most?</p>"))
    let introduction = try #require(text.firstRange(of: "<p>Look first.</p>"))
    let options = try #require(text.firstRange(of: "<div class=\"options\""))
    let replies = try #require(text.firstRange(of: "<div class=\"replies\" role=\"status\">"))
    #expect(question.upperBound < introduction.lowerBound && introduction.upperBound < options.lowerBound)
    let shown = text[options.lowerBound..<replies.lowerBound]
    #expect(shown.contains("option right\"><label><input type=\"radio\" name=\"predict-1\" value=\"A\">"))
    #expect(
      shown.contains("The kettle</span><span class=\"measured\" style=\"--p:80.0;--lo:75.0;--hi:85.0\""))
    #expect(shown.contains("<span class=\"text\">The <code>cup</code></span><span class=\"measured\""))
    #expect(shown.matches(of: #/type="radio"/#).count == 3)
    #expect(!shown.contains("You chose"))
    let said = text[replies.upperBound...].components(separatedBy: "<div class=\"reply\">").dropFirst()
    #expect(said.count == 3)
    #expect(said.first?.contains("You chose the kettle: <b class=\"claim\">") == true)
    #expect(said.dropFirst().first?.contains("<p>It is small.</p>") == true)
    #expect(said.last?.contains("<p>The kettle takes most.</p>") == true)
  }

  @Test("A share in words is not drawn, for it may be of something else, nor is one alone, which would give it away")
  func sharesInWords() {
    let text = html(Self.markdown.replacing("[80 % ± 5]", with: "[most of it]"))
    #expect(text.contains("most of it") && !text.contains("class=\"measured\""))
  }

  @Test("A search finds the question and its options, and no reply")
  func repliesAreNotFound() {
    let page = rendered(Self.markdown)
    let words = page.search.sections.map { String(decoding: $0.text, as: UTF8.self) }.joined(separator: " ")
    for found in ["Which takes most?", "Look first.", "The kettle", "The cup", "After."] {
      #expect(words.contains(found), "\(words)")
    }
    for hidden in ["You chose", "small", "takes most.", "80"] { #expect(!words.contains(hidden), "\(words)") }
  }

  @Test("Options without replies are a list in a note; a question without an end says so")
  func otherQuestions() {
    let list = html("!!! predict \"Which?\"\n\n    1. a\n    2. b\n\n    ??? answer\n        It is b.\n")
    #expect(list.contains("<div class=\"admonition predict\">") && list.contains("<li>a</li>"))
    #expect(html("!!! predict\n\n    text\n").contains("<div class=\"admonition predict\">"))
    let open = rendered("!!! predict \"Which?\"\n\n    1. a\n\n        A.\n")
    #expect(open.problems.map(\.line) == [1] && open.problems[0].message.contains("would rather look"))
  }

  @Test("A figure before the options is asked for one of the functions that they set as code")
  func askedFigures() throws {
    let asked = Mutex<[FigureReference]>([])
    var evidence = Evidence.kettle
    let draw = evidence.figure
    evidence.figure = { reference in
      asked.withLock { $0.append(reference) }
      return try draw(reference)
    }
    let markdown = Self.markdown.replacing("Look first.", with: "![Tea](figure:kettle/a?view=flame \"Cups\")")
      .replacing("The kettle\n", with: "The `kettle` of `tea`\n")
    let page = rendered(markdown, evidence: evidence)
    #expect(page.problems.isEmpty)
    let question = try #require(asked.withLock { $0 }.first?.question)
    #expect(question.id == "predict-1-question")
    #expect(question.options.map(\.letter) == ["A", "B"] && question.options.map(\.isRight) == [true, false])
    #expect(question.options.map(\.functions) == [["kettle", "tea"], ["cup"]])
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(TagBalance.fault(in: text) == nil)
    for option in question.options {
      #expect(text.contains(" id=\"\(option.button)\" aria-labelledby=\"\(option.button)-text\">"))
      #expect(text.contains("<span class=\"text\" id=\"\(option.button)-text\">"))
    }
    // A figure of a page that asks nothing is none of it, and neither is one below the options.
    _ = rendered("![Tea](figure:kettle/a)\n\n" + Self.markdown, evidence: evidence)
    #expect(asked.withLock { $0 }.last?.question == nil)
    let vague = rendered(Self.markdown.replacing("Look first.", with: "![Tea](figure:kettle/a)"), evidence: evidence)
    #expect(vague.problems.contains { $0.message.contains("names functions as code") })
  }

  @Test func manyQuestionsHaveNamesOfTheirOwn() {
    let text = html(Self.markdown + Self.markdown.replacing("# Tea", with: "# Cups"))
    #expect(text.matches(of: #/name="predict-2"/#).count == 3)
  }

  private struct Seen: Decodable {
    var before: [Bool]
    var after: [Bool]
    var bars: [Double]
    var address: String
    var atEnd: [Bool]
    var printed: [Bool]
  }

  private static let script = """
    url = 'file://' + sys.stdin.read().strip()
    seen = {}
    with sync_playwright() as p:
        browser = launch(p)
        page = browser.new_context(java_script_enabled=False, reduced_motion='reduce').new_page()
        page.goto(url)
        replies = lambda: [page.locator('.reply').nth(at).is_visible() for at in range(3)]
        bar = lambda: page.locator('.measured i').first.bounding_box()['width']
        seen['before'] = replies()
        seen['bars'] = [bar()]
        page.locator('.option input').nth(1).check()
        seen['after'] = replies()
        seen['bars'].append(bar())
        page.locator('.option input').nth(1).press('Enter')
        page.locator('.option input').nth(1).press('ArrowDown')
        seen['address'] = page.url
        page.locator('.again button').click()
        seen['atEnd'] = replies()
        page.emulate_media(media='print')
        seen['printed'] = replies()
        browser.close()
    print(json.dumps(seen))
    """

  @Test(
    "Choosing shows the reply and what was measured, and sends nothing, without a script",
    .enabled(if: Browser.isThere, Comment(rawValue: Browser.need)))
  func choosing() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.markdown, to: "content/index.md")
    _ = try SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out",
      evidence: .kettle
    ).build()
    let output = try Browser.run(Self.script, input: "\(directory.path)/out/index.html")
    let seen = try JSONDecoder().decode(Seen.self, from: output)
    #expect(seen.before == [false, false, false])
    #expect(seen.after == [false, true, false])
    #expect(seen.bars[0] == 0 && seen.bars[1] > 50)
    #expect(seen.address.hasSuffix("index.html"))
    #expect(seen.atEnd == [false, false, false])
    #expect(seen.printed == [true, true, true])
  }

  private struct Guessed: Decodable {
    var hidden: String
    var said: [String]
    var isLocked: Bool
    var again: [Bool]
  }

  @Test(
    "In a browser a bar can be dragged to a guess, which stands beside what was measured once the reader has chosen",
    .enabled(if: Browser.isThere, Comment(rawValue: Browser.need)))
  func guesses() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.markdown, to: "content/tea.md")
    _ = try SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    ).build()
    let script = """
      with sync_playwright() as p:
          page = launch(p).new_page(viewport={'width': 1200, 'height': 900})
          page.goto('file://' + sys.stdin.read().strip())
          bar = page.locator('.predict .guess').first
          box = bar.bounding_box()
          page.mouse.move(box['x'] + 4, box['y'] + box['height'] / 2)
          page.mouse.down()
          page.mouse.move(box['x'] + box['width'] / 4, box['y'] + box['height'] / 2)
          page.mouse.up()
          # To drag is not to choose.
          hidden = page.locator('.predict').inner_text()
          value = int(bar.input_value())
          bar.focus()
          page.keyboard.press('Home')
          for _ in range(30): page.keyboard.press('ArrowRight')
          page.locator('.predict input[type=radio]').nth(1).check()
          said = page.locator('.predict .guessed:visible').all_inner_texts()
          locked = bar.is_disabled()
          page.click('.predict button[type=reset]')
          print(json.dumps(dict(hidden=hidden, said=said, isLocked=locked,
              again=[bar.is_enabled(), 20 <= value <= 30, page.locator('.guessed:visible').count() == 0])))
      """
    let seen = try JSONDecoder().decode(
      Guessed.self, from: try Browser.run(script, input: directory.path + "/out/tea.html"))
    #expect(!seen.hidden.contains("measured") && !seen.hidden.contains("You chose"))
    #expect(seen.said == ["Your guess: 30\u{A0}%, measured: 80\u{A0}% ± 5"])
    #expect(seen.isLocked && seen.again == [true, true, true], "\(seen.again)")
  }
}

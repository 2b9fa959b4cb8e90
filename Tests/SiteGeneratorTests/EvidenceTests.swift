import Synchronization
import Testing

@testable import SiteGenerator

/// Figures, claims and included code; and that what is wrong with them is said with its place.
@Suite struct EvidenceTests {
  @Test func figureAlone() {
    let page = rendered("Text.\n\n![Boiling *wins*.](figure:kettle/faulty/cpu?view=graph&focus=a%2Bb \"Figure 7\")\n")
    #expect(
      String(decoding: page.html, as: UTF8.self).hasSuffix(
        "<figure id=\"figure-7\"><svg id=\"figure-7-svg\"></svg><figcaption>Boiling <em>wins</em>.</figcaption></figure>"
      ))
    #expect(page.references == ["figure:kettle/faulty/cpu?view=graph&focus=a%2Bb"])
    #expect(page.ids == ["figure-7"])
    #expect(page.problems.isEmpty)
  }

  @Test func figureReferenceIsTakenApart() {
    let (capture, parameters) = PageRenderer.reference("a/b?view=time%20line&zoom=1ms&flag")
    #expect(capture == "a/b")
    #expect(
      parameters == [
        QueryItem(name: "view", value: "time line"), QueryItem(name: "zoom", value: "1ms"),
        QueryItem(name: "flag", value: ""),
      ])
  }

  @Test("A figure gets the claims of its section, before and after it, and the code of its caption")
  func figureKnowsWhatStandsBesideIt() {
    let seen = Mutex<[FigureReference]>([])
    var evidence = Evidence.kettle
    let figure = evidence.figure
    evidence.figure = { reference in
      seen.withLock { $0.append(reference) }
      return try figure(reference)
    }
    let page = rendered(
      """
      # A

      [a](claim:kettle/a?function=a)

      ## B

      | [b](claim:kettle/b?function=b) |
      |---|

      ![Both `pour(_:)` and `boil` [win](claim:kettle/c?function=c).](figure:kettle/faulty/cpu)

      !!! note
          ??? answer
              [d](claim:kettle/d?function=d)

      ### C

      [e](claim:kettle/e?function=e)
      """, evidence: evidence)
    #expect(page.problems.isEmpty)
    let reference = seen.withLock { $0 }.first
    #expect(reference?.code == ["pour(_:)", "boil"])
    #expect(reference?.claims.map(\.capture) == ["kettle/b", "kettle/c", "kettle/d"])
    #expect(reference?.claims.map(\.line) == [7, 10, 14])
  }

  @Test func flawsOfAFigureHaveItsPlace() {
    var evidence = Evidence.kettle
    let figure = evidence.figure
    evidence.figure = { reference in
      var drawn = try figure(reference)
      drawn.flaws = [
        RenderedFigure.Flaw(message: "no boil in it", severity: .error),
        RenderedFigure.Flaw(message: "nor here", severity: .note),
      ]
      return drawn
    }
    let page = rendered("text\n\n![Boil.](figure:kettle/faulty/cpu)\n\nafter\n", evidence: evidence)
    #expect(page.problems.map(\.description) == ["page.md:3: no boil in it", "page.md:3: note: nor here"])
    #expect(String(decoding: page.html, as: UTF8.self).hasSuffix("</figure><p>after</p>\n"))
  }

  @Test func figuresStandInTheirPlaces() {
    let text = html(
      "one\n\n![A.](figure:kettle/a)\n\ntwo\n\n![B.](figure:teapot/b)\n\n![C.](figure:kettle/c)\n\nthree\n")
    let order = text.replacing(#/<svg.*?<\/svg>|<\/?p[^>]*>|\n/#, with: "")
    #expect(
      order
        == "one<figure id=\"figure-1\"><figcaption>A.</figcaption></figure>two"
        + "This figure could not be drawn: no such scenario"
        + "<figure id=\"figure-3\"><figcaption>C.</figcaption></figure>three")
  }

  @Test func figureInsideText() {
    let page = rendered("Look: ![x](figure:kettle/a) there.\n")
    #expect(page.problems.map(\.description) == ["page.md:1: a figure stands in a paragraph of its own"])
  }

  @Test func unknownFigureNamesItsLine() {
    let page = rendered("---\ntitle: T\n---\n\ntext\n\n!!! note\n    more\n\n    ![x](figure:teapot/a)\n")
    #expect(page.problems.map(\.description) == ["page.md:10: no such scenario"])
  }

  @Test(arguments: [
    ("", []),
    ("&verdict=differs", ["page.md:3: note: differs here: share of boil is 80 %, not 70 % to 90 %: two cores"]),
    ("&verdict=fails", ["page.md:3: false: share of boil is 80 %, not 70 % to 90 %"]),
  ])
  func claims(_ query: String, _ problems: [String]) {
    let page = rendered("Some text\n\nover lines [*most* of it](claim:kettle/faulty/cpu?value=share\(query)).\n")
    #expect(
      String(decoding: page.html, as: UTF8.self).contains("lines <b class=\"claim\"><em>most</em> of it 80 %</b>."))
    #expect(page.problems.map(\.description) == problems)
  }

  @Test func claimOnALaterLineOfAParagraph() {
    let page = rendered("one\ntwo\n[three](claim:teapot/x?value=y)\n")
    #expect(page.problems.map(\.description) == ["page.md:3: no such scenario"])
  }

  @Test func claimInATable() {
    let page = rendered("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | [x](claim:teapot/x) |\n")
    #expect(page.problems.map(\.description) == ["page.md:4: no such scenario"])
  }

  @Test func codeFromSource() {
    let page = rendered("```swift file=Kettle.swift region=faulty linenums\n```\n")
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(
      text.contains(
        "<div class=\"code from-source numbered\" data-language=\"swift\" data-source=\"Kettle.swift#faulty\"><div class=\"code-title\">Kettle.swift</div>"
      )
    )
    #expect(text.contains("counter-reset:line 11"))
    #expect(text.contains("<span class=\"f\">boil</span>"))
    #expect(page.references == ["source:Kettle.swift#faulty"])
  }

  @Test func differenceOfTwoRegions() {
    let text = html("```swift file=Kettle.swift region=faulty diff=fixed\n```\n")
    #expect(text.contains("<span class=\"line\"><span class=\"k\">let</span>"))
    #expect(text.contains("<span class=\"line del\"><span class=\"f\">boil</span>(<span class=\"n\">10</span>)"))
    #expect(text.contains("<span class=\"line ins\"><span class=\"f\">boil</span>(<span class=\"n\">1</span>)"))
  }

  @Test func outputComesFromTheCapture() {
    let page = rendered("```console from=kettle/faulty/cpu lines=\"1 4\" hl_lines=\"2\"\n$ lab tea\n$ lab cups\n```\n")
    let text = String(decoding: page.html, as: UTF8.self).replacing(#/<[^>]*>/#, with: "")
    #expect(text == "$ lab tea\n1 lab tea\n…\n4 spoons\n$ lab cups\n1 lab cups\n…\n4 spoons\n\n")
    #expect(page.references == ["output:kettle/faulty/cpu?lab tea", "output:kettle/faulty/cpu?lab cups"])
    #expect(page.problems.isEmpty)
  }

  @Test("An open range reaches to the end of the output, without its empty lines")
  func outputToItsEnd() {
    let page = rendered("```console from=kettle/faulty/cpu lines=\"3-\"\n$ lab tea\n```\n")
    let text = String(decoding: page.html, as: UTF8.self).replacing(#/<[^>]*>/#, with: "")
    #expect(text == "$ lab tea\n…\n3 cups\n4 spoons\n\n")
  }

  @Test(
    "Lines are found by what they say, wherever they stand",
    arguments: [
      ("cups", "…\n3 cups\n…\n"), ("1 cups-", "1 lab tea\n…\n3 cups\n4 spoons\n"), ("forks 4", "…\n4 spoons\n"),
    ])
  func outputByText(lines: String, shown: String) {
    let page = rendered("```console from=kettle/faulty/cpu lines=\"\(lines)\"\n$ lab tea\n```\n")
    let text = String(decoding: page.html, as: UTF8.self).replacing(#/<[^>]*>/#, with: "")
    #expect(text == "$ lab tea\n\(shown)\n")
    #expect(page.problems.map(\.message) == (lines.contains("forks") ? ["no line of the output is 'forks'"] : []))
  }

  @Test func outputIsNotWrittenByHand() {
    let page = rendered("text\n\n```console from=kettle/faulty/cpu\n$ lab tea\n3 cups\n```\n")
    #expect(
      page.problems.map(\.description) == [
        "page.md:5: the output of a command comes from its capture: '3 cups' is no command"
      ])
    #expect(
      rendered("```console from=teapot/a/b\n$ lab tea\n```").problems.map(\.description) == [
        "page.md:2: no such scenario"
      ])
  }

  @Test func missingSourceShowsWhatTheFenceHolds() {
    let page = rendered("text\n\n```swift file=Nothing.swift region=a\nlet fallback = 1\n```\n")
    #expect(page.problems.map(\.description) == ["page.md:3: no such file: Nothing.swift"])
    #expect(String(decoding: page.html, as: UTF8.self).contains("fallback"))
  }
}

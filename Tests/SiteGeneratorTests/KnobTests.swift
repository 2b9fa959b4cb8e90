import Foundation
import TestSupport
import Testing

@testable import SiteGenerator

/// Figures that are published for several values of a parameter.
@Suite struct KnobTests {
  private static let markdown = """
    # Tea

    Before.

    !!! knob "Cups *of* tea"

        Turn it.

        1. 0

            It takes [20 %](claim:kettle/a?number=20&least=1&greatest=99) of the time.

            ![None](<figure:kettle/none/cpu> "No cups")

        2. [x] 1 & 2

            It takes [80 % ± 5](claim:kettle/a?number=80&margin=5&least=1&greatest=99), and not [10 %](claim:kettle/a?number=10&least=1&greatest=99).

            ![Some](<figure:kettle/some/cpu> "Some cups")

    ![After](<figure:kettle/other/cpu> "Other")

    """

  /// Draws pictures of a figure if it is asked for them.
  private static let evidence: Evidence = {
    var evidence = Evidence.kettle
    let figure = evidence.figure
    evidence.figure = { reference in
      var drawn = try figure(reference)
      guard reference.isPicture else { return drawn }
      drawn.pictures = [300, 700].map {
        RenderedFigure.Picture(svg: "<svg>\(reference.capture) \($0)</svg>", width: $0, height: 90)
      }
      return drawn
    }
    return evidence
  }()

  @Test("The values are radio buttons under columns of what each claims first, and each has its own figure and words")
  func stops() throws {
    let page = rendered(Self.markdown, evidence: Self.evidence)
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(page.problems.isEmpty, "\(page.problems)")
    #expect(TagBalance.fault(in: text) == nil)
    #expect(["knob-1", "knob-1-0", "knob-1-1-2", "no-cups", "some-cups"].allSatisfy(page.ids.contains), "\(page.ids)")
    #expect(
      text.contains(
        "<legend>Cups *of* tea</legend>\n<p class=\"height\" aria-hidden=\"true\">Height: share of boil</p>"))
    #expect(
      text.contains(
        "20\u{A0}%</b><i style=\"--h:25.0\" aria-hidden=\"true\"></i><input type=\"radio\" name=\"knob-1\" value=\"0\">"
      ))
    #expect(text.contains("80\u{A0}%\u{A0}± 5</b><i style=\"--h:100.0\" aria-hidden=\"true\"></i>"))
    #expect(text.contains("value=\"1 &amp; 2\" checked><span>1 &amp; 2</span>"))
    let settings = text.components(separatedBy: "<div class=\"setting\">").dropFirst()
    #expect(settings.count == 2)
    #expect(settings.first?.contains("<p class=\"value\">0</p>") == true)
    // What is before and below stays where it is, drawn in the page.
    let (before, knob) = (
      try #require(text.firstRange(of: "<p>Before.</p>")), try #require(text.firstRange(of: "<form"))
    )
    let (end, other) = (
      try #require(text.firstRange(of: "</form>")), try #require(text.firstRange(of: "<svg id=\"other-svg\">"))
    )
    #expect(before.upperBound < knob.lowerBound && end.upperBound < other.lowerBound)
    #expect(text.contains("<p>Turn it.</p>"))
  }

  @Test("Figures of a knob are files beside the page, the one that fits the screen")
  func pictures() throws {
    let page = rendered(Self.markdown, path: "lessons/tea.md", pages: ["lessons/tea.md"], evidence: Self.evidence)
    let text = String(decoding: page.html, as: UTF8.self)
    #expect(
      text.contains(
        """
        <picture><source media="(max-width: 700px)" srcset="../figures/lessons-tea-no-cups-300.svg" width="300" \
        height="90"><img src="../figures/lessons-tea-no-cups-700.svg" width="700" height="90" loading="lazy" \
        alt="Boiling takes 80 % of the time."></picture>
        """))
    #expect(
      page.companions.map(\.path)
        == ["no-cups-700", "no-cups-300", "some-cups-700", "some-cups-300"].map { "figures/lessons-tea-\($0).svg" })
    #expect(page.companions.first?.contents == Array("<svg>kettle/none/cpu 700</svg>".utf8))
  }

  @Test("Numbers of different kinds are not columns; a list without contents is no knob")
  func otherForms() {
    let mixed = html(Self.markdown.replacing("number=20", with: "x=20"))
    #expect(mixed.contains("type=\"radio\"") && !mixed.contains("--h:") && !mixed.contains("Height:"))
    for wrong in ["1. 0\n    1. 1", "Only words.", "1. 0\n\n        Alone."] {
      let page = rendered("!!! knob \"Cups\"\n\n    \(wrong)\n")
      #expect(page.problems.map(\.message) == ["a knob is an ordered list of 2 to 8 values, each with what it shows"])
    }
  }

  @Test("Its files are written with the page, again if one is lost, and taken away with the knob")
  func files() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.markdown, to: "content/tea.md")
    let generator = SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out",
      evidence: Self.evidence)
    let file = directory.path + "/out/figures/tea-no-cups-700.svg"
    #expect(try generator.build().problems.isEmpty)
    #expect(try directory.read("out/figures/tea-no-cups-700.svg") == "<svg>kettle/none/cpu 700</svg>")
    #expect(try generator.build().written == [])
    try FileManager.default.removeItem(atPath: file)
    #expect(try generator.build().written == ["tea.html"])
    #expect(FileManager.default.fileExists(atPath: file))
    try directory.write("# Tea\n", to: "content/tea.md")
    _ = try generator.build()
    #expect(!FileManager.default.fileExists(atPath: file))
  }
}

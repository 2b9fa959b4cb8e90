import Foundation
import Testing

@testable import SiteGenerator

/// Links to what the glossary says of a word.
@Suite struct GlossaryTests {
  private static let glossary = """
    # Words

    Boil
    :   To be as hot as water gets, `100`. [Lesson 1](one.md)

    Cup, mug
    :   What tea is *drunk* from.

    """

  private func site(_ page: String) throws -> (html: String, glossary: String, problems: [Problem]) {
    let directory = try TemporaryDirectory()
    try directory.write(Self.glossary, to: "content/words/glossary.md")
    try directory.write("# One\n", to: "content/words/one.md")
    try directory.write(page, to: "content/tea.md")
    let report = try SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    ).build()
    return (try directory.read("out/tea.html"), try directory.read("out/words/glossary.html"), report.problems)
  }

  @Test("A term is found in whatever number and case, by its text or by name, and says what it means")
  func terms() throws {
    let made = try site("# Tea\n\n[Cups](term:) and [mug](term:), [as hot as that](term:boil).\n")
    #expect(made.problems.isEmpty, "\(made.problems)")
    let way = "<a class=\"term\" href=\"words/glossary.html#term-"
    #expect(made.html.contains("\(way)cup-mug\" title=\"What tea is drunk from.\">Cups</a>"))
    #expect(made.html.contains("\(way)cup-mug\" title=\"What tea is drunk from.\">mug</a>"))
    #expect(made.html.contains("\(way)boil\" title=\"To be as hot as water gets, 100.\">as hot as that</a>"))
    #expect(made.glossary.contains("<dt id=\"term-cup-mug\">") && made.glossary.contains("<dt id=\"term-boil\">"))
  }

  @Test("A word that the glossary does not have is an error with its place, and so is a term without a glossary")
  func unknown() throws {
    let made = try site("# Tea\n\n[Spoons](term:)\n")
    #expect(made.problems.map(\.message) == ["the glossary has no term “Spoons”"] && made.problems[0].line == 3)
    #expect(rendered("[Cups](term:)\n").problems.map(\.severity) == [.error])
  }

  @Test("A page is made anew when the glossary says something else")
  func changes() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.glossary, to: "content/glossary.md")
    try directory.write("# Tea\n\n[Cups](term:)\n", to: "content/tea.md")
    let generator = SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out", evidence: .kettle
    )
    _ = try generator.build()
    #expect(try generator.build().written.isEmpty)
    try directory.write(Self.glossary.replacing("tea is", with: "coffee is"), to: "content/glossary.md")
    #expect(try generator.build().written.contains("tea.html"))
    #expect(try directory.read("out/tea.html").contains("What coffee is drunk from."))
  }
}

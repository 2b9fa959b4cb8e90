import Foundation
import TestSupport
import Testing

@testable import SiteGenerator
@testable import lab

/// A function named in a caption, or by a claim beside the figure, is in the figure; else the check fails.
@Suite(.enabled(if: Tool("dot") != nil, "Graphviz is not installed: apt-get install graphviz"))
struct NamedFunctionsTests {
  private static let capture = "kafka-decode/faulty/cpu"

  private func figure(
    _ query: [(String, String)], caption: String = "", code: [String] = [], claims: [ClaimReference] = [],
    capture: String = Self.capture
  ) throws -> RenderedFigure {
    let evidence = LabEvidence(library: CaptureLibrary(usesLocal: false)).evidence
    return try evidence.figure(
      FigureReference(
        capture: capture, parameters: query.map { QueryItem(name: $0.0, value: $0.1) }, caption: caption, title: "",
        id: "a", code: code, claims: claims))
  }

  private func claim(_ function: String, _ more: [String: String] = [:], of capture: String = Self.capture)
    -> ClaimReference
  {
    ClaimReference(
      capture: capture,
      parameters: [QueryItem(name: "value", value: "share"), QueryItem(name: "function", value: function)]
        + more.map { QueryItem(name: $0.key, value: $0.value) }, line: 12)
  }

  @Test("Every view that leaves functions out keeps the ones that are named", arguments: ["graph", "top", "flame"])
  func namedFunctionsAreKept(view: String) throws {
    let name = "FetchResponse.decode(from:)"
    let small = [("view", view), ("nodecount", "2"), ("nodefraction", "0.9")]
    #expect(try !figure(small).functions.contains(name) || view == "flame")
    #expect(try figure(small, code: ["FetchResponse.decode"]).functions.contains(name))
    #expect(try figure(small, code: [name]).functions.contains(name))
    #expect(try figure(small, caption: "Much of FetchResponse.decode.").functions.contains(name))
    #expect(try figure(small, claims: [claim("FetchResponse.decode")]).functions.contains(name))
    #expect(try figure(small, claims: [claim("malloc", ["among": "FetchResponse.decode"])]).functions.contains(name))
    let kept = try figure(small, claims: [claim("CRC32C.checksum|FetchResponse.decode|no_such")])
    #expect(kept.functions.contains(name) && kept.functions.contains("CRC32C.checksum(_:)"))
    #expect(kept.flaws == [])
  }

  @Test("What is about another capture or another kind of value does not count, nor do English words")
  func othersDoNotCount() throws {
    let one = [("view", "graph"), ("nodecount", "1")]
    let plain = try figure(one, caption: "It will read and write and free, then main.").functions
    #expect(plain.count == 1)
    #expect(try figure(one, claims: [claim("malloc", of: "kafka-decode/fixed/cpu")]).functions == plain)
    #expect(try figure(one, claims: [claim("malloc", ["type": "samples"])]).functions == plain)
    #expect(try figure(one, claims: [claim("malloc", ["type": "cpu"])]).functions.contains("malloc"))
    #expect(try figure(one, code: ["./lab", "nodecount", "kafka.pb.gz"]).functions == plain)
  }

  @Test("A difference is about both captures")
  func bothSidesOfADifferenceCount() throws {
    let query = [("view", "graph"), ("nodecount", "2"), ("compare", "fixed")]
    let drawn = try figure(query, claims: [claim("HeaderBytes.init", of: "kafka-decode/fixed/cpu")])
    #expect(drawn.functions.contains { $0.hasPrefix("HeaderBytes.init(") })
  }

  @Test(
    "What a figure cannot show is told with its name and what to do",
    arguments: [
      (
        [("view", "graph"), ("focus", "CRC32C.checksum")], "ByteReader.string",
        "'ByteReader.string', which is named by the claim in line 12: focus=CRC32C.checksum leaves it out"
      ),
      ([("view", "flame"), ("show_from", "RecordBatch.decode")], "FetchResponse.decode", "show_from="),
      ([("view", "top"), ("hide", "malloc")], "malloc", "hide=malloc leaves it out"),
      ([("view", "source"), ("function", "HeaderDictionary.init")], "malloc", "shows function=HeaderDictionary.init"),
      ([("view", "pair"), ("compare", "fixed"), ("function", "malloc")], "CRC32C.checksum", "add it to function="),
      ([("view", "machines"), ("function", "malloc")], "CRC32C.checksum", "add it to function="),
    ])
  func missingFunctionsAreTold(query: [(String, String)], function: String, says: String) throws {
    let flaws = try figure(query, claims: [claim(function)]).flaws
    #expect(flaws.count == 1 && flaws[0].severity == .error)
    #expect(flaws[0].message.contains("'\(function)'") && flaws[0].message.contains(says), "\(flaws)")
  }

  @Test func whatNoCaptureKnowsIsTold() throws {
    let flaws = try figure([("view", "graph")], code: ["FetchResponse.decod()"]).flaws
    #expect(
      flaws.map(\.message) == [
        "this figure does not show 'FetchResponse.decod()', which is named in its caption: the capture knows no such function"
      ])
  }

  @Test("The check fails with the place")
  func checkFails() throws {
    let folder = try TemporaryFolder()
    let page = """
      # A page

      ![`CRC32C.checksum` wins.](figure:\(Self.capture)?view=flame&focus=ByteReader.string)

      """
    try page.write(toFile: folder.file("page.md"), atomically: true, encoding: .utf8)
    let result = try LabCommand.run("check", "--content", folder.path)
    #expect(result.status == 1)
    #expect(
      result.errors.contains("page.md:3: this figure does not show 'CRC32C.checksum', which is named in its caption"))
  }

  @Test("The lessons' call graphs show what their captions are about")
  func publishedGraphs() throws {
    let folder = try TemporaryFolder()
    let result = try LabCommand.run("build", "--no-run", "-o", folder.file("site"))
    #expect(result.status == 0, "\(result.errors)")
    let expected = [
      "2": ["figure-1": ["FetchResponse.decode(from:)", "HeaderDictionary.init(count:from:)"]],
      "4": ["figure-4": ["DeliveryService.serveOne(_:)", "Producer.init(id:)"]],
    ]
    for (lesson, figures) in expected {
      let page = try String(contentsOfFile: folder.file("site/lessons/\(lesson).html"), encoding: .utf8)
      for (id, names) in figures {
        let start = try #require(page.range(of: "<figure class=\"figure\" id=\"\(id)\""))
        let end = try #require(page.range(of: "</figure>", range: start.upperBound..<page.endIndex))
        let figure = page[start.upperBound..<end.lowerBound]
        for name in names { #expect(figure.contains("><title>\(name)\n"), "\(name) is no node of \(id)") }
        if id == "figure-4" {
          let titles = figure.matches(of: #/<g class="n h[^"]*"[^>]*><title>([^<]*)</#).map { String($0.1) }
          #expect(!titles.isEmpty)
          for title in titles {
            let change = #/\+[0-9.]+MB \(\+[0-9]+\x{A0}%\x{A0}±\x{A0}[0-9]+\)|type:|^[0-9.]+[kM]?B/#
            #expect(title.contains(change), "\(title)")
          }
          #expect(figure.contains("Percent of all that was measured before, ") && !figure.contains("-0."))
        }
      }
    }
  }
}

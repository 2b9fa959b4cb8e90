import Analysis
import Pprof
import TestSupport
import Testing

@testable import Figures

@Suite struct FlameFigureTests {
  private func draw(
    _ profile: Profile, baseline: Profile? = nil, _ items: [(name: String, value: String)] = []
  ) throws -> Figure {
    try FigureKind.flame.draw(FigureInput(profile: profile, baseline: baseline, options: FigureOptions(items)))
  }

  @Test(arguments: [
    ("flame", []), ("flame-inverted", [("inverted", "true")]), ("flame-heat", [("colour", "heat")]),
  ]) func paintsWhatWasRecorded(name: String, items: [(String, String)]) throws {
    let figure = try draw(.kafka, items.map { (name: $0.0, value: $0.1) })
    #expect(Golden.difference(figure.body, "\(name).html") == nil)
    #expect(Golden.difference("\(figure.alt)\n\(figure.table.html)\n", "\(name)-words.html") == nil)
  }

  @Test func paintsDifferences() throws {
    let figure = try draw(.kafkaFixed, baseline: .kafka)
    #expect(Golden.difference(figure.body, "flame-difference.html") == nil)
    #expect(figure.alt.contains("malloc shrank the most, by 70ms"))
    #expect(figure.alt.contains("HeaderTable.lookup(_:) grew the most, by 20ms"))
  }

  @Test func isWellFormedWhateverTheNames() throws {
    for profile in [Profile.kafka, .hostile, .full, Profile(), .recursion(depth: 50)] where !profile.sampleTypes.isEmpty
    {
      let figure = try draw(profile)
      #expect(xmlError(figure.body) == nil)
      #expect(xmlError(figure.table.html) == nil)
      #expect(!figure.body.contains("<script"))
      #expect(!figure.body.contains("\u{202E}"))
    }
  }

  @Test func keepsFramesWithin120Bytes() throws {
    let figure = try draw(.tree(frames: 10_000), [("nodefraction", "0")])
    let frames = figure.body.split(separator: "<i").count - 1
    #expect(frames > 10_000)
    #expect(figure.body.utf8.count / frames <= 120)
  }

  @Test func gathersNarrowFrames() throws {
    let figure = try draw(.tree(frames: 2_000))
    #expect(figure.body.contains(" more)"))
    #expect(figure.body.split(separator: "<i").count < 1_500)
  }

  @Test func drawsDeepStacks() throws {
    let figure = try draw(.recursion(depth: 1_000))
    #expect(figure.body.split(separator: "<p>").count > 1_000)
    #expect(figure.table.rows.count == 3)
  }

  @Test func saysThatNothingWasMeasured() throws {
    let figure = try draw(Profile(sampleTypes: [ValueType(type: "cpu", unit: "nanoseconds")]))
    #expect(figure.alt == "Nothing was measured of cpu.")
    #expect(xmlError(figure.body) == nil)
  }

  @Test func refusesUnknownSampleTypes() {
    #expect(throws: FigureError.report(.profile(.unknownSampleType("heap", choices: ["samples", "cpu"])))) {
      try draw(.kafka, [("sample", "heap")])
    }
  }

  @Test func givesTheSameBytesAgain() throws {
    #expect(try draw(.tree(frames: 500)) == draw(.tree(frames: 500)))
  }

  @Test func standsAloneAsAFile() throws {
    for kind in [FigureKind.flame, .top] {
      let options = try FigureOptions([("standalone", "true"), ("width", "800")])
      let figure = try kind.draw(FigureInput(profile: .hostile, options: options))
      #expect(xmlError(figure.body) == nil)
      #expect(figure.body.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"800\""))
      #expect(figure.body.contains("light-dark("))
      #expect(!figure.body.contains("url(") && !figure.body.contains("@import") && !figure.body.contains("<script"))
    }
  }

  @Test func asksForNothingFromElsewhere() throws {
    let figure = try draw(.kafka)
    #expect(!figure.body.contains("://") && !figure.body.contains("href"))
    #expect(!FigureStyle.css.contains("url(") && !FigureStyle.css.contains("@import"))
  }

  @Test func countsSharesOfEverythingAlsoWhenFiltered() throws {
    let figure = try draw(.kafka, [("focus", "read$")])
    #expect(figure.body.contains("read\n40ms 12.50%"))
    #expect(figure.alt.hasPrefix("Flame graph of 40ms of cpu"))
  }
}

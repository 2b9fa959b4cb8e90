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
    #expect(figure.alt.contains("malloc shrank the most, by 70%ms%±%50".nonBreaking))
    #expect(!figure.alt.contains("grew the most"), "two samples more may be chance")
    #expect(figure.body.contains("HeaderTable.lookup(_:)\n+20%ms%±%30, within noise".nonBreaking))
  }

  @Test("Two captures are compared by what a round of them costs; a round itself is measured by the clock")
  func speaksPerRound() throws {
    let captures = SampleCaptures()
    func named(_ variant: String) throws -> Capture {
      try captures.named(CaptureName(scenario: "s", variant: variant, kind: "cpu"))
    }
    var options = FigureOptions()
    options.callout = "malloc"
    let input = try FigureInput(named("fixed"), compared: named("faulty"), captures: captures, options: options)
    let figure = try FigureKind.flame.draw(input)
    #expect(figure.alt.hasPrefix("Difference of two flame graphs, scaled to equal work, one round of each: "))
    #expect(figure.alt.contains(": 320%ms before and 190%ms after;".nonBreaking))
    #expect(figure.alt.hasSuffix("Called out: −70%ms%±%50 a round in malloc.".nonBreaking))
    #expect(figure.body.contains("cpu\n−130%ms, 320%ms → 190%ms\"".nonBreaking))
    #expect(figure.body.contains("Scaled to equal work: one round of each.") && figure.body.contains("within noise"))
  }

  @Test("The path to what is called out is lit, its column goes down to a bracket with a whisker")
  func callsOut() throws {
    let figure = try draw(.kafka, [("callout", "Dictionary*"), ("says", "a <table> for each")])
    #expect(Golden.difference(figure.body, "flame-callout.html") == nil)
    #expect(figure.alt.hasSuffix(" Called out: 22%%%±%14 in Dictionary<String, Header>.init(_:).".nonBreaking))
  }

  @Test("Of several frames of one function all are called out, with what they have together; one within another is not")
  func callsOutAllOfAFunction() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("main;a;x", 1)
    builder.add("main;b;x;y;x", 3)
    builder.add("main;c", 4)
    (builder.profile.period, builder.profile.periodType) = (1, ValueType(type: "cpu", unit: "nanoseconds"))
    let figure = try draw(builder.profile, [("callout", "x")])
    #expect(figure.alt.contains("Called out: 50%%".nonBreaking))
    let lit = figure.body.matches(of: #/<i class="t c" style="--x:(\d);--w:(\d)"/#).map { "\($0.1)+\($0.2)" }
    #expect(lit == ["4+3", "7+1"])
    #expect(figure.body.components(separatedBy: "class=\"bracket\"").count == 3)
    #expect(!figure.body.contains("data-whisker"), "one whisker would be that of both")
  }

  @Test("A label's values have a column each, with a gap between them")
  func columnsOfALabel() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("main;work", 3, labels: ["client": ["report"]])
    builder.add("main;work", 2, labels: ["client": ["shop"]])
    builder.add("main;idle", 1)
    let figure = try draw(builder.profile, [("view", "flame"), ("by", "client"), ("callout", "report")])
    let columns = figure.body.matches(of: #/<i class="g[^"]*" style="--x:(\d);--w:(\d)" title="([^\n]*)/#)
      .map { "\($0.1)+\($0.2) \($0.3)" }
    #expect(columns == ["0+3 client: report", "3+2 client: shop", "5+1 no client"])
    #expect(figure.body.components(separatedBy: "<span class=\"gap\"").count - 1 == 2)
    #expect(throws: FigureError.noLabel(name: "customer")) {
      try draw(builder.profile, [("view", "flame"), ("by", "customer")])
    }
  }

  @Test("Frames of the lab are folded above a capture's, and stand in their places if asked for")
  func foldsTheHarness() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("Lab.main()@Sources/lab/Lab.swift:1;turns@Sources/ScenarioRunning/A.swift:1;work", 3)
    let captures = SampleCaptures()
    var capture = try captures.named(CaptureName(scenario: "s", variant: "faulty", kind: "cpu"))
    capture.contents = builder.profile
    func draw(_ shows: Bool) throws -> Figure {
      var options = FigureOptions()
      options.showsHarness = shows
      return try FigureKind.flame.draw(FigureInput(capture, captures: captures, options: options))
    }
    let folded = try draw(false)
    #expect(
      folded.body.contains("<details class=\"harness\"><summary>2 frames of the lab above</summary><p>Lab.main()</p>"))
    #expect(folded.body.components(separatedBy: "<p><i").count - 1 == 2)
    #expect(Set(folded.functions) == ["Lab.main()", "turns", "work"])
    let shown = try draw(true)
    #expect(!shown.body.contains("<details") && shown.body.components(separatedBy: "<p><i").count - 1 == 4)
    #expect(try !FigureKind.flame.draw(FigureInput(profile: builder.profile)).body.contains("<details"))
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
    #expect(figure.body.contains("read\n40ms 13%%%±%11".nonBreaking))
    #expect(figure.alt.hasPrefix("Flame graph of 40ms of cpu"))
  }
}

extension String {
  /// The text with a no-break space for each percent sign, and a percent sign for two.
  var nonBreaking: String {
    replacing("%%", with: "\u{1}").replacing("%", with: "\u{A0}").replacing("\u{1}", with: "\u{A0}%")
  }
}

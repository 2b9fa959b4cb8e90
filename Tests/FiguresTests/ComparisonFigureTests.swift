import Pprof
import TestSupport
import Testing

@testable import Analysis
@testable import Figures

@Suite struct ComparisonFigureTests {
  private let captures = SampleCaptures()

  private func capture(_ variant: String, _ kind: String) throws -> Capture {
    try captures.named(CaptureName(scenario: "s", variant: variant, kind: kind))
  }

  private func pair(_ functions: String) throws -> Figure {
    var options = FigureOptions()
    options.function = functions
    return try FigureKind.pair.draw(
      FigureInput(
        capture("faulty", "cpu"), compared: capture("fixed", "cpu"), captures: captures, options: options))
  }

  @Test("What may have changed by chance alone says so, and what is gone is less than something")
  func pairsKnowNoise() throws {
    let figure = try pair("malloc|free")
    #expect(xmlError(figure.body) == nil)
    // 7 of 32 samples in a round of 320 ms; of 19 samples in one of 190 ms none.
    #expect(
      figure.table.rows[1] == ["malloc", "70%ms%±%50".nonBreaking, "below 30%ms".nonBreaking, "below 43%%".nonBreaking])
    #expect(figure.table.rows[2].last == "30%%%±%70, within noise".nonBreaking)
    #expect(figure.body.contains("<small>no sample</small>") && figure.body.contains("<small>within noise</small>"))
    #expect(figure.alt.contains("320%ms faulty, 190%ms fixed, 59%% of it.".nonBreaking))
    #expect(
      figure.alt.hasSuffix(
        "The largest saving is in malloc: 70%ms%±%50 before, below 30%ms after. ".nonBreaking
          + "Unchanged within noise: free."))
    #expect(figure.body.components(separatedBy: "<s></s>").count - 1 == 4, "a round itself has no whisker")
  }

  @Test("A pair's call-out says what the fix saves of the row, and that it is noise where it may be")
  func pairsCallRowsOut() throws {
    func draw(_ callout: String) throws -> Figure {
      var options = FigureOptions()
      (options.function, options.callout, options.says) = ("malloc|free", callout, "no more.")
      return try FigureKind.pair.draw(
        FigureInput(
          capture("faulty", "cpu"), compared: capture("fixed", "cpu"), captures: captures, options: options))
    }
    let malloc = try draw("malloc")
    // 70 ms ± 50 before, and after 3 of 19 samples at the most, of 190 ms.
    #expect(malloc.body.contains("<b>−70%ms%±%50 a round</b> in <code>malloc</code><br/>no more.".nonBreaking))
    #expect(malloc.alt.hasSuffix("Called out: −70%ms%±%50 a round in malloc.".nonBreaking))
    #expect(malloc.body.components(separatedBy: "pair-row c").count == 2)
    #expect(try draw("free").body.contains("a round, within noise</b> in <code>free"))
    #expect(throws: FigureError.calloutNotShown(name: "memcpy")) { try draw("memcpy") }
  }

  @Test("Waits can be compared for one reason, processor time cannot")
  func pairsOfOneReason() throws {
    func capture(_ variant: String, _ wait: Int64) throws -> Capture {
      var builder = ProfileBuilder("contentions/count", "delay/nanoseconds")
      builder.add("main;post", 4, wait, labels: ["waits": ["Mutex"]])
      builder.add("main;next", 9, 900_000_000, labels: ["waits": ["read"]])
      return Capture(builder.profile, provenance: try self.capture(variant, "cpu").provenance)
    }
    var options = FigureOptions()
    (options.function, options.tagFocus) = ("post", "Mutex")
    let pair = try FigureKind.pair.draw(
      FigureInput(
        capture("faulty", 50_000_000), compared: capture("fixed", 5_000_000), captures: captures, options: options))
    #expect(pair.table.rows[0] == ["in all", "50%ms".nonBreaking, "5%ms".nonBreaking, "10%%".nonBreaking])
    #expect(throws: FigureError.self) {
      try FigureKind.pair.draw(
        FigureInput(
          self.capture("faulty", "cpu"), compared: self.capture("fixed", "cpu"), captures: captures, options: options))
    }
  }

  @Test("A chart of growth has the uncounted round on grey, and names what grows where nothing else is")
  func growth() throws {
    let figure = try FigureKind.growth.draw(FigureInput(capture("faulty", "heap-5"), captures: captures))
    #expect(figure.alt == "What keep allocated grows by 3.8%MB a round. Nothing else does.".nonBreaking)
    #expect(figure.body.components(separatedBy: "<rect class=\"first\"").count == 2)
    // A hollow dot for each place, and one in the key.
    #expect(figure.body.components(separatedBy: "dot uncounted").count - 1 == 3)
    #expect(figure.body.contains(">keep</text>") && figure.body.contains(">a round: grows</text>"))
    #expect(figure.body.contains("a line is fitted to rounds 2 to 5;"))
    #expect(figure.table.rows.map { $0.last } == ["grows", "no growth beyond noise"])
  }

  @Test("Whiskers are as long as the error, and end within the axes")
  func growthIsWhole() throws {
    // The last whisker is higher than the highest dot, and than the line that is fitted.
    let suspect = GrowthReport.Suspect(
      function: "keep", values: [4, 8, 12, 17, 20], errors: [3, 5, 6, 8, 9], slope: 4.1, slopeError: 0.2, middle: 14.3,
      rises: 4)
    var out = Markup()
    GrowthChart([suspect], rounds: 5, unit: "bytes").paint(into: &out)
    let ends = out.string.matches(of: #/class="whisker" d="M[0-9.]+ [0-9.]+L[0-9.]+ ([0-9.]+)"/#).map { Double($0.1) }
    #expect(ends.count == 5)
    for end in ends { #expect(end.map { $0 >= 26 } == true) }
    // On an axis to 30, 178 points high: 20 and 9 more.
    let last = try #require(ends.last ?? nil)
    #expect((31.5...32.5).contains(last), "\(204 - 178 * 29.0 / 30)")
  }

  @Test(arguments: [
    (36.2, ["0", "10", "20", "30", "40"]), (5.0, ["0", "1", "2", "3", "4", "5"]),
    (1.1, ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]),
  ]) func axesEndAtRoundNumbers(highest: Double, labels: [String]) {
    let axis = ValueAxis(highest: highest * 1_048_576, unit: "bytes")
    #expect(axis.unit == "MB" && axis.ticks.map(\.label) == labels && axis.end >= highest * 1_048_576)
    #expect(ValueAxis(highest: 0, unit: "bytes").end > 0)
  }
}

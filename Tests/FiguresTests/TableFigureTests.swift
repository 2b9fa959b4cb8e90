import Pprof
import TestSupport
import Testing

@testable import Figures

@Suite struct TableFigureTests {
  private static let source = (1...90).map { $0 == 33 ? "\tlet n = a < b && c > 0 // é" : "    line\($0)" }

  private func draw(
    _ kind: FigureKind, _ profile: Profile, baseline: Profile? = nil, _ items: [(name: String, value: String)] = []
  ) throws -> Figure {
    let options = try FigureOptions(items)
    return try kind.draw(
      FigureInput(profile: profile, baseline: baseline, options: options) {
        $0 == "RecordBatch.swift" ? Self.source.joined(separator: "\n") : nil
      })
  }

  @Test func paintsTop() throws {
    let figure = try draw(.top, .kafka, [("title", "Top <5>"), ("nodecount", "5")])
    #expect(Golden.difference(figure.body, "top.html") == nil)
    #expect(figure.table.rows.count == 5)
    let (half, most) = ("50%%%±%17".nonBreaking, "81%%%±%14".nonBreaking)
    #expect(figure.table.rows.first == ["RecordBatch.decode(from:)", "160ms", half, half, "260ms", most])
  }

  @Test func paintsTopOfADifference() throws {
    let figure = try draw(.top, .kafkaFixed, baseline: .kafka)
    #expect(Golden.difference(figure.body, "top-difference.html") == nil)
  }

  @Test("Rows that are named beside the list stand below it, with their place")
  func keepsWhatIsNamedBelowTheList() throws {
    var options = try FigureOptions([("nodecount", "2")])
    options.kept = [["read"], ["RecordBatch.decode(from:)"], ["FetchResponse.decode(from:)"]]
    let figure = try FigureKind.top.draw(FigureInput(profile: .kafka, options: options))
    #expect(
      figure.functions == ["RecordBatch.decode(from:)", "malloc", "read", "FetchResponse.decode(from:)"])
    #expect(figure.body.contains("further down the list"))
    #expect(figure.body.contains("<code>read</code> <small>number 3</small>"))
    let eighth = "13%%%±%11".nonBreaking
    #expect(figure.table.rows[2] == ["read, number 3", "40ms", eighth, "", "40ms", eighth])
    // What has nothing itself shares the first of the last places, as claims count it.
    #expect(figure.body.contains("<code>FetchResponse.decode(from:)</code> <small>number 6</small>"))
    options.kept = [["malloc"]]
    #expect(try !FigureKind.top.draw(FigureInput(profile: .kafka, options: options)).body.contains("further down"))
  }

  @Test("A row is called out where it stands, also below the list")
  func callsRowsOut() throws {
    let options = try FigureOptions([("view", "top"), ("nodecount", "2"), ("callout", "read"), ("says", "waits.")])
    let figure = try FigureKind.top.draw(FigureInput(profile: .kafka, options: options))
    #expect(figure.body.contains("<tr class=\"c\"><th scope=\"row\"><code>read</code> <small>number 3</small>"))
    #expect(figure.body.contains("<b>13%%%±%11</b> in <code>read</code><br/>waits.</p>".nonBreaking))
  }

  @Test("Of what a function is called by and calls, one is called out with its share of that")
  func callsCallsOut() throws {
    func body(_ callout: String) throws -> String {
      try draw(.peek, .kafka, [("function", "RecordBatch.decode(from:)"), ("callout", callout)]).body
    }
    let callee = try body("Dictionary*")
    #expect(callee.components(separatedBy: "<tr class=\"call c\">").count == 2)
    #expect(
      callee.contains("<b>27%%%±%17 of it</b> in <code>Dictionary&lt;String".nonBreaking))
    // The function that is looked at comes before any call of its name.
    let itself = try body("RecordBatch.decode")
    #expect(itself.contains("<tr class=\"self c\">") && !itself.contains("call c"))
    #expect(itself.contains("<b>81%%%±%14</b> in <code>RecordBatch.decode</code>".nonBreaking))
  }

  @Test("Of the lines with a text the costliest is called out, whole or in a difference")
  func callsLinesOut() throws {
    let items = [
      (name: "function", value: "decode"), (name: "callout", value: "line3"), (name: "says", value: "rows."),
    ]
    let figure = try draw(.source, .kafka, items)
    // 33 costs more, but has another text; of the rest 35 does.
    #expect(figure.body.components(separatedBy: " c\"><td").count == 2)
    #expect(figure.body.contains(#/ c"><td class="num">50ms<\/td><td class="num">50ms<\/td><td class="num">35</#))
    #expect(figure.body.contains("in <code>line3</code><br/>rows.</p>"))
    #expect(try draw(.source, .kafkaFixed, baseline: .kafka, items).alt.contains("Called out: "))
  }

  @Test("Changes have their signs in every table")
  func signsOfChanges() throws {
    for (kind, function) in [(FigureKind.top, nil), (.peek, "decode"), (.source, "decode")] {
      let items = function.map { [(name: "function", value: $0)] } ?? []
      let figure = try draw(kind, .kafkaFixed, baseline: .kafka, items)
      #expect(figure.body.contains("−50ms") && !figure.body.contains("-50ms"), "\(kind)")
    }
    #expect(try draw(.top, .kafkaFixed, baseline: .kafka).body.contains("+20ms <small>+6%%%±%9</small>".nonBreaking))
    #expect(
      try draw(.top, .kafkaFixed, baseline: .kafka).body.contains("Percent of all that was measured before, 320ms"))
  }

  @Test func paintsPeek() throws {
    let figure = try draw(.peek, .kafka, [("function", "RecordBatch.decode(from:)")])
    #expect(Golden.difference(figure.body, "peek.html") == nil)
    #expect(
      figure.alt == "RecordBatch.decode(from:) takes 260ms, 81%%%±%14 of all; 100%% of it called by ".nonBreaking
        + "FetchResponse.decode(from:); 27%%%±%17 of it goes to Dictionary<String, Header>.init(_:).".nonBreaking)
    #expect(figure.table.rows.count == 3)
  }

  @Test func paintsSource() throws {
    let figure = try draw(.source, .kafka, [("function", "RecordBatch.decode(from:)")])
    #expect(Golden.difference(figure.body, "source.html") == nil)
    #expect(figure.alt.hasSuffix("the most on line 33, 66%%%±%16: let n = a < b && c > 0 // é.".nonBreaking))
  }

  @Test func showsInlinedCallsUnderTheirLine() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add(
      [["main@main.swift:1"], ["RecordBatch.decode(from:)@RecordBatch.swift:33", "readVarint()@ByteBuffer.swift:4"]],
      values: [3])
    builder.add("main@main.swift:1;RecordBatch.decode(from:)@RecordBatch.swift:34", 2)
    let figure = try draw(.source, builder.profile, [("function", "decode")])
    let rows = figure.body.split(separator: "<tr")
    let line = try #require(rows.firstIndex { $0.contains("class=\"num\">33<") })
    #expect(rows[line + 1].contains("inlined") && rows[line + 1].contains("readVarint()"))
    #expect(rows[line + 1].contains(">3<"))
  }

  @Test func saysThatASourceIsMissing() throws {
    let figure = try draw(.source, .kafka, [("function", "Consumer.poll(timeout:)")])
    #expect(figure.body.contains("The source is not at hand"))
    #expect(xmlError(figure.body) == nil)
  }

  @Test func needsAFunctionThatIsThere() {
    #expect(throws: FigureError.noFunctionNamed(kind: .peek)) { try draw(.peek, .kafka) }
    #expect(throws: FigureError.functionNotFound(pattern: "nobody")) {
      try draw(.source, .kafka, [("function", "nobody")])
    }
    #expect(throws: FigureError.functionNotFound(pattern: "decode()")) {
      try draw(.peek, .kafka, [("function", "decode()")])
    }
  }

  @Test func isWellFormedWhateverTheNames() throws {
    for profile in [Profile.hostile, .full, .recursion(depth: 1_000)] {
      for (kind, items) in [(FigureKind.top, []), (.peek, [("function", ".")]), (.source, [("function", ".")])] {
        let figure = try draw(kind, profile, items.map { (name: $0.0, value: $0.1) })
        #expect(xmlError(figure.body) == nil)
        #expect(xmlError(figure.table.html) == nil)
        #expect(!figure.body.contains("<script"))
      }
    }
  }

  @Test func drawsNothingMeasured() throws {
    let figure = try draw(.top, Profile(sampleTypes: [ValueType(type: "cpu", unit: "nanoseconds")]))
    #expect(figure.alt == "A table without rows: nothing was measured.")
    #expect(xmlError(figure.body) == nil)
  }
}

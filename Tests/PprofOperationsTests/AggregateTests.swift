import Pprof
import PprofOperations
import Testing
import TestSupport

@Suite struct AggregateTests {
  private let profile: Profile

  init() {
    var builder = ProfileBuilder("samples/count")
    builder.add([["main@main.swift:1"], ["outer@a.swift:7", "inner@b.swift:9"]], values: [1])
    builder.profile.locations[0].lines[0].column = 3
    profile = builder.profile
  }

  private func aggregated(_ granularity: Granularity, inlineFrames: Bool = true, columns: Bool = false) -> Profile {
    var result = profile
    result.aggregate(by: granularity, inlineFrames: inlineFrames, columns: columns)
    return result
  }

  /// The inlined frame as name, file, line, column and address.
  private func innermost(_ profile: Profile) -> String {
    let location = profile.locations[0]
    let line = location.lines[0]
    let function = profile.functions[line.function]
    return "\(function.name) \(function.filename):\(line.line):\(line.column) \(location.address)"
  }

  @Test(arguments: [
    (Granularity.functions, "inner :0:0 0"), (.filefunctions, "inner b.swift:0:0 0"), (.files, " b.swift:0:0 0"),
    (.lines, "inner b.swift:9:0 0"), (.addresses, "inner b.swift:9:3 4096"),
  ])
  func keepsWhatTheGranularityTellsApart(granularity: Granularity, expected: String) {
    #expect(innermost(aggregated(granularity)) == expected)
  }

  @Test func columnsOnRequestAndOnlyWithLines() {
    #expect(innermost(aggregated(.lines, columns: true)) == "inner b.swift:9:3 0")
    #expect(innermost(aggregated(.functions, columns: true)) == "inner :0:0 0")
  }

  @Test func withoutInlinedFramesTheOutermostRemains() {
    let result = aggregated(.addresses, inlineFrames: false)
    #expect(result.foldedStacks == ["main;outer: 1"])
    #expect(innermost(result) == "outer a.swift:7:0 4096")
    #expect(!result.mappings[0].hasInlineFrames && result.mappings[0].hasFunctions)
  }

  @Test func mappingsSayWhatIsLeft() {
    let mapping = aggregated(.files).mappings[0]
    #expect(!mapping.hasFunctions && mapping.hasFilenames && !mapping.hasLineNumbers && mapping.hasInlineFrames)
  }
}

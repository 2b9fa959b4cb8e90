import Analysis
import ExecutionTrace
import Profiling
import ScenarioRunning
import Testing

@testable import Scenarios

/// What a trace tells of scenarios is what is known of them without one.
@Suite(.serialized, .enabled(if: Trace.isSupported))
struct ScenarioTraceTests {
  private func summary(
    of scenario: Scenario, _ variant: Scenario.Variant, _ given: [String: Int]
  ) async throws -> (summary: TraceSummary, truth: [String: Double]) {
    let program = try scenario.program(variant, Arguments(given, for: scenario))
    try Trace.start()
    let outcome = try await program.round()
    let trace = try Trace.stop().trace()
    let truth = Dictionary(uniqueKeysWithValues: outcome.truth.map { ($0.name, $0.value) })
    return (TraceSummary(trace, in: try TraceWindow(of: trace)), truth)
  }

  @Test("As many tasks are made and end as the sort divides lists, in both variants")
  func mergeSort() async throws {
    for (variant, expected) in [(Scenario.Variant.faulty, 2 * 2_999), (.fixed, 14)] {
      let (summary, truth) = try await summary(
        of: MergeSort.scenario, variant, ["elements": 3_000, "threshold": 500])
      #expect(truth["tasks"] == Double(expected))
      let made = summary.families.filter { $0.function.hasPrefix("sort(_:") }
      #expect(made.reduce(0) { $0 + $1.made } == expected && made.reduce(0) { $0 + $1.ended } == expected)
      #expect(summary.lostEvents == 0)
    }
  }

  @Test("Each request has a region of each kind, and each hundred a user task")
  func fibonacci() async throws {
    let (summary, _) = try await summary(of: FibonacciRegions.scenario, .faulty, ["requests": 250])
    let regions = Dictionary(uniqueKeysWithValues: summary.regions.map { ($0.name, $0.times.count) })
    #expect(regions == ["fibonacci": 250, "store": 250])
    #expect(summary.userTasks.map(\.name) == ["batch"] && summary.userTasks[0].times.count == 3)
  }
}

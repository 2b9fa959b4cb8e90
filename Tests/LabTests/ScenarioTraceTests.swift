import Analysis
import ExecutionTrace
import Profiling
import ScenarioRunning
import TestSupport
import Testing

/// What a trace tells of scenarios is what is known of them without one.
@Suite(.serialized, .enabled(if: Trace.isSupported))
struct ScenarioTraceTests {
  private func summary(
    of scenario: String, _ variant: String, _ settings: String...
  ) throws -> (summary: TraceSummary, truth: [String: Double]) {
    let folder = try TemporaryFolder()
    let file = folder.file("t.trace")
    let result = try LabCommand.start(
      ["run", scenario, "--variant", variant, "--profile", "trace", "-o", file] + settings.flatMap { ["--set", $0] }
    ).finish()
    try #require(result.status == 0, "\(result.errors)")
    let capture = try CaptureStore.read(CaptureFiles(named: file))
    let truth = Dictionary(uniqueKeysWithValues: capture.provenance.truth.map { ($0.name, $0.value) })
    let trace = try #require(capture.trace)
    return (TraceSummary(trace, in: try TraceWindow(of: trace)), truth)
  }

  @Test("As many tasks are made and end as the sort divides lists", arguments: [("faulty", 2 * 2_999), ("fixed", 14)])
  func mergeSort(variant: String, expected: Int) throws {
    let (summary, truth) = try summary(of: "merge-sort", variant, "elements=3000", "threshold=500")
    #expect(truth["tasks"] == Double(expected))
    let made = summary.families.filter { $0.function.hasPrefix("sort(_:") }
    #expect(made.reduce(0) { $0 + $1.made } == expected && made.reduce(0) { $0 + $1.ended } == expected)
    #expect(summary.lostEvents == 0)
  }

  @Test("Each request has a region of each kind, and each hundred a user task")
  func fibonacci() throws {
    let (summary, _) = try summary(of: "fibonacci-regions", "faulty", "requests=250")
    let regions = Dictionary(uniqueKeysWithValues: summary.regions.map { ($0.name, $0.times.count) })
    #expect(regions == ["fibonacci": 250, "store": 250])
    #expect(summary.userTasks.map(\.name) == ["batch"] && summary.userTasks[0].times.count == 3)
  }
}

import Foundation
import Pprof
import Profiling
import Testing

/// Labels on samples, against what each labelled part measured of itself.
@Suite(.serialized) struct LabelTests {
  @Test(.promptSignals) func labelsFollowTheirTasksAndNobodyElse() throws {
    // A machine under load delivers signals late; what is systematic shows in every one of three runs.
    var misses: [String] = []
    for _ in 0..<3 {
      let run = try ProfiledRun("labels", hertz: 250)
      try #require(run.status == 0)
      let profile = try #require(run.profile)
      #expect(!profile.comments.contains { $0.contains("labels of tasks are off") })
      #expect(profile.functions.allSatisfy { !$0.name.hasPrefix("withLabels") })
      misses = Self.misses(run)
      if misses.isEmpty { break }
    }
    #expect(misses.isEmpty)
  }

  /// The label sets whose time differs from what the program clocked.
  private static func misses(_ run: ProfiledRun) -> [String] {
    let truths: [([String: String], Int)] = [
      (["client": "sync", "kind": "inner"], run.fact("client=sync")),
      (["client": "async", "part": "a"], run.fact("part=a")),
      (["client": "async"], run.fact("inherited") + run.fact("unstructured")),
      (["client": "async", "part": "g0"], 100_000_000), (["client": "async", "part": "g1"], 100_000_000),
      (["client": "thread"], 100_000_000), ([:], run.fact("detached") + run.fact("unlabelled")),
    ]
    return truths.compactMap { labels, truth in
      let time = run.time { sample, _ in sample.labels == labels.mapValues { [$0] } }
      // One period at either end of each stretch, and a kernel's tick.
      return abs(time - truth) <= 16_000_000 ? nil : "\(labels): \(time) ns, truly \(truth)"
    }
  }

  /// Profiles say so, synchronous code has its labels all the same, and the program is unharmed.
  @Test(.heapProfiler) func whereTheRuntimeIsUnknownLabelsOfTasksAreOff() throws {
    let program = URL(fileURLWithPath: ProfiledRun.program).deletingLastPathComponent()
      .appendingPathComponent("UnknownLayout").path
    let run = try ProfiledRun("", program: program)
    #expect(run.status == 0)
    #expect(run.complaint == "")
    let expected = [
      "version": "1000", "tasks": "\(ProfilingError.unknownTaskLayout)", "sync": "7", "async": "7",
      "thrown": "Failure()", "cpu-says": "1", "heap-says": "1", "cpu-labels": "sync", "heap-labels": "sync",
    ]
    #expect(run.facts == expected.mapValues { [$0] })
  }

  @Test func bodiesGetTheirResultsAndErrorsThrough() async throws {
    struct Failure: Error {}
    #expect(withLabels(["a": "1"]) { 7 } == 7)
    let value = await withLabels(["a": "1"]) { await Task { 7 }.value }
    #expect(value == 7)
    #expect(throws: Failure.self) { try withLabels(["a": "1"]) { throw Failure() } }
    await #expect(throws: Failure.self) {
      try await withLabels(["a": "1"]) {
        await Task.yield()
        throw Failure()
      }
    }
  }
}

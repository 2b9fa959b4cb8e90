import Pprof
import Profiling
import Testing

/// Labels on samples, against what each labelled part measured of itself.
@Suite(.serialized) struct LabelTests {
  @Test func labelsFollowTheirTasksAndNobodyElse() throws {
    let run = try ProfiledRun("labels", hertz: 250)
    try #require(run.status == 0)
    func time(_ labels: [String: String]) -> Int {
      run.time { sample, _ in sample.labels == labels.mapValues { [$0] } }
    }
    func expect(_ labels: [String: String], _ truth: Int) {
      // One period at either end of each stretch, and a kernel's tick.
      #expect(abs(time(labels) - truth) <= 16_000_000, "\(labels): \(time(labels)) ns, truly \(truth)")
    }
    expect(["client": "sync", "kind": "inner"], run.fact("client=sync"))
    expect(["client": "async", "part": "a"], run.fact("part=a"))
    expect(["client": "async"], run.fact("inherited") + run.fact("unstructured"))
    expect(["client": "async", "part": "g0"], 100_000_000)
    expect(["client": "async", "part": "g1"], 100_000_000)
    expect(["client": "thread"], 100_000_000)
    expect([:], run.fact("detached") + run.fact("unlabelled"))
    let profile = try #require(run.profile)
    #expect(!profile.comments.contains { $0.contains("labels of tasks are off") })
    #expect(profile.functions.allSatisfy { !$0.name.hasPrefix("withLabels") })
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

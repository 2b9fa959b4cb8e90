import ExecutionTrace
import TestSupport
import Testing

@testable import Analysis

/// Who reads from the middle tells the same as who reads from the start.
@Suite struct TraceCheckpointsTests {
  private func expectSame(_ one: TraceSummary, _ other: TraceSummary) {
    #expect(one.window == other.window && one.events == other.events && one.lostEvents == other.lostEvents)
    #expect(one.made == other.made && one.ended == other.ended && one.live == other.live && one.older == other.older)
    #expect(one.utilisation == other.utilisation && one.irregularities.counts == other.irregularities.counts)
    #expect(one.liveTasks == other.liveTasks && one.readyTasks == other.readyTasks)
    #expect(one.families == other.families && one.all == other.all && one.threads == other.threads)
    #expect(one.executors == other.executors && one.regions == other.regions && one.jobs == other.jobs)
    #expect(one.calls == other.calls && one.longestRuns == other.longestRuns && one.longestGap == other.longestGap)
    #expect(one.findings == other.findings)
  }

  @Test("Every window of any program tells the same from a checkpoint", arguments: 0..<20 as Range<UInt64>)
  func windows(seed: UInt64) throws {
    let program = SimulatedProgram(seed: seed, steps: 400, allowsTies: seed.isMultiple(of: 2))
    let trace = program.trace
    let checkpoints = try TraceCheckpoints(of: trace, every: 40, perTask: 0)
    #expect(checkpoints.last(before: program.duration) != nil)
    expectSame(checkpoints.summary, TraceSummary(trace, in: try TraceWindow(of: trace)))
    var random = SeededGenerator(seed: seed)
    for _ in 0..<10 {
      let start = Int64.random(in: 0..<program.duration, using: &random)
      let window = try TraceWindow(
        of: trace, start: start, length: Int64.random(in: 1...program.duration, using: &random))
      expectSame(
        TraceSummary(trace, in: window, from: checkpoints), TraceSummary(trace, in: window))
      let (one, other) = (TraceTimeline(trace, in: window, from: checkpoints), TraceTimeline(trace, in: window))
      #expect(one.rows == other.rows && one.wakeups == other.wakeups && one.counters == other.counters)
      for kind in TraceProfile.allCases {
        #expect(
          kind.profile(of: trace, in: window, from: checkpoints).samples == kind.profile(of: trace, in: window).samples)
      }
    }
  }

  @Test("What begins at a window's first moment is in it, wherever one reads from")
  func firstMoment() throws {
    var trace = SmallTrace(threads: 1)
    for number in 1...9 {
      trace.make(UInt64(number), at: Int64(number) * 10, by: "f()")
      trace.run(UInt64(number), at: Int64(number) * 10, thread: 0)
      trace.end(UInt64(number), at: Int64(number) * 10, thread: 0)
    }
    let made = trace.builder.trace()
    let checkpoints = try TraceCheckpoints(of: made, every: 1, perTask: 0)
    for start in stride(from: Int64(10), through: 70, by: 10) {
      let window = try TraceWindow(of: made, start: start, length: 10)
      let summary = TraceSummary(made, in: window, from: checkpoints)
      #expect(summary.made == 1 && summary.ended == 1 && summary.all.runs.count == 1, "\(start)")
    }
  }

  @Test("Each finding has its place: where its gravest case is")
  func places() throws {
    var trace = SmallTrace(threads: 2)
    trace.make(1, at: 0, by: "short()")
    trace.run(1, at: 0, thread: 0)
    trace.end(1, at: 1_200_000_000, thread: 0)
    trace.make(2, at: 2_000_000_000, by: "short()")
    trace.run(2, at: 2_000_000_000, thread: 1)
    trace.end(2, at: 4_000_000_000, thread: 1)
    let checkpoints = try TraceCheckpoints(of: trace.builder.trace())
    let place = zip(checkpoints.summary.findings, checkpoints.places.places).first { $0.0.kind == .neverSuspends }?.1
    #expect(place == .init(start: 2_000_000_000, length: 2_000_000_000))
  }
}

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
    let checkpoints = try TraceCheckpoints(of: trace, every: 40, perCopy: 0)
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

  @Test("The timeline that is there after reading is what reading again gives", arguments: 0..<10 as Range<UInt64>)
  func timeline(seed: UInt64) throws {
    let program = SimulatedProgram(seed: seed, steps: 400, allowsTies: seed.isMultiple(of: 2))
    let trace = program.trace
    let window = try TraceWindow(of: trace)
    for columns in [1, 7, 100, 1_000] {
      let checkpoints = try TraceCheckpoints(of: trace, columns: columns)
      #expect(checkpoints.timeline != nil)
      // More rows than threads, and fewer: then it is read again.
      for rows in [16, 1] {
        let one = TraceTimeline(trace, in: window, columns: columns, rows: rows, from: checkpoints)
        let other = TraceTimeline(trace, in: window, columns: columns, rows: rows)
        #expect(one.rows == other.rows && one.parts == other.parts && one.families == other.families)
        #expect(one.live == other.live && one.ready == other.ready && one.running == other.running)
        #expect(one.wakeups == other.wakeups && one.wakeupCount == other.wakeupCount)
        #expect(one.counters == other.counters && one.hidden == other.hidden)
        #expect(
          one.longestRun == other.longestRun && one.longestGap == other.longestGap
            && one.longestStay == other.longestStay)
      }
    }
    #expect(try TraceCheckpoints(of: trace).timeline == nil)
  }

  @Test("Threads have the same lanes whether all are followed or those alone that have rows")
  func rows() throws {
    for seed in 0..<10 as Range<UInt64> {
      let trace = SimulatedProgram(seed: seed, steps: 400, allowsTies: false).trace
      let window = try TraceWindow(of: trace)
      let all = TraceTimeline(trace, in: window, columns: 50, rows: 16)
      let few = TraceTimeline(trace, in: window, columns: 50, rows: max(trace.threads.count - 1, 1))
      for row in few.rows { #expect(all.rows.contains(row), "\(seed)") }
      #expect(few.rows.count <= all.rows.count && few.families == all.families)
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
    let checkpoints = try TraceCheckpoints(of: made, every: 1, perCopy: 0)
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

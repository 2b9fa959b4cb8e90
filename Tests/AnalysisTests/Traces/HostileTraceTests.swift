import TestSupport
import Testing

@testable import Analysis
@testable import ExecutionTrace

/// Traces that no recorder would write.
@Suite struct HostileTraceTests {
  private func irregularities(_ events: TraceEvent...) throws -> [TraceIrregularities.Kind: Int] {
    var trace = TraceBuilder(duration: 100).trace()
    trace.threads = [TraceThread(id: 1), TraceThread(id: 2)]
    trace.source = .listed(events)
    let summary = TraceSummary(trace, in: try TraceWindow(of: trace))
    #expect(summary.live == summary.made + summary.older - summary.ended)
    return summary.irregularities.counts
  }

  @Test("What does not follow is counted, by what is wrong with it, and read on from")
  func wrongSequences() throws {
    let made = TraceEvent(.taskMade, at: 1, task: 5), runs = TraceEvent(.taskRuns, at: 2, task: 5)
    #expect(try irregularities(made, TraceEvent(.taskEnds, at: 3, task: 5)) == [.endsWithoutRun: 1])
    #expect(try irregularities(made, made, runs) == [.madeTwice: 1])
    #expect(try irregularities(made, runs, TraceEvent(.taskRuns, at: 3, thread: 1, task: 5)) == [.runsTwice: 1])
    #expect(try irregularities(runs, TraceEvent(.taskRuns, at: 3, task: 6)) == [.runsOver: 1])
    #expect(try irregularities(runs, made) == [.timeGoesBack: 1, .madeTwice: 1])
    #expect(try irregularities(made, TraceEvent(.taskSuspends, at: 3, task: 5)) == [.runsNot: 1])
    #expect(try irregularities(made, TraceEvent(.taskNests, at: 3, task: 5)) == [.runsNot: 1])
    #expect(try irregularities(made, TraceEvent(.taskRunsOn, at: 3, task: 5)) == [.runsNot: 1])
    #expect(try irregularities(TraceEvent(.taskRuns, at: 1)) == [.noTask: 1])
    #expect(try irregularities(TraceEvent(.taskRuns, at: 1, thread: 2, task: 5)) == [.noThread: 1])
    #expect(try irregularities(TraceEvent(.taskRuns, at: 1, thread: -1, task: 5)) == [.noThread: 1])
    #expect(try irregularities(TraceEvent(.jobEnds, at: 1, other: 9)) == [.endsAlone: 1])
    #expect(try irregularities(TraceEvent(.callReturns, at: 1)) == [.endsAlone: 1])
    #expect(try irregularities(TraceEvent(.regionEnds, at: 1, index: 3)) == [.endsAlone: 1])
    #expect(try irregularities(TraceEvent(.userTaskEnds, at: 1, other: 3)) == [.endsAlone: 1])
    #expect(try irregularities(TraceEvent(.actorReleased, at: 1, task: 5)) == [.leavesAlone: 1])
    let ready = TraceEvent(.taskRunnable, at: 1, task: 5)
    #expect(try irregularities(made, ready, ready) == [.readyTwice: 1])
    #expect(try irregularities(made, ready, runs, TraceEvent(.taskEnds, at: 3, task: 5)) == [:])
  }

  @Test("A task that ran twice at once runs on the thread that came last")
  func runsTwice() throws {
    var trace = SmallTrace(threads: 2)
    trace.make(1, at: 0, by: "f()")
    trace.run(1, at: 0, thread: 0)
    trace.run(1, at: 40, thread: 1)
    trace.end(1, at: 100, thread: 1)
    let summary = try trace.summary(until: 100)
    #expect(summary.threads.map(\.running) == [40, 60] && summary.all.running.sum == 100)
    #expect(summary.all.runs.count == 2)
  }

  @Test("What a thread did while events were lost is unknown: neither a run nor a gap")
  func lostEvents() throws {
    var trace = SmallTrace(threads: 1)
    trace.make(1, at: 0, by: "f()")
    trace.run(1, at: 10, thread: 0)
    trace.builder.append(TraceEvent(.log, at: 30, thread: 0))
    trace.builder.append(TraceEvent(.lost, at: 80, thread: 0, value: 7))
    trace.run(1, at: 90, thread: 0)
    trace.end(1, at: 100, thread: 0)
    let summary = try trace.summary(until: 100)
    #expect(summary.lostEvents == 7 && summary.irregularities.total == 0)
    #expect(summary.threads.map(\.running) == [30] && summary.threads.map(\.missing) == [50])
    let built = trace.builder.trace()
    let timeline = TraceTimeline(built, in: try TraceWindow(of: built), columns: 10)
    #expect(timeline.rows[0].lanes[0].bars.map(\.part) == [.running(0), .missing, .running(0)])
    #expect(timeline.rows[0].lanes[0].bars.map(\.to) == [3, 8, 10])
  }

  @Test("No order of events traps, and what is counted adds up", arguments: 0..<300 as Range<UInt64>)
  func anything(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var trace = TraceBuilder(duration: 10_000, processors: 2).trace()
    trace.processors = seed.isMultiple(of: 5) ? Int.random(in: .min ... .max, using: &random) : 2
    trace.threads = (0..<3).map { TraceThread(id: $0) }
    trace.executors =
      seed.isMultiple(of: 7) ? [] : [TraceExecutor(.global), TraceExecutor(.main), TraceExecutor(.defaultActor)]
    trace.stacks = [TraceStack(), TraceStack(frames: [TraceFrame(function: "f()")]), TraceStack(addresses: [9])]
    trace.texts = ["", "a"]
    trace.labelSets = [[], [TraceLabel(key: "k", value: "v")]]
    let isWild = seed.isMultiple(of: 3)
    func number(_ range: ClosedRange<Int64>) -> Int64 {
      isWild && Int.random(in: 0..<20, using: &random) == 0
        ? [.min, .max, -1, 1 << 40].randomElement(using: &random) ?? 0 : Int64.random(in: range, using: &random)
    }
    var time: Int64 = 0
    let events = (0..<600).map { _ in
      time = isWild ? number(0...10_000) : time + Int64.random(in: 0...30, using: &random)
      return TraceEvent(
        TraceEvent.Kind.allCases.randomElement(using: &random) ?? .log, at: time,
        thread: Int32(truncatingIfNeeded: number(0...3)), task: UInt64(bitPattern: number(0...6)),
        other: UInt64(bitPattern: number(0...6)), executor: Int32(truncatingIfNeeded: number(0...3)),
        index: UInt32(truncatingIfNeeded: number(0...3)), value: number(0...50),
        reason: ExecutionTrace.WaitReason.allCases.randomElement(using: &random) ?? .other)
    }
    trace.source = .listed(events)
    for window in [try TraceWindow(of: trace), try TraceWindow(of: trace, start: 3_000, length: 500)] {
      let summary = TraceSummary(trace, in: window)
      #expect(summary.live == summary.made + summary.older - summary.ended)
      #expect(summary.utilisation.timeByRunning.reduce(0, +) == window.length)
      #expect(summary.utilisation.share <= 1 && summary.utilisation.idleShare <= 1)
      #expect(summary.threads.allSatisfy { $0.running + $0.blocked <= window.length })
      _ = TraceSummary(trace, in: window, label: "k")
      _ = RegionReport(summary)
      for grouping in TraceTimeline.Grouping.allCases {
        let timeline = TraceTimeline(trace, in: window, columns: 50, by: grouping)
        for row in timeline.rows {
          for stack in row.lanes.flatMap(\.stacks) {
            let sum: Double = stack.shares.map(\.share).reduce(0, +)
            #expect(sum < 1.000_001)
          }
        }
      }
    }
  }

  @Test("Nothing nests deeper than a stack could")
  func deepJobs() throws {
    var trace = TraceBuilder(duration: 100_000).trace()
    trace.threads = [TraceThread(id: 1)]
    trace.source = .listed((0..<20_000).map { TraceEvent(.jobRuns, at: Int64($0), other: UInt64($0)) })
    let summary = TraceSummary(trace, in: try TraceWindow(of: trace))
    #expect(summary.threads[0].depth == TracedThread.deepest && summary.irregularities.total > 0)
  }
}

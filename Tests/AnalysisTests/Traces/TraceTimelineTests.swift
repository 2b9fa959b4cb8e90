import ExecutionTrace
import TestSupport
import Testing

@testable import Analysis

@Suite struct TraceTimelineTests {
  typealias Part = TraceTimeline.Part

  /// By part, how much of each column is painted.
  private func painted(_ lanes: [TraceTimeline.Lane], columns: Int) -> [Part: [Double]] {
    var sums: [Part: [Double]] = [:]
    for lane in lanes {
      for bar in lane.bars {
        for column in Int(bar.from)..<columns where Double(column) < bar.to {
          let share = min(bar.to, Double(column + 1)) - max(bar.from, Double(column))
          sums[bar.part, default: Array(repeating: 0, count: columns)][column] += share
        }
      }
      for stack in lane.stacks {
        for (part, share) in stack.shares {
          sums[part, default: Array(repeating: 0, count: columns)][stack.column] += share
        }
      }
    }
    return sums
  }

  /// By part, how much of each column is true.
  private func truth(
    _ truths: [SimulatedProgram.Truth], _ window: TraceWindow, columns: Int, part: (SimulatedProgram.Truth) -> Part?
  ) -> [Part: [Double]] {
    var sums: [Part: [Double]] = [:]
    for truth in truths {
      guard let part = part(truth) else { continue }
      let perColumn = Double(window.length) / Double(columns)
      for column in 0..<columns {
        let from = max(Double(truth.from - window.start), Double(column) * perColumn)
        let to = min(Double(truth.to - window.start), Double(column + 1) * perColumn)
        if to > from {
          sums[part, default: Array(repeating: 0, count: columns)][column] += (to - from) / perColumn
        }
      }
    }
    return sums
  }

  private func expectSame(_ painted: [Part: [Double]], _ truth: [Part: [Double]], _ what: String) {
    #expect(Set(painted.keys) == Set(truth.keys), "\(what)")
    for (part, columns) in painted {
      for (column, share) in columns.enumerated() {
        let expected = truth[part]?[column] ?? 0
        #expect(abs(share - expected) < 1e-6, "\(what), \(part) in column \(column): \(share) for \(expected)")
      }
    }
  }

  @Test("What is painted of a part in a column is what it took of its time", arguments: 0..<30 as Range<UInt64>)
  func paintIsTime(seed: UInt64) throws {
    let program = SimulatedProgram(seed: seed &+ 70, steps: 300)
    let trace = program.trace
    let sites = program.siteOfTask
    var random = SeededGenerator(seed: seed)
    let start = Int64.random(in: 0..<program.duration / 2, using: &random)
    let windows = [
      try TraceWindow(of: trace), try TraceWindow(of: trace, start: start, length: program.duration / 3),
      try TraceWindow(of: trace, start: start, length: 37),
    ]
    for (window, columns) in zip(windows, [23, 40, 100]) {
      let threads = TraceTimeline(trace, in: window, columns: columns)
      func family(_ task: UInt64) -> Int { threads.families.firstIndex { $0.name == sites[task] } ?? 0 }
      #expect(threads.hidden.count == 0)
      for row in threads.rows {
        let number = threads.summary.threads.first { $0.name == row.name }?.number ?? -1
        let own = program.truths.filter { $0.thread == Int32(number) }
        let expected = truth(own, window, columns: columns) { truth in
          switch truth.kind {
          case .running: .running(family(truth.task))
          case .blocked: .blocked
          case .job: .job
          case .nesting: .nesting
          default: nil
          }
        }
        expectSame(painted(row.lanes, columns: columns), expected, row.name)
      }
      let tasks = TraceTimeline(trace, in: window, columns: columns, by: .task, rows: 1_000)
      #expect(tasks.rows.count == tasks.summary.all.running.count && tasks.hidden.count == 0)
      for row in tasks.rows {
        let id = UInt64(row.name.dropFirst(5)) ?? 0
        let expected = truth(program.truths.filter { $0.task == id && id != 0 }, window, columns: columns) { truth in
          switch truth.kind {
          case .running: .running(family(truth.task))
          case .blocked: .blocked
          case .nesting: .nesting
          case .ready: .ready
          case .queued: .queued
          case .waiting: .waiting
          case .unbegun: .unbegun
          default: nil
          }
        }
        expectSame(painted(row.lanes, columns: columns), expected, row.name)
      }
    }
  }

  /// Ten runs of 60 ns, one every 100 ns, and then one of 1,000 ns.
  private var comb: SmallTrace {
    var trace = SmallTrace(threads: 1)
    for number in 0..<10 {
      trace.make(UInt64(number + 1), at: 0, by: "short()")
      trace.run(UInt64(number + 1), at: Int64(number) * 100, thread: 0)
      trace.end(UInt64(number + 1), at: Int64(number) * 100 + 60, thread: 0)
    }
    trace.make(11, at: 0, by: "long()")
    trace.run(11, at: 1_000, thread: 0)
    trace.end(11, at: 2_000, thread: 0)
    return trace
  }

  @Test("Bars that are too many for a column become its shares, and a long one stays one")
  func sharesOfColumns() throws {
    let trace = comb.builder.trace()
    let few = TraceTimeline(trace, in: try TraceWindow(of: trace), columns: 4)
    let lane = few.rows[0].lanes[0]
    #expect(few.families.map(\.name) == ["long()", "short()"])
    #expect(lane.stacks.map(\.column) == [0, 1])
    #expect(lane.stacks.allSatisfy { $0.shares.count == 1 && abs($0.shares[0].share - 0.6) < 1e-9 })
    #expect(lane.bars == [.init(from: 2, to: 4, part: .running(0), family: 0)])
    let many = TraceTimeline(trace, in: try TraceWindow(of: trace), columns: 200)
    #expect(many.rows[0].lanes[0].bars.count == 11 && many.rows[0].lanes[0].stacks.isEmpty)
    #expect(many.longestRun?.from == 100 && many.longestRun?.to == 200 && many.longestRun?.name == "long()")
    #expect(many.longestGap?.start == 60 && many.longestGap?.end == 100)
  }

  @Test("Columns count what is so at a time: the mean and the most")
  func tracks() throws {
    let trace = comb.builder.trace()
    let timeline = TraceTimeline(trace, in: try TraceWindow(of: trace), columns: 2)
    #expect(timeline.running.peaks == [1, 1])
    #expect(abs(timeline.running.means[0] - 0.6) < 1e-9 && abs(timeline.running.means[1] - 1) < 1e-9)
    #expect(timeline.live.level.most == 11 && timeline.live.level.least == 1)
    #expect(timeline.live.peaks == [11, 1])
  }

  @Test("Of many threads and of many tasks those are shown that ran the longest, of a family its own")
  func chosenRows() throws {
    let trace = comb.builder.trace()
    let window = try TraceWindow(of: trace)
    let tasks = TraceTimeline(trace, in: window, by: .task, rows: 3)
    #expect(tasks.rows.map(\.name) == ["task 1", "task 2", "task 11"])
    #expect(tasks.hidden.count == 8 && tasks.hidden.running == 480)
    let short = TraceTimeline(trace, in: window, by: .task, rows: 20, family: FunctionName("short"))
    #expect(short.rows.count == 10 && short.families[0].name == "short()")
    var many = SmallTrace(threads: 5)
    for thread in 0..<5 {
      many.run(UInt64(thread + 1), at: 0, thread: Int32(thread))
      many.end(UInt64(thread + 1), at: Int64(10 * thread + 10), thread: Int32(thread))
    }
    let built = many.builder.trace()
    let two = TraceTimeline(built, in: try TraceWindow(of: built), rows: 2)
    #expect(two.rows.map(\.running) == [40, 50] && two.hidden.running == 60)
  }

  @Test("The longest stay in an actor is pointed at, by threads and by tasks, if it is long and others wait for it")
  func longestStay() throws {
    func stay(
      of milliseconds: Int64, waiters: UInt64, by grouping: TraceTimeline.Grouping
    ) throws -> TraceTimeline.Mark? {
      var trace = SmallTrace(threads: 2)
      let actor = trace.builder.executor(TraceExecutor(.defaultActor, typeName: "Shop", address: 1))
      trace.make(1, at: 0, by: "replace(_:)", executor: actor)
      trace.run(1, at: 2_000_000, thread: 1, executor: actor)
      for waiter in 0..<waiters { trace.make(waiter + 2, at: 3_000_000, by: "read()", executor: actor) }
      trace.end(1, at: (2 + milliseconds) * 1_000_000, thread: 1)
      trace.builder.append(TraceEvent(.log, at: 100_000_000))
      let built = trace.builder.trace()
      return TraceTimeline(built, in: try TraceWindow(of: built), columns: 100, by: grouping).longestStay
    }
    for grouping in TraceTimeline.Grouping.allCases {
      let mark = try #require(try stay(of: 40, waiters: 1, by: grouping))
      #expect(mark.row == 0 && mark.name == "Shop" && !mark.isCut)
      #expect(mark.start == 2_000_000 && mark.end == 42_000_000 && mark.from == 2 && mark.to == 42)
      #expect(try stay(of: 40, waiters: 0, by: grouping) == nil, "nobody waits")
      #expect(try stay(of: 9, waiters: 1, by: grouping) == nil, "it is short")
    }
  }

  @Test("A task within another lies below it")
  func nestedRuns() throws {
    var trace = SmallTrace(threads: 1)
    trace.run(1, at: 0, thread: 0)
    trace.builder.append(TraceEvent(.taskNests, at: 20, thread: 0, task: 1))
    trace.run(2, at: 20, thread: 0)
    trace.end(2, at: 60, thread: 0)
    trace.builder.append(TraceEvent(.taskRunsOn, at: 60, thread: 0, task: 1))
    trace.end(1, at: 100, thread: 0)
    let built = trace.builder.trace()
    let timeline = TraceTimeline(built, in: try TraceWindow(of: built), columns: 10)
    #expect(timeline.rows[0].lanes.count == 2)
    #expect(timeline.rows[0].lanes[0].bars.map(\.part) == [.running(0), .nesting, .running(0)])
    #expect(timeline.rows[0].lanes[1].bars == [.init(from: 2, to: 6, part: .running(0), family: 0)])
    #expect(timeline.running.peaks.max() == 1)
  }
}

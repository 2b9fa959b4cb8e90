import ExecutionTrace
import TestSupport
import Testing

@testable import Analysis

/// Against programs by lot, whose truth is noted while they run.
@Suite struct TraceSummaryTests {
  typealias Truth = SimulatedProgram.Truth

  private static func windows(of program: SimulatedProgram, seed: UInt64) throws -> [TraceWindow] {
    var random = SeededGenerator(seed: seed &+ 1_000)
    let trace = program.trace
    return try [TraceWindow(of: trace)]
      + (0..<6).map { _ in
        let start = Int64.random(in: 0..<program.duration, using: &random)
        return try TraceWindow(of: trace, start: start, length: Int64.random(in: 1...program.duration, using: &random))
      }
  }

  /// How long each of a kind was within a window.
  private func lengths(_ kind: Truth.Kind, _ program: SimulatedProgram, _ window: TraceWindow) -> [Int64] {
    program.truths.filter { $0.kind == kind && $0.meets(window) }.map { $0.clipped(window) }.sorted()
  }

  private func expectSame(_ times: Distribution, _ truth: [Int64], _ what: String) {
    #expect(times.count == truth.count, "\(what)")
    #expect(times.sum == truth.reduce(0, +), "\(what)")
    #expect(times.least == truth.first ?? 0 && times.greatest == truth.last ?? 0, "\(what)")
  }

  @Test("Every window of any program tells what is true of it", arguments: 0..<60 as Range<UInt64>)
  func windowsAreTrue(seed: UInt64) throws {
    let program = SimulatedProgram(seed: seed, steps: 400, allowsTies: seed.isMultiple(of: 2))
    let trace = program.trace
    let sites = program.siteOfTask
    for window in try Self.windows(of: program, seed: seed) {
      let summary = TraceSummary(trace, in: window)
      let all = summary.all
      #expect(summary.irregularities.total == 0, "\(summary.irregularities.sentences)")
      expectSame(all.ready, lengths(.ready, program, window), "ready")
      expectSame(all.queued, lengths(.queued, program, window), "queued")
      expectSame(all.blocked, lengths(.blocked, program, window), "blocked")
      var waiting = Distribution()
      for times in all.waiting.values { waiting.add(times) }
      expectSame(waiting, lengths(.waiting, program, window), "waiting")
      let runs = program.truths.filter { $0.kind == .run && $0.meets(window) }
      let onTop = runs.map { run in run.onTop.reduce(0) { $0 + Truth.clipped($1, window) } }
      expectSame(all.runs, onTop.sorted(), "runs")
      let held = summary.executors.first { $0.name == "Ledger" }
      expectSame(held?.held ?? Distribution(), lengths(.held, program, window), "held")
      var regions = Distribution()
      for region in summary.regions { regions.add(region.times) }
      expectSame(regions, lengths(.region, program, window), "regions")

      // Tasks, one by one, and by who made them.
      var byTask: [UInt64: Int64] = [:]
      for life in program.truths where life.kind == .life {
        if life.to >= window.start, life.from < window.end || window.isWhole { byTask[life.task] = 0 }
      }
      for truth in program.truths where truth.kind == .running || truth.kind == .blocked {
        byTask[truth.task]? += truth.clipped(window)
      }
      expectSame(all.running, byTask.values.sorted(), "tasks")
      for family in summary.families {
        let own = byTask.filter { sites[$0.key] == family.function }
        expectSame(family.running, own.values.sorted(), family.function)
      }

      // Threads, and how many ran at once.
      for thread in summary.threads {
        let own = program.truths.filter { $0.thread == Int32(thread.number) }
        let running = own.filter { $0.kind == .running || $0.kind == .job }.reduce(0) { $0 + $1.clipped(window) }
        #expect(thread.running == running)
        #expect(thread.blocked == own.filter { $0.kind == .blocked }.reduce(0) { $0 + $1.clipped(window) })
      }
      let use = summary.utilisation
      #expect(use.timeByRunning.reduce(0, +) == window.length)
      let threadTime = use.timeByRunning.enumerated().reduce(0) { $0 + Int64($1.offset) * $1.element }
      #expect(threadTime == summary.threads.reduce(0) { $0 + $1.running })
      let alive = lengths(.life, program, window).reduce(0, +)
      let aliveSum = summary.liveTasks.mean * Double(window.length)
      #expect(abs(aliveSum - Double(alive)) < 1e-3)
      let ready = lengths(.ready, program, window).reduce(0, +)
      let readySum = summary.readyTasks.mean * Double(window.length)
      #expect(abs(readySum - Double(ready)) < 1e-3)
      #expect(summary.live == summary.made + summary.older - summary.ended)
    }
    let whole = TraceSummary(trace, in: try TraceWindow(of: trace))
    #expect(whole.made == program.made && whole.ended == program.ended && whole.live == program.live)
    #expect(whole.made == whole.ended + whole.live && whole.older == 0)
  }

  @Test("A trace that begins later tells the same as that part of the whole", arguments: 0..<20 as Range<UInt64>)
  func windowsByThemselves(seed: UInt64) throws {
    let program = SimulatedProgram(seed: seed &+ 500, steps: 400)
    let trace = program.trace
    for snapshot in program.snapshots {
      let rest = program.events[snapshot.eventCount...].map { event in
        var event = event
        event.time -= snapshot.time
        return event
      }
      let own = program.trace(of: snapshot.events + rest, duration: program.duration - snapshot.time)
      let part = TraceSummary(trace, in: try TraceWindow(of: trace, start: snapshot.time))
      let alone = TraceSummary(own, in: try TraceWindow(of: own))
      // Regions that began before are no part of it.
      #expect(Set(alone.irregularities.counts.keys).isSubset(of: [.endsAlone]), "\(alone.irregularities.sentences)")
      #expect(alone.made == part.made && alone.ended == part.ended)
      #expect(alone.live == part.live && alone.older == part.older)
      #expect(alone.utilisation == part.utilisation)
      #expect(alone.liveTasks == part.liveTasks && alone.readyTasks == part.readyTasks)
      #expect(alone.families.map(\.function) == part.families.map(\.function))
      for (one, other) in zip(alone.families, part.families) {
        #expect(one.running == other.running && one.runs == other.runs && one.ready == other.ready)
        #expect(one.queued == other.queued && one.waiting == other.waiting && one.blocked == other.blocked)
        #expect(one.life == other.life && one.small == other.small && one.selfWakeups == other.selfWakeups)
      }
      #expect(alone.calls.map(\.times) == part.calls.map(\.times))
      #expect(alone.calls.map(\.whileReady) == part.calls.map(\.whileReady))
      #expect(alone.threads.map(\.running) == part.threads.map(\.running))
      #expect(alone.executors.map(\.held) == part.executors.map(\.held))
      #expect(alone.longestGap?.whileReady == part.longestGap?.whileReady)
    }
  }

  @Test("Two windows that meet tell together what the one around them tells", arguments: 0..<10 as Range<UInt64>)
  func windowsAddUp(seed: UInt64) throws {
    let program = SimulatedProgram(seed: seed &+ 900, steps: 300)
    let trace = program.trace
    let middle = program.duration / 3
    let first = TraceSummary(trace, in: try TraceWindow(of: trace, length: middle))
    let second = TraceSummary(trace, in: try TraceWindow(of: trace, start: middle))
    let whole = TraceSummary(trace, in: try TraceWindow(of: trace))
    #expect(first.made + second.made == whole.made && first.ended + second.ended == whole.ended)
    #expect(first.live == second.older)
    #expect(first.events + second.events == whole.events)
    #expect(first.all.running.sum + second.all.running.sum == whole.all.running.sum)
    #expect(first.all.ready.sum + second.all.ready.sum == whole.all.ready.sum)
    #expect(first.utilisation.running + second.utilisation.running == whole.utilisation.running)
    #expect(
      first.utilisation.idleWhileReady + second.utilisation.idleWhileReady == whole.utilisation.idleWhileReady)
  }

  @Test("Of an executor's longest stay it is told who waited meanwhile, of a run who was ready")
  func waitersOfAStay() throws {
    var trace = SmallTrace(threads: 2)
    let actor = trace.builder.executor(TraceExecutor(.defaultActor, typeName: "Shop", address: 7))
    trace.make(1, at: 0, by: "replace(_:)", executor: actor)
    trace.run(1, at: 0, thread: 1, executor: actor)
    trace.make(2, at: 1_000_000, by: "read()", executor: actor)
    trace.make(3, at: 3_000_000, by: "read()", executor: actor)
    trace.make(4, at: 1_000_000, by: "other()")
    trace.end(1, at: 30_000_000, thread: 1)
    trace.run(2, at: 30_000_000, thread: 1, executor: actor)
    trace.end(2, at: 30_000_500, thread: 1)
    let summary = try trace.summary(until: 31_000_000)
    let shop = try #require(summary.executors.first)
    #expect(shop.name == "Shop" && shop.instances == 1 && shop.held.count == 2)
    #expect(shop.longest == .init(family: "replace(_:)", start: 0, length: 30_000_000, queued: 56_000_000))
    let run = try #require(summary.longestRuns.first)
    #expect(run.task == 1 && run.running == 30_000_000 && run.family == "replace(_:)" && !run.isCut)
    #expect(abs(run.ready - 29.0 / 30) < 1e-9)
    let finding = try #require(summary.findings.first)
    #expect(finding.kind == .keepsActor && finding.subject == "replace(_:)" && finding.on == "Shop")
    #expect(finding.count == 1 && finding[.longest] == 30_000_000 && finding[.sum] == 56_000_000)
  }

  @Test("The longest time without a run is told, and for how long of it a task was ready")
  func longestGap() throws {
    var trace = SmallTrace(threads: 1)
    trace.make(1, at: 100, by: "f()")
    trace.run(1, at: 150, thread: 0)
    trace.suspend(1, at: 200, thread: 0, reason: .sleep)
    trace.wake(1, at: 900)
    trace.run(1, at: 1_000, thread: 0)
    trace.end(1, at: 1_500, thread: 0)
    let summary = try trace.summary(until: 1_600)
    #expect(summary.longestGap == .init(start: 200, end: 1_000, whileReady: 100))
    #expect(summary.utilisation.timeByRunning == [1_050, 550])
    #expect(summary.all.waiting[.sleep]?.sum == 700)
  }

  @Test("A label's values tell families apart, from when a task has it")
  func families() throws {
    var trace = SmallTrace(threads: 1)
    let orders = trace.builder.labels([TraceLabel(key: "client", value: "orders")])
    trace.make(1, at: 0, by: "serve()")
    trace.run(1, at: 0, thread: 0)
    trace.builder.append(TraceEvent(.labels, at: 300, task: 1, index: orders))
    trace.end(1, at: 1_000, thread: 0)
    let built = trace.builder.trace()
    let summary = TraceSummary(built, in: try TraceWindow(of: built), label: "client")
    #expect(summary.families.map(\.function) == ["client: orders", "no client"])
    // It was ready before it had the label, and ended with it.
    #expect(summary.families.map(\.ready.count) == [0, 1] && summary.families.map(\.life.count) == [1, 0])
    let timeline = TraceTimeline(built, in: try TraceWindow(of: built), columns: 10, label: "client")
    #expect(
      timeline.rows[0].lanes[0].bars == [
        .init(from: 0, to: 3, part: .running(1), family: 1), .init(from: 3, to: 10, part: .running(0), family: 0),
      ])
  }

  @Test("What is no window of the trace is an error")
  func noWindows() throws {
    let empty = TraceBuilder().trace()
    #expect(throws: TraceWindowError.emptyTrace) { try TraceWindow(of: empty) }
    let trace = TraceBuilder(duration: 100).trace()
    #expect(throws: TraceWindowError.outside(start: 100, duration: 100)) { try TraceWindow(of: trace, start: 100) }
    #expect(throws: TraceWindowError.empty) { try TraceWindow(of: trace, start: 0, length: 0) }
    #expect(try TraceWindow(of: trace, start: 90, length: .max).end == 100)
    let long = TraceBuilder(duration: .max).trace()
    #expect(throws: TraceWindowError.tooLong(.max)) { try TraceWindow(of: long) }
    #expect(try TraceWindow(of: long, start: .max - 10, length: 5).length == 5)
    #expect(TraceSummary(trace, in: try TraceWindow(of: trace)).utilisation.share == 0)
  }
}

/// A trace that is told event by event.
struct SmallTrace {
  var builder: TraceBuilder
  private var executors: [UInt64: Int32] = [:]

  init(threads: Int, processors: Int? = nil) {
    builder = TraceBuilder(processors: processors ?? threads)
    for number in 0..<threads { _ = builder.thread(TraceThread(id: 10 + number, isPool: true)) }
  }

  /// Made, and given to an executor at once.
  mutating func make(_ task: UInt64, at time: Int64, by function: String, executor: Int32 = 0) {
    let frames = [TraceFrame(function: function, file: "a.swift", line: 3)]
    // No function: nobody was seen to make it.
    let stack = function.isEmpty ? 0 : builder.stack(TraceStack(frames: frames))
    builder.append(TraceEvent(.taskMade, at: time, task: task, index: stack))
    builder.append(TraceEvent(.taskRunnable, at: time, task: task, executor: executor))
  }

  mutating func wake(_ task: UInt64, at time: Int64, by waker: UInt64 = 0, executor: Int32 = 0) {
    builder.append(TraceEvent(.taskRunnable, at: time, task: task, other: waker, executor: executor))
  }

  mutating func run(_ task: UInt64, at time: Int64, thread: Int32, executor: Int32 = 0) {
    builder.append(TraceEvent(.taskRuns, at: time, thread: thread, task: task, executor: executor))
  }

  mutating func suspend(_ task: UInt64, at time: Int64, thread: Int32, reason: ExecutionTrace.WaitReason) {
    builder.append(TraceEvent(.taskSuspends, at: time, thread: thread, task: task, reason: reason))
  }

  mutating func end(_ task: UInt64, at time: Int64, thread: Int32) {
    builder.append(TraceEvent(.taskEnds, at: time, thread: thread, task: task))
  }

  /// What is told of it until a time.
  func summary(until end: Int64) throws -> TraceSummary {
    var builder = builder
    builder.append(TraceEvent(.log, at: end))
    let trace = builder.trace()
    return TraceSummary(trace, in: try TraceWindow(of: trace))
  }
}

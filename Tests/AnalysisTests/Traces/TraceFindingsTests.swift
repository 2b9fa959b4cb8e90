import ExecutionTrace
import Findings
import Testing

@testable import Analysis

/// Each finding on a trace that has it, and its twin that has not.
@Suite struct TraceFindingsTests {
  private typealias Bounds = Finding.Bounds

  private func kinds(_ trace: SmallTrace, until end: Int64) throws -> [Finding.Kind] {
    try trace.summary(until: end).findings.map(\.kind)
  }

  /// Tasks of one function, one after another on one thread.
  private func tasks(_ count: Int, of length: Int64, by function: String = "split(_:)") -> (SmallTrace, end: Int64) {
    var trace = SmallTrace(threads: 1)
    for number in 0..<count {
      let start = Int64(number) * length
      trace.make(UInt64(number + 1), at: start, by: function)
      trace.run(UInt64(number + 1), at: start, thread: 0)
      trace.end(UInt64(number + 1), at: start + length, thread: 0)
    }
    return (trace, Int64(count) * length)
  }

  @Test func tooSmall() throws {
    let (trace, end) = tasks(Bounds.tasks, of: 4_999)
    let finding = try #require(try trace.summary(until: end).findings.first)
    #expect(finding == Finding(.tooSmall, subject: "split(_:)", count: 1_000, measured: [.outOf: 1_000]))
    #expect(finding.sentence.hasPrefix("of 1,000 tasks made by split(_:) 100 % ran for less than 5 µs in all"))
    #expect(finding.sentence.contains("(too-small, from a third of 1000 tasks below 5 µs on; lesson 9)"))
    let (large, largeEnd) = tasks(Bounds.tasks, of: 5_000), (few, fewEnd) = tasks(Bounds.tasks - 1, of: 1_000)
    #expect(try kinds(large, until: largeEnd).isEmpty && kinds(few, until: fewEnd).isEmpty)
  }

  @Test(
    "What Task.sleep waits by is not work that somebody has divided",
    arguments: ["", "closure #1 in Task.sleep(nanoseconds:)", "Task.sleep(for:tolerance:clock:)"])
  func sleeps(_ function: String) throws {
    let (trace, end) = tasks(2 * Bounds.tasks, of: 1_000, by: function)
    #expect(try trace.summary(until: end).findings.isEmpty)
  }

  @Test func neverSuspends() throws {
    let second = Int64(Bounds.run)
    let (trace, end) = tasks(2, of: second)
    #expect(
      try trace.summary(until: end).findings == [
        Finding(.neverSuspends, subject: "split(_:)", count: 2, measured: [.longest: Int(second)])
      ])
    let (short, shortEnd) = tasks(2, of: second - 1)
    #expect(try kinds(short, until: shortEnd).isEmpty)
    // One that is not over has run for long all the same.
    var open = SmallTrace(threads: 1)
    open.make(1, at: 0, by: "f()")
    open.run(1, at: 0, thread: 0)
    #expect(try kinds(open, until: second) == [.neverSuspends])
  }

  /// A task that takes a thread `times` times for `length` and then wakes itself, or is woken by another.
  private func wakes(_ times: Int, of length: Int64, isSelf: Bool) -> (SmallTrace, end: Int64) {
    var trace = SmallTrace(threads: 1)
    trace.make(1, at: 0, by: "poll()")
    var time: Int64 = 0
    for _ in 0..<times {
      trace.run(1, at: time, thread: 0)
      time += length
      trace.suspend(1, at: time, thread: 0, reason: isSelf ? .yield : .continuation)
      trace.wake(1, at: time, by: isSelf ? 1 : 2)
    }
    return (trace, time)
  }

  @Test func selfWakes() throws {
    let (trace, end) = wakes(Bounds.wakes, of: 5_000, isSelf: true)
    #expect(
      try trace.summary(until: end).findings == [
        Finding(.selfWakes, subject: "poll()", count: 100, measured: [.outOf: 100, .mean: 5_000])
      ])
    let twins = [
      wakes(Bounds.wakes, of: 5_000, isSelf: false), wakes(Bounds.wakes - 1, of: 5_000, isSelf: true),
      wakes(Bounds.wakes, of: Int64(Bounds.look), isSelf: true),
    ]
    for (twin, end) in twins { #expect(try kinds(twin, until: end).isEmpty) }
  }

  /// A task that visits an actor for `length`, and goes back or on to another one.
  private func visits(_ count: Int, of length: Int64, isBack: Bool) -> (SmallTrace, end: Int64) {
    var trace = SmallTrace(threads: 1)
    let actor = trace.builder.executor(TraceExecutor(.defaultActor, typeName: "Counter", address: 1))
    let other = trace.builder.executor(TraceExecutor(.defaultActor, typeName: "Sink", address: 2))
    trace.make(1, at: 0, by: "count()")
    trace.run(1, at: 0, thread: 0)
    var time: Int64 = 100
    func tell(_ kind: TraceEvent.Kind, _ executor: Int32) {
      trace.builder.append(TraceEvent(kind, at: time, thread: 0, task: 1, executor: executor))
    }
    for _ in 0..<count {
      tell(.actorAcquired, actor)
      time += length
      if !isBack {
        tell(.actorAcquired, other)
        time += 2_000
        tell(.actorReleased, other)
      } else {
        tell(.actorReleased, actor)
      }
      time += 100
    }
    return (trace, time)
  }

  @Test func hopsBack() throws {
    let (trace, end) = visits(Bounds.visits, of: 900, isBack: true)
    #expect(
      try trace.summary(until: end).findings == [
        Finding(.hopsBack, subject: "count()", count: 1_000, measured: [.outOf: 1_000, .mean: 900])
      ])
    let twins = [
      visits(Bounds.visits, of: 1_000, isBack: true), visits(Bounds.visits - 1, of: 900, isBack: true),
      visits(Bounds.visits, of: 900, isBack: false),
    ]
    for (twin, end) in twins { #expect(try kinds(twin, until: end).isEmpty) }
  }

  /// A task in a call that blocks for `length`, while another is ready or is not.
  private func call(of length: Int64, whileReady: Bool, isMain: Bool = false) -> SmallTrace {
    var trace = SmallTrace(threads: 0, processors: 1)
    _ = trace.builder.thread(TraceThread(id: 1, isPool: !isMain, isMain: isMain))
    let stack = trace.builder.stack(TraceStack(frames: [TraceFrame(function: "load()", file: "a.swift", line: 9)]))
    trace.make(1, at: 0, by: "serve()")
    trace.run(1, at: 0, thread: 0)
    trace.builder.append(
      TraceEvent(.callBlocks, at: 0, thread: 0, task: 1, index: stack, reason: .semaphore))
    if whileReady { trace.make(2, at: 0, by: "serve()") }
    trace.builder.append(TraceEvent(.callReturns, at: length, thread: 0))
    trace.end(1, at: length, thread: 0)
    return trace
  }

  @Test func blocksThePool() throws {
    let bound = Int64(Bounds.blocked)
    let summary = try call(of: bound, whileReady: true).summary(until: bound)
    let finding = try #require(summary.findings.first { $0.kind == .blocksThePool })
    #expect(finding.subject == "load()" && finding.count == 1 && finding.on == "semaphore")
    #expect(finding[.sum] == Bounds.blocked && finding[.longest] == Bounds.blocked)
    #expect(summary.utilisation.running == 0 && summary.threads[0].blocked == bound)
    // It is not that nobody took the task.
    #expect(summary.utilisation.idleWhileReady == 0)
    #expect(summary.findings.map(\.kind) == [.poolStarved, .blocksThePool])
    for twin in [
      call(of: bound - 1, whileReady: true), call(of: bound, whileReady: false),
      call(of: bound, whileReady: true, isMain: true),
    ] { #expect(try !kinds(twin, until: bound).contains(.blocksThePool)) }
  }

  /// `waiters` tasks, made by a function, wait for the one thread that another keeps for `length`.
  private func starved(_ waiters: Int, for length: Int64, of function: String = "answer()") throws -> TraceSummary {
    var trace = SmallTrace(threads: 1)
    trace.make(1, at: 0, by: "render()")
    trace.run(1, at: 0, thread: 0)
    for waiter in 0..<waiters { trace.make(UInt64(waiter + 2), at: 0, by: function) }
    trace.end(1, at: length, thread: 0)
    for waiter in 0..<waiters {
      trace.run(UInt64(waiter + 2), at: length, thread: 0)
      trace.end(UInt64(waiter + 2), at: length, thread: 0)
    }
    return try trace.summary(until: length)
  }

  @Test func poolStarved() throws {
    let starved = Int64(Bounds.starved)
    #expect(
      try self.starved(2, for: starved).findings == [
        Finding(
          .poolStarved, subject: "render()", count: 2,
          measured: [.longest: Bounds.starved, .sum: 2 * Bounds.starved])
      ])
    #expect(try self.starved(20, for: starved - 1).findings.isEmpty)
    #expect(try self.starved(0, for: starved).findings.isEmpty)
    // More work of one kind than there are processors is no fault.
    #expect(try self.starved(2, for: starved, of: "render()").findings.isEmpty)
  }

  /// Tasks of 1 ms, each ready for `pause` before it has the only thread.
  private func idle(_ count: Int, pause: Int64) throws -> TraceSummary {
    var trace = SmallTrace(threads: 1)
    for number in 0..<count {
      let start = Int64(number) * (1_000_000 + pause)
      trace.make(UInt64(number + 1), at: start, by: "split(_:)")
      trace.run(UInt64(number + 1), at: start + pause, thread: 0)
      trace.end(UInt64(number + 1), at: start + pause + 1_000_000, thread: 0)
    }
    return try trace.summary(until: Int64(count) * (1_000_000 + pause))
  }

  @Test func idleWhileReady() throws {
    let summary = try idle(40, pause: 250_000)
    #expect(
      summary.findings == [
        Finding(
          .idleWhileReady, subject: "split(_:)", count: 40, measured: [.sum: 10_000_000, .whole: 50_000_000])
      ])
    #expect(summary.findings[0].sentence.hasPrefix("for 20 % of the processors' time nothing of a task ran"))
    #expect(try idle(39, pause: 250_000).findings.isEmpty && idle(60, pause: 249_000).findings.isEmpty)
  }

  @Test("Who stays on an actor for long harms only those who wait for it")
  func keepsActor() throws {
    func stay(waiters: Int, length: Int64) throws -> [Finding] {
      var trace = SmallTrace(threads: 1)
      let actor = trace.builder.executor(TraceExecutor(.defaultActor, typeName: "Shop", address: 1))
      trace.make(1, at: 0, by: "replace(_:)", executor: actor)
      trace.run(1, at: 0, thread: 0, executor: actor)
      for waiter in 0..<waiters { trace.make(UInt64(waiter + 2), at: 0, by: "read()", executor: actor) }
      trace.end(1, at: length, thread: 0)
      return try trace.summary(until: length).findings
    }
    let kept = Int64(Bounds.kept)
    #expect(
      try stay(waiters: 1, length: kept) == [
        Finding(
          .keepsActor, subject: "replace(_:)", count: 1, measured: [.longest: Bounds.kept, .sum: Bounds.queued],
          on: "Shop")
      ])
    #expect(try stay(waiters: 0, length: kept).isEmpty && stay(waiters: 9, length: kept - 1).isEmpty)
  }
}

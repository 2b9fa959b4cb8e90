import ExecutionTrace
import TestSupport

@testable import Analysis

/// A program that is not there: threads take tasks, run, nest, block, suspend, wake and end them by lot, and what they did is
/// noted while they do it, as events and as what is true of it.
struct SimulatedProgram {
  /// What lasted from one time to another.
  struct Truth: Equatable {
    enum Kind: Hashable, CaseIterable {
      case unbegun, ready, queued, waiting, running, blocked, nesting, run, job, life, region, held
    }
    var kind: Kind
    var task: UInt64
    var thread: Int32
    var from: Int64
    var to: Int64
    /// Of a run: when it was not nesting.
    var onTop: [ClosedRange<Int64>] = []

    func clipped(_ window: TraceWindow) -> Int64 { Self.clipped(from...to, window) }
    static func clipped(_ time: ClosedRange<Int64>, _ window: TraceWindow) -> Int64 {
      max(min(time.upperBound, window.end) - max(time.lowerBound, window.start), 0)
    }
    /// Whether any of it lies within, if only a moment.
    func meets(_ window: TraceWindow) -> Bool {
      from == to
        ? from >= window.start && (from < window.end || window.end == window.whole && from == window.end)
        : to > window.start && from < window.end
    }
  }

  private struct Task {
    var id: UInt64
    var site: UInt32
    var made: Int64
    var kind: Truth.Kind
    var since: Int64
    var executor: Int32 = 0
    var runSince: Int64 = 0
    var onTop: [ClosedRange<Int64>] = []
    var thread: Int32 = -1
    var regions: [(name: UInt32, since: Int64)] = []
    var reason = ExecutionTrace.WaitReason.nothing
  }

  private enum Occupant: Equatable { case task(UInt64), job(UInt64, Int64) }

  static let sites = ["split(_:)", "merge(_:_:)", "report()"]
  static let reasons: [ExecutionTrace.WaitReason] = [.task, .continuation, .group, .sleep, .stream]
  static let processors = 3

  private(set) var truths: [Truth] = []
  private(set) var made = 0, ended = 0
  private(set) var duration: Int64 = 0
  private(set) var events: [TraceEvent] = []
  private var random: SeededGenerator
  private var tasks: [UInt64: Task] = [:]
  private var threads: [[Occupant]]
  private var isBlocked: [Int64?]
  private var actorHolder: UInt64?
  private var heldSince: Int64 = 0
  private var nextID: UInt64 = 1
  private var now: Int64 = 0
  private var stackNumbers: [UInt32] = []
  private var names: [UInt32] = []
  private var actor: Int32 = 0
  /// What was alive at a time, as a recorder that begins then would tell it.
  private(set) var snapshots: [(time: Int64, eventCount: Int, events: [TraceEvent])] = []

  /// - Parameter allowsTies: Whether several things happen at one time.
  init(seed: UInt64, steps: Int, threads count: Int = 4, allowsTies: Bool = true) {
    random = SeededGenerator(seed: seed)
    threads = Array(repeating: [], count: count)
    isBlocked = Array(repeating: nil, count: count)
    _ = tables(duration: 0)
    for step in 0..<steps {
      now += Int64.random(in: (allowsTies ? 0 : 1)...40, using: &random)
      act()
      if step % 50 == 25 {
        // Nothing else happens at this time.
        now += 1
        takeSnapshot()
        now += 1
      }
    }
    now += 5
    finish()
  }

  /// A builder that knows the threads, and what events refer to by number.
  private mutating func tables(duration: Int64) -> TraceBuilder {
    var builder = TraceBuilder(program: "/simulated", duration: duration, processors: Self.processors)
    for number in threads.indices {
      _ = builder.thread(TraceThread(id: 100 + number, isPool: number > 0, isMain: number == 0))
    }
    stackNumbers = Self.sites.map { site in
      builder.stack(TraceStack(frames: [TraceFrame(function: site, file: "s.swift", line: 1)]))
    }
    names = [builder.text("parse"), builder.text("store")]
    actor = builder.executor(TraceExecutor(.defaultActor, typeName: "Ledger", address: 1))
    return builder
  }

  /// The trace of all of it.
  var trace: Trace { trace(of: events, duration: duration) }

  /// A trace of other events of the same program.
  func trace(of events: [TraceEvent], duration: Int64) -> Trace {
    var copy = self
    var builder = copy.tables(duration: duration)
    for event in events { builder.append(event) }
    return builder.trace()
  }

  // MARK: - What happens

  private mutating func tell(
    _ kind: TraceEvent.Kind, task: UInt64 = 0, other: UInt64 = 0, thread: Int, executor: Int32 = 0, index: UInt32 = 0,
    value: Int64 = 0, reason: ExecutionTrace.WaitReason = .nothing
  ) {
    events.append(
      TraceEvent(
        kind, at: now, thread: Int32(thread), task: task, other: other, executor: executor, index: index, value: value,
        reason: reason))
  }

  private mutating func act() {
    let thread = Int.random(in: threads.indices, using: &random)
    if let since = isBlocked[thread] {
      guard Int.random(in: 0..<3, using: &random) == 0 else { return }
      return unblock(thread, since)
    }
    switch threads[thread].last {
    case nil: idle(thread)
    case .job(let address, let since)?:
      note(.job, task: 0, thread: thread, from: since)
      threads[thread].removeLast()
      tell(.jobEnds, other: address, thread: thread)
    case .task(let id)?: run(id, on: thread)
    }
  }

  private mutating func idle(_ thread: Int) {
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      let address = UInt64.random(in: 1_000..<1_000_000, using: &random)
      threads[thread].append(.job(address, now))
      tell(.jobRuns, other: address, thread: thread)
    case 1, 2: makeTask(by: 0, on: thread)
    default:
      let able = tasks.values.filter {
        $0.kind == .ready || $0.kind == .queued && actorHolder == nil
      }.map(\.id).sorted()
      guard let id = able.randomElement(using: &random) else { return makeTask(by: 0, on: thread) }
      begin(id, on: thread)
    }
  }

  private mutating func begin(_ id: UInt64, on thread: Int) {
    guard var task = tasks[id] else { return }
    if task.kind != .unbegun || now > task.since { note(task.kind, task: id, thread: -1, from: task.since) }
    if task.executor == actor {
      actorHolder = id
      heldSince = now
    }
    task.kind = .running
    task.since = now
    task.runSince = now
    task.onTop = []
    task.thread = Int32(thread)
    tasks[id] = task
    threads[thread].append(.task(id))
    tell(.taskRuns, task: id, thread: thread, executor: task.executor)
  }

  private mutating func run(_ id: UInt64, on thread: Int) {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<5: makeTask(by: id, on: thread)
    case 5, 6: if threads[thread].count < 3 { makeWithin(id, on: thread) }
    case 7..<10: suspend(id, on: thread, reason: Self.reasons.randomElement(using: &random) ?? .task)
    case 10:
      suspend(id, on: thread, reason: .yield)
      enqueue(id, by: id, on: thread, executor: tasks[id]?.executor ?? 0)
    case 11..<14: end(id, on: thread)
    case 14:
      closePiece(id, on: thread)
      isBlocked[thread] = now
      tell(.callBlocks, task: id, thread: thread, reason: .lock)
    case 15, 16:
      let name = names.randomElement(using: &random) ?? 0
      tasks[id]?.regions.append((name, now))
      tell(.regionBegins, task: id, thread: thread, index: name)
    case 17:
      guard let region = tasks[id]?.regions.popLast() else { return }
      note(.region, task: id, thread: thread, from: region.since)
      tell(.regionEnds, task: id, thread: thread, index: region.name)
    default:
      let sleeping = tasks.values.filter { $0.kind == .waiting }.map(\.id).sorted()
      guard let other = sleeping.randomElement(using: &random) else { return }
      enqueue(other, by: id, on: thread, executor: Bool.random(using: &random) ? 0 : actor)
    }
  }

  private mutating func makeTask(by parent: UInt64, on thread: Int) {
    let id = newTask(by: parent, on: thread)
    if Int.random(in: 0..<4, using: &random) > 0 { now += Int64.random(in: 0...3, using: &random) }
    enqueue(id, by: parent, on: thread, executor: Int.random(in: 0..<4, using: &random) == 0 ? actor : 0)
  }

  private mutating func newTask(by parent: UInt64, on thread: Int) -> UInt64 {
    let id = nextID
    nextID += 1
    made += 1
    let site = Int.random(in: 0..<Self.sites.count, using: &random)
    tasks[id] = Task(id: id, site: UInt32(site), made: now, kind: .unbegun, since: now)
    tell(.taskMade, task: id, other: parent, thread: thread, index: stackNumbers[site])
    return id
  }

  private mutating func makeWithin(_ outer: UInt64, on thread: Int) {
    let id = newTask(by: outer, on: thread)
    closePiece(outer, on: thread)
    tasks[outer]?.kind = .nesting
    tell(.taskNests, task: outer, thread: thread)
    begin(id, on: thread)
  }

  private mutating func enqueue(_ id: UInt64, by waker: UInt64, on thread: Int, executor: Int32) {
    guard let task = tasks[id] else { return }
    note(task.kind, task: id, thread: -1, from: task.since)
    tasks[id]?.executor = executor
    tasks[id]?.kind = executor == actor ? .queued : .ready
    tasks[id]?.since = now
    tell(.taskRunnable, task: id, other: waker, thread: thread, executor: executor, reason: task.reason)
  }

  private mutating func suspend(_ id: UInt64, on thread: Int, reason: ExecutionTrace.WaitReason) {
    leave(id, on: thread)
    tasks[id]?.kind = .waiting
    tasks[id]?.since = now
    tasks[id]?.reason = reason
    tell(.taskSuspends, task: id, thread: thread, reason: reason)
    runOn(thread)
  }

  private mutating func end(_ id: UInt64, on thread: Int) {
    leave(id, on: thread)
    if let task = tasks[id] {
      for region in task.regions { note(.region, task: id, thread: thread, from: region.since) }
      note(.life, task: id, thread: -1, from: task.made)
    }
    tell(.taskEnds, task: id, thread: thread)
    tasks[id] = nil
    ended += 1
    runOn(thread)
  }

  private mutating func leave(_ id: UInt64, on thread: Int) {
    closePiece(id, on: thread)
    noteRun(id)
    threads[thread].removeLast()
    if actorHolder == id {
      note(.held, task: id, thread: thread, from: heldSince)
      actorHolder = nil
    }
    tasks[id]?.thread = -1
  }

  private mutating func noteRun(_ id: UInt64) {
    guard let task = tasks[id] else { return }
    truths.append(
      Truth(kind: .run, task: id, thread: task.thread, from: task.runSince, to: now, onTop: task.onTop))
  }

  private mutating func runOn(_ thread: Int) {
    guard case .task(let outer)? = threads[thread].last else { return }
    note(.nesting, task: outer, thread: thread, from: tasks[outer]?.since ?? 0)
    tasks[outer]?.since = now
    tasks[outer]?.kind = .running
    tell(.taskRunsOn, task: outer, thread: thread)
  }

  private mutating func unblock(_ thread: Int, _ since: Int64) {
    isBlocked[thread] = nil
    guard case .task(let id)? = threads[thread].last else { return }
    note(.blocked, task: id, thread: thread, from: since)
    tasks[id]?.onTop.append(since...now)
    tasks[id]?.since = now
    tell(.callReturns, task: id, thread: thread, reason: .lock)
  }

  private mutating func closePiece(_ id: UInt64, on thread: Int) {
    guard let task = tasks[id] else { return }
    note(.running, task: id, thread: thread, from: task.since)
    tasks[id]?.onTop.append(task.since...now)
    tasks[id]?.since = now
  }

  private mutating func note(_ kind: Truth.Kind, task: UInt64, thread: Int, from: Int64) {
    truths.append(Truth(kind: kind, task: task, thread: Int32(thread), from: from, to: now))
  }

  /// The window is over: what goes on lasts until now.
  private mutating func finish() {
    duration = now
    for thread in threads.indices {
      if let since = isBlocked[thread], case .task(let id)? = threads[thread].last {
        note(.blocked, task: id, thread: thread, from: since)
        tasks[id]?.onTop.append(since...now)
      }
      for (level, occupant) in threads[thread].enumerated() {
        switch occupant {
        case .job(_, let since): note(.job, task: 0, thread: thread, from: since)
        case .task(let id):
          if level < threads[thread].count - 1 {
            note(.nesting, task: id, thread: thread, from: tasks[id]?.since ?? 0)
          } else if isBlocked[thread] == nil {
            closePiece(id, on: thread)
          }
          noteRun(id)
        }
      }
    }
    if let holder = actorHolder { note(.held, task: holder, thread: -1, from: heldSince) }
    for task in tasks.values.sorted(by: { $0.id < $1.id }) {
      switch task.kind {
      case .unbegun, .ready, .queued, .waiting: note(task.kind, task: task.id, thread: -1, from: task.since)
      default: break
      }
      for region in task.regions { note(.region, task: task.id, thread: -1, from: region.since) }
      note(.life, task: task.id, thread: -1, from: task.made)
    }
    live = tasks.count
  }

  /// Tasks that live at the end.
  private(set) var live = 0
  /// By task, the site that made it.
  var siteOfTask: [UInt64: String] {
    var sites: [UInt64: String] = [:]
    for event in events where event.kind == .taskMade {
      sites[event.task] = Self.sites[stackNumbers.firstIndex(of: event.index) ?? 0]
    }
    return sites
  }

  // MARK: - What a recorder would tell that begins now

  private mutating func takeSnapshot() {
    var told: [TraceEvent] = []
    func met(_ task: Task) -> TraceEvent {
      TraceEvent(
        .taskMet, at: 0, thread: max(task.thread, 0), task: task.id, index: stackNumbers[Int(task.site)],
        value: now - task.since)
    }
    for task in tasks.values.sorted(by: { $0.id < $1.id }) where task.thread < 0 {
      told.append(met(task))
      switch task.kind {
      case .ready, .queued:
        told.append(TraceEvent(.taskRunnable, at: 0, task: task.id, executor: task.executor, reason: task.reason))
      case .waiting: told.append(TraceEvent(.taskSuspends, at: 0, task: task.id, reason: task.reason))
      default: break
      }
    }
    for (thread, stack) in threads.enumerated() {
      for (level, occupant) in stack.enumerated() {
        switch occupant {
        case .job(let address, _): told.append(TraceEvent(.jobRuns, at: 0, thread: Int32(thread), other: address))
        case .task(let id):
          guard let task = tasks[id] else { continue }
          told.append(met(task))
          told.append(
            TraceEvent(
              level < stack.count - 1 ? .taskNests : .taskRuns, at: 0, thread: Int32(thread), task: id,
              executor: task.executor))
        }
      }
      if isBlocked[thread] != nil { told.append(TraceEvent(.callBlocks, at: 0, thread: Int32(thread), reason: .lock)) }
    }
    snapshots.append((now, events.count, told))
  }
}

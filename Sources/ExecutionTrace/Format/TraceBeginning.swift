/// What there was when a trace begins that does not begin with its program: of a window, or of a recording that came late.
///
/// The recorder tells every now and then what each task is at. What it was at when the trace begins is what it was said
/// to be afterwards, if that was so all along. Else it is what it was said to be before, the last time, and what its
/// events made of that up to the start: of a window the file has events from before its start, which are followed and not
/// handed out. Where nothing was told before, they are of some threads more than of others, and only tell who has a
/// thread. What there is by then is told as `taskMet` and the events that go with it; whoever else there is is met when it
/// first does something.
struct TraceBeginning {
  private struct Life {
    var task: LivingTask
    /// When it came into its state; may be before the start, which is 0.
    var since: Int64
    var executor: Int32 = 0
    var thread: Int32 = 0
  }
  private enum Occupant: Equatable {
    case task(UInt64)
    case job(TraceEvent)
  }

  /// No thread has more within one another, and no more regions are open that matter.
  private static let deepest = 64
  private static let mostRegions = 1 << 12

  private let clock: TraceClock
  /// When it was told last, before the start, what all are at; nil if it was not.
  private let lastTold: Int64?
  private var hasBegun = false
  private var isFollowed = false
  /// What was so at the start, for it was so afterwards.
  private var certain: [UInt64: Life] = [:]
  private var lives: [UInt64: Life] = [:]
  private var threads: [Int32: [Occupant]] = [:]
  private var calls: [Int32: TraceEvent] = [:]
  private var regions: [TraceEvent] = []
  private var userTasks: [UInt64: TraceEvent] = [:]
  /// What is known of tasks that are told of, or may still be.
  private var told: Set<UInt64> = []
  private var details: [UInt64: LivingTask] = [:]
  /// To be handed out, the next one last.
  private var queue: [TraceEvent] = []

  /// - Parameters:
  ///   - known: What tasks were at, each with when it was told, in ticks.
  ///   - lastTold: Since when, in ticks, the last time that all were told before the start; nil if there is none.
  init(_ clock: TraceClock, known: [(ticks: UInt64, task: LivingTask)], lastTold: UInt64?) {
    self.clock = clock
    self.lastTold = lastTold.map(clock.signedTime)
    for (ticks, task) in known {
      details[task.id] = task
      let (time, since) = (clock.signedTime(ticks), clock.signedTime(ticks &- min(task.age, ticks)))
      // It was so when the trace began, and nothing has become of it until it was told.
      guard time >= 0, since <= 0 else { continue }
      certain[task.id] = Life(task: task, since: since)
    }
  }

  /// What is to be handed out before the next event is asked for.
  mutating func next() -> TraceEvent? { queue.popLast() }

  /// Takes what a task was at, told at a time.
  mutating func take(_ task: LivingTask, at time: Int64, ticks: UInt64) {
    guard !hasBegun, time < 0, task.state != .none else { return }
    pass(to: time)
    let former = lives[task.id]
    lives[task.id] = Life(
      task: task, since: clock.signedTime(ticks &- min(task.age, ticks)), executor: former?.executor ?? 0,
      thread: former?.thread ?? 0)
  }

  /// From when it is told what all are at, what was known of them before is worth nothing.
  private mutating func pass(to time: Int64) {
    guard !isFollowed, let lastTold, time >= lastTold else { return }
    isFollowed = true
    lives = lives.filter { $0.value.task.state == .running || $0.value.task.state == .nesting }
  }

  /// Takes an event whose time counts from the start; `next` hands out what comes of it.
  mutating func take(_ event: TraceEvent) {
    // What is missing without having been lost was written over, all of it before the start.
    let isGap = event.kind == .lost && event.value == 0
    if !hasBegun && (event.time < 0 || isGap) { return follow(event) }
    if isGap { return }
    if !hasBegun { begin() }
    var out: [TraceEvent] = []
    if event.task != 0 {
      let isNew = event.kind == .taskEnds ? told.remove(event.task) == nil : told.insert(event.task).inserted
      // Who makes it, or says so itself, is enough.
      if event.kind == .taskMet && !isNew { return }
      if isNew && event.kind != .taskMade && event.kind != .taskMet {
        out.append(met(event.task, details[event.task], at: event.time, age: 0, thread: event.thread))
      }
    }
    out.append(event)
    queue.insert(contentsOf: out.reversed(), at: 0)
  }

  /// The trace has no events of its own time.
  mutating func end() { if !hasBegun { begin() } }

  // MARK: - Before the start

  private mutating func follow(_ event: TraceEvent) {
    pass(to: event.time)
    let (id, time) = (event.task, event.time)
    switch event.kind {
    case .taskMade, .taskMet:
      var task = LivingTask(event)
      (task.state, task.labels, task.age) = (.made, 0, 0)
      if lives[id] == nil { lives[id] = Life(task: task, since: time, thread: event.thread) }
    case .taskRunnable: change(event, .runnable) { $0.executor = event.executor }
    case .taskRuns:
      change(event, .running) { $0.executor = event.executor }
      leave(id, event.thread)
      put(.task(id), on: event.thread)
    case .taskNests: change(event, .nesting)
    case .taskRunsOn: change(event, .running)
    case .taskSuspends:
      leave(id, event.thread)
      // It has been given to somebody already.
      if lives[id]?.task.state != .runnable { change(event, .waiting) }
    case .taskEnds:
      leave(id, event.thread)
      lives[id] = nil
    case .labels: lives[id]?.task.labels = event.index
    case .actorAcquired: lives[id]?.executor = event.executor
    case .actorReleased: lives[id]?.executor = 0
    case .jobRuns: put(.job(event), on: event.thread)
    case .jobEnds:
      threads[event.thread]?.removeAll { if case .job(let job) = $0 { job.other == event.other } else { false } }
    case .callBlocks: calls[event.thread] = event
    case .callReturns: calls[event.thread] = nil
    case .regionBegins:
      if regions.count == Self.mostRegions { regions.removeFirst(Self.mostRegions / 2) }
      regions.append(event)
    case .regionEnds:
      let last = regions.lastIndex {
        $0.index == event.index && $0.task == id && (id != 0 || $0.thread == event.thread)
      }
      if let last { regions.remove(at: last) }
    case .userTaskBegins: userTasks[event.other] = event
    case .userTaskEnds: userTasks[event.other] = nil
    case .threadEnds, .lost:
      for case .task(let id) in threads[event.thread] ?? [] { lives[id]?.task.state = .made }
      (threads[event.thread], calls[event.thread]) = (nil, nil)
    case .threadStarts, .log, .counter, .sample: break
    }
  }

  private mutating func change(
    _ event: TraceEvent, _ state: LivingTask.State, _ more: (inout Life) -> Void = { _ in }
  ) {
    var life = lives[event.task] ?? Life(task: details[event.task] ?? LivingTask(id: event.task), since: event.time)
    life.task.state = state
    life.task.reason = event.reason
    (life.since, life.thread) = (event.time, event.thread)
    more(&life)
    lives[event.task] = life
  }

  private mutating func put(_ occupant: Occupant, on thread: Int32) {
    if threads[thread]?.count == Self.deepest { threads[thread]?.removeFirst() }
    threads[thread, default: []].append(occupant)
  }

  private mutating func leave(_ id: UInt64, _ thread: Int32) {
    guard let place = threads[thread]?.firstIndex(of: .task(id)) else { return }
    threads[thread]?.removeSubrange(place...)
  }

  // MARK: - The start

  private func met(
    _ id: UInt64, _ task: LivingTask?, at time: Int64, age: Int64, thread: Int32
  ) -> TraceEvent {
    TraceEvent(
      .taskMet, at: time, thread: thread, task: id, other: task?.parent ?? 0, index: task?.stack ?? 0, value: age)
  }

  /// Tells what there is.
  private mutating func begin() {
    hasBegun = true
    var out: [TraceEvent] = []
    if !isFollowed {
      lives = lives.filter { $0.value.task.state == .running || $0.value.task.state == .nesting }
    }
    lives.merge(certain) { followed, certain in
      var life = certain
      (life.executor, life.thread) = (followed.executor, followed.thread)
      return life
    }
    for (id, life) in lives.sorted(by: { $0.key < $1.key }) {
      told.insert(id)
      if details[id] == nil { details[id] = life.task }
      out.append(met(id, details[id], at: 0, age: max(-life.since, 0), thread: life.thread))
      let (state, thread, reason) = (life.task.state, life.thread, life.task.reason)
      switch state {
      case .runnable:
        // Of one that is queued somewhere nobody has said where.
        out.append(
          TraceEvent(.taskRunnable, at: 0, thread: thread, task: id, executor: life.executor, reason: reason))
      case .waiting: out.append(TraceEvent(.taskSuspends, at: 0, thread: thread, task: id, reason: reason))
      case .none, .made, .running, .nesting: break
      }
      if life.task.labels != 0 {
        out.append(TraceEvent(.labels, at: 0, thread: thread, task: id, index: life.task.labels))
      }
    }
    for (thread, occupants) in threads.sorted(by: { $0.key < $1.key }) {
      out += standing(occupants, on: thread)
    }
    out += calls.sorted { $0.key < $1.key }.map { moved($0.value) }
    out += userTasks.sorted { $0.key < $1.key }.map { moved($0.value) }
    out += regions.map(moved)
    queue = out.reversed()
    (certain, lives, threads, calls, regions, userTasks) = ([:], [:], [:], [:], [], [:])
  }

  /// What lies on a thread, one within the other.
  private func standing(_ occupants: [Occupant], on thread: Int32) -> [TraceEvent] {
    var out: [TraceEvent] = []
    for (place, occupant) in occupants.enumerated() {
      switch occupant {
      case .job(let job): out.append(moved(job))
      case .task(let id):
        out.append(TraceEvent(.taskRuns, at: 0, thread: thread, task: id, executor: lives[id]?.executor ?? 0))
        if place < occupants.count - 1, case .task = occupants[place + 1] {
          out.append(TraceEvent(.taskNests, at: 0, thread: thread, task: id))
        }
      }
    }
    return out
  }

  private func moved(_ event: TraceEvent) -> TraceEvent {
    var moved = event
    moved.time = 0
    return moved
  }
}

extension LivingTask {
  /// One of which nothing is known.
  init(id: UInt64) { self.id = id }
}

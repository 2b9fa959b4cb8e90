import ExecutionTrace

/// Follows the events of a trace, one pass in the order of time, and tells what lasted how long within a window.
///
/// Events may be anything: what does not follow from those before is counted as irregular, and no order of them traps. It
/// keeps what lives, no more: tasks, threads, executors, open regions.
struct TraceReplay<Observer: TraceObserver> {
  /// A task where the table has it, which stays there while an event is followed.
  typealias TaskAddress = UnsafeMutablePointer<TracedTask>

  let window: TraceWindow
  var observer: Observer
  var irregularities = TraceIrregularities()
  /// How many events were read in the window.
  private(set) var events = 0
  /// How many the recorder lost, in the window and before it.
  var lost: Int64 = 0

  var sites: CreationSites
  private var libraryWaits: LibraryWaits
  let grouping: TaskGrouping
  var tasks = TaskTable()
  var threads: [TracedThread]
  var executors: [TracedExecutor]
  var regions = OpenRegions()
  var counts = TraceCounts()
  /// Tells it from the one that its tasks may be known from.
  var number: UInt32 = 0
  var now: Int64 = 0
  /// The sum over ready tasks of how long they were, and how long there were any.
  var (readySum, readyTime): (Int64, Int64) = (0, 0)

  /// - Parameter label: The key of the label that tells families of tasks apart; nil for the functions that made them.
  init(_ trace: Trace, window: TraceWindow, observer: Observer, label: String? = nil) {
    grouping = TaskGrouping(trace, label: label)
    self.window = window
    self.observer = observer
    sites = CreationSites(trace)
    libraryWaits = LibraryWaits(trace)
    threads = Array(repeating: TracedThread(), count: trace.threads.count)
    executors = trace.executors.map { TracedExecutor(isSerial: $0.kind.isSerial) }
    if executors.isEmpty { executors = [TracedExecutor(isSerial: false)] }
  }

  /// Reads the trace up to the window's end.
  mutating func read(_ trace: Trace) {
    var events = trace.events().makeIterator()
    read(&events)
  }

  /// Reads what is left of a trace up to the window's end.
  mutating func read(_ events: inout TraceEvents.Iterator) {
    while let event = events.next(), event.time < limit { take(event) }
    end()
  }

  /// The window's last moment is the next one's first, unless there is no next one.
  var limit: Int64 { window.end == window.whole ? Int64.max : window.end }

  /// Follows the next event, which is before the limit.
  mutating func take(_ event: TraceEvent) {
    if event.time < now { note(.timeGoesBack) }
    pass(to: event.time)
    if event.time >= window.start { events += 1 }
    follow(event)
  }

  /// All of the window has been read.
  mutating func end() {
    pass(to: window.end)
    finish()
  }

  // MARK: - Time

  mutating func pass(to time: Int64) {
    guard time > now else { return }
    let (from, to) = (max(now, window.start), min(time, window.end))
    now = time
    guard to > from else { return }
    observer.passed(from: from, to: to, counts)
    if counts.ready > 0 {
      readySum = readySum.adding((to - from).multiplied(by: counts.ready))
      readyTime += to - from
    }
  }

  /// Tells of what lasted, if any of it lies within the window.
  mutating func tell(
    _ kind: TraceSpan.Kind, from: Int64, isOpen: Bool = false, of task: ToldTask?,
    _ fill: (inout TraceSpan) -> Void = { _ in }
  ) {
    let to = max(now, from)
    let isWithin = from == to ? from >= window.start && from <= window.end : to > window.start && from < window.end
    guard isWithin else { return }
    let isCut = isOpen || from < window.start || to > window.end
    var span = TraceSpan(kind: kind, from: max(from, window.start), to: min(to, window.end), isCut: isCut)
    fill(&span)
    observer.over(span, of: task)
  }

  func clipped(_ from: Int64, _ to: Int64) -> Int64 {
    max(min(to, window.end) - max(from, window.start), 0)
  }

  mutating func note(_ kind: TraceIrregularities.Kind) { irregularities.note(kind) }

  // MARK: - Events

  mutating func follow(_ event: TraceEvent) {
    switch event.kind {
    case .taskMade, .taskRunnable, .taskRuns, .taskNests, .taskRunsOn, .taskSuspends, .taskEnds, .taskMet, .labels:
      guard event.task != 0 else { return note(.noTask) }
    default: break
    }
    switch event.kind {
    case .taskMade: make(event)
    case .taskMet: meet(event)
    case .taskRunnable: enqueue(event)
    case .labels: label(event)
    case .counter: if now >= window.start { observer.noted(event.value, named: event.index, at: now) }
    case .userTaskBegins: beginUserTask(event)
    case .userTaskEnds: endUserTask(event)
    case .sample:
      if now >= window.start {
        let task = tasks.place(of: event.task).map { tasks.own($0) }
        if let task { count(task) }
        observer.sampled(event, of: task.map { ToldTask($0) })
      }
    case .log, .threadStarts: break
    default:
      let thread = Int(event.thread)
      guard threads.indices.contains(thread) else { return note(.noThread) }
      follow(event, on: thread)
    }
    // That a task was met happened nowhere.
    if event.kind != .taskMet, threads.indices.contains(Int(event.thread)) {
      threads[Int(event.thread)].lastEvent = now
    }
  }

  mutating func follow(_ event: TraceEvent, on thread: Int) {
    switch event.kind {
    case .taskRuns: run(event, on: thread)
    case .taskNests: nest(event, on: thread)
    case .taskRunsOn: runOn(event, on: thread)
    case .taskSuspends: suspend(event, on: thread)
    case .taskEnds: endTask(event)
    case .jobRuns:
      makeRoom(on: thread)
      setOut(from: thread)
      threads[thread].stack.append(.job(event.other, name: event.index, since: now))
      recount(thread)
    case .jobEnds: endJob(event, on: thread)
    case .actorAcquired: acquire(event)
    case .actorReleased: release(event)
    case .threadEnds: clear(thread)
    case .callBlocks:
      if threads[thread].call != nil { endCall(on: thread) }
      closePiece(on: thread)
      threads[thread].call = OpenCall(
        since: now, reason: event.reason, stack: event.index, readyTime: readyTime)
      recount(thread)
    case .callReturns:
      guard threads[thread].call != nil else { return note(.endsAlone) }
      endCall(on: thread)
    case .regionBegins: regions.begin(.init(event, at: now), of: event.task, thread: thread)
    case .regionEnds: end(regions.end(event.index, of: event.task, thread: thread), .region)
    case .lost: lose(event, on: thread)
    default: break
    }
  }

  // MARK: - Tasks that come and go

  mutating func make(_ event: TraceEvent) {
    if let place = tasks.place(of: event.task) {
      note(.madeTwice)
      let task = tasks.own(place)
      count(task)
      remove(task, hasEnded: true)
    }
    var task = TracedTask(id: event.task, site: sites.site(of: event), since: now, began: now)
    task.parent = event.other
    task.madeBy = event.index
    // A task is of the user task in which it was made.
    if let parent = tasks.place(of: event.other) {
      let parent = tasks.known(parent)
      (task.userTask, task.userTaskName) = (parent.pointee.userTask, parent.pointee.userTaskName)
    }
    task.isOlder = event.value == 2
    task.state = task.isOlder ? .unknown : .unbegun
    let added = add(&task)
    if !task.isOlder, now >= window.start { observer.made(ToldTask(added), at: now) }
  }

  mutating func meet(_ event: TraceEvent) {
    guard tasks.place(of: event.task) == nil else { return note(.madeTwice) }
    var task = TracedTask(id: event.task, site: sites.site(of: event), isOlder: true, since: now, began: now)
    task.parent = event.other
    task.madeBy = event.index
    task.ageWhenMet = max(event.value, 0)
    add(&task)
  }

  /// An event's task, which is met here if it never was before.
  mutating func find(_ event: TraceEvent) -> TaskAddress {
    if let place = tasks.place(of: event.task) {
      let task = tasks.own(place)
      count(task)
      return task
    }
    var task = TracedTask(id: event.task, site: CreationSites.earlier, isOlder: true, since: now, began: now)
    return add(&task)
  }

  @discardableResult private mutating func add(_ task: inout TracedTask) -> TaskAddress {
    task.family = grouping.number(of: task)
    task.countedIn = number
    counts.live += 1
    return tasks.add(task)
  }

  /// What a task has done counts from the window's start on, and that it is of its label's family. Of those that are known
  /// from a checkpoint this is found out when something is told of them, for they may be many.
  mutating func count(_ task: TaskAddress) {
    if task.pointee.countedIn != number { beginWindow(&task.pointee) }
  }

  private func beginWindow(_ task: inout TracedTask) {
    (task.running, task.onTop, task.readyBefore, task.queuedBefore) = (0, 0, 0, 0)
    (task.wakeups, task.selfWakeups) = (0, 0)
    task.countedIn = number
    task.family = grouping.number(of: task)
  }

  /// What a task does from now on is done with its new labels.
  mutating func label(_ event: TraceEvent) {
    let task = find(event)
    task.pointee.labels = event.index
    let family = grouping.number(of: task.pointee)
    guard family != task.pointee.family else { return }
    let thread = Int(task.pointee.thread)
    if thread >= 0, threads[thread].call == nil, threads[thread].stack.last?.isTask(event.task) == true {
      closePiece(on: thread)
    }
    task.pointee.family = family
  }

  mutating func remove(_ task: TaskAddress, hasEnded: Bool) {
    leaveState(task, isOpen: !hasEnded)
    for region in regions.endAll(of: task.pointee.id) { end(region, .region, isOpen: true) }
    tell(.life, from: task.pointee.began, isOpen: !hasEnded || task.pointee.isOlder, of: ToldTask(task))
    if now >= window.start { observer.left(ToldTask(task), at: now, hasEnded: hasEnded) }
    counts.live -= 1
    tasks.remove(at: Int(task.pointee.place))
  }

  mutating func endTask(_ event: TraceEvent) {
    let task = find(event)
    switch task.pointee.state {
    case .running, .nesting, .unknown: break
    default: note(.endsWithoutRun)
    }
    remove(task, hasEnded: true)
  }

  // MARK: - States

  /// Tells of the state that a task leaves, and takes it from its thread or its queue.
  mutating func leaveState(
    _ task: TaskAddress, isOpen: Bool = false, reason: ExecutionTrace.WaitReason = .nothing
  ) {
    let since = task.pointee.since
    switch task.pointee.state {
    case .running, .nesting: leaveThread(task, isOpen: isOpen, reason: reason)
    case .ready:
      counts.ready -= 1
      tell(.ready, from: since, isOpen: isOpen, of: ToldTask(task)) { $0.executor = task.pointee.executor }
    case .queued:
      counts.queued -= 1
      change(executor: task.pointee.executor, queued: -1)
      tell(.queued, from: since, isOpen: isOpen, of: ToldTask(task)) { $0.executor = task.pointee.executor }
    case .waiting:
      tell(.waiting, from: since, isOpen: isOpen, of: ToldTask(task)) { $0.reason = task.pointee.reason }
    case .unbegun: tell(.unbegun, from: since, isOpen: isOpen, of: ToldTask(task))
    case .unknown: if now > since { tell(.unknown, from: since, isOpen: isOpen, of: ToldTask(task)) }
    }
    task.pointee.state = .unknown
    task.pointee.since = now
  }

  /// How long a task has been in the state that an event of this time tells: some time, if it was met at this time.
  func age(_ task: TaskAddress) -> Int64 {
    let isMet = task.pointee.isOlder && task.pointee.state == .unknown && task.pointee.since == now
    return isMet ? task.pointee.ageWhenMet : 0
  }

  func enter(_ state: TracedTask.State, _ task: TaskAddress, age: Int64) {
    task.pointee.state = state
    task.pointee.since = now.subtracting(age)
    if task.pointee.isOlder { task.pointee.ageWhenMet = 0 }
  }

  mutating func enqueue(_ event: TraceEvent) {
    let task = find(event)
    let (state, age) = (task.pointee.state, age(task))
    let isSelf = event.other == event.task
    switch state {
    case .ready, .queued:
      note(.readyTwice)
      leaveState(task)
    default: leaveState(task, reason: event.reason)
    }
    let isMove = isSelf && event.executor != task.pointee.executor
    if state == .waiting || state == .running, !isMove, event.reason.isResumed, now >= window.start {
      task.pointee.wakeups += 1
      // Who yields has the library wake it at once.
      if isSelf || state == .waiting && task.pointee.reason == .yield { task.pointee.selfWakeups += 1 }
    }
    let executor = executors.indices.contains(Int(event.executor)) ? event.executor : 0
    let isQueued = executors[Int(executor)].isSerial
    enter(isQueued ? .queued : .ready, task, age: age)
    task.pointee.reason = event.reason
    task.pointee.wokenOn = event.thread
    if isQueued {
      move(task, to: executor)
      counts.queued += 1
      change(executor: executor, queued: 1)
    } else {
      counts.ready += 1
    }
  }

  mutating func suspend(_ event: TraceEvent, on thread: Int) {
    let task = find(event)
    let (state, age) = (task.pointee.state, age(task))
    switch state {
    // It enqueued itself while it ran, and now it leaves.
    case .ready, .queued: return
    case .running, .nesting, .unknown: break
    default: note(.runsNot)
    }
    let reason = libraryWaits.reason(of: event)
    leaveState(task, reason: reason)
    enter(.waiting, task, age: age)
    task.pointee.reason = reason
    task.pointee.suspendedAt = event.value == 1 ? 0 : event.index
  }

  // MARK: - The program's own

  mutating func beginUserTask(_ event: TraceEvent) {
    var region = OpenRegion(event, at: now)
    if let place = tasks.place(of: event.task) {
      let task = tasks.own(place)
      region.outer = (task.pointee.userTask, task.pointee.userTaskName)
      (task.pointee.userTask, task.pointee.userTaskName) = (event.other, event.index)
    }
    regions.begin(region, userTask: event.other)
  }

  mutating func endUserTask(_ event: TraceEvent) {
    let region = regions.end(userTask: event.other)
    if let region, let place = tasks.place(of: region.task), tasks.known(place).pointee.userTask == event.other {
      let task = tasks.own(place)
      (task.pointee.userTask, task.pointee.userTaskName) = region.outer
    }
    end(region, .userTask)
  }

  mutating func end(_ region: OpenRegion?, _ kind: TraceSpan.Kind, isOpen: Bool = false) {
    guard let region else { return note(.endsAlone) }
    let task = tasks.place(of: region.task).map { ToldTask(tasks.known($0)) }
    tell(kind, from: region.since, isOpen: isOpen, of: task) { ($0.index, $0.thread) = (region.name, region.thread) }
  }

  // MARK: - The end

  mutating func finish() {
    for thread in threads.indices { clear(thread, isOpen: true) }
    for place in tasks.places where tasks.known(place).pointee.id != 0 { leave(place) }
    for region in regions.regionsLeft { end(region, .region, isOpen: true) }
    for region in regions.userTasksLeft { end(region, .userTask, isOpen: true) }
  }

  /// Tells of a task that lives on. It stays as it is: tasks of which nothing was told in the window would be copied.
  private mutating func leave(_ place: Int) {
    var task = tasks.known(place).pointee
    // There are none of these, for threads have been cleared.
    if task.state == .running || task.state == .nesting { return remove(tasks.own(place), hasEnded: false) }
    if task.countedIn != number { beginWindow(&task) }
    withUnsafePointer(to: task) { leave($0) }
  }

  private mutating func leave(_ task: UnsafePointer<TracedTask>) {
    let (told, since) = (ToldTask(task), task.pointee.since)
    switch task.pointee.state {
    case .running, .nesting: break
    case .ready: tell(.ready, from: since, isOpen: true, of: told) { $0.executor = task.pointee.executor }
    case .queued: tell(.queued, from: since, isOpen: true, of: told) { $0.executor = task.pointee.executor }
    case .waiting: tell(.waiting, from: since, isOpen: true, of: told) { $0.reason = task.pointee.reason }
    case .unbegun: tell(.unbegun, from: since, isOpen: true, of: told)
    case .unknown: if now > since { tell(.unknown, from: since, isOpen: true, of: told) }
    }
    for region in regions.endAll(of: told.id) { end(region, .region, isOpen: true) }
    tell(.life, from: told.began, isOpen: true, of: told)
    if now >= window.start { observer.left(told, at: now, hasEnded: false) }
  }
}

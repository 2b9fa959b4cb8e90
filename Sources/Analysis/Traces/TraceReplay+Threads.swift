import ExecutionTrace

// What is on threads: tasks, jobs, one within another, and calls that block.
extension TraceReplay {
  mutating func run(_ event: TraceEvent, on thread: Int) {
    let task = find(event)
    let (state, age) = (task.pointee.state, age(task))
    if state == .running || state == .nesting { note(.runsTwice) }
    if state == .ready || state == .queued, now >= window.start {
      observer.woken(ToldTask(task), on: Int32(thread), at: now)
    }
    leaveState(task)
    makeRoom(on: thread)
    // Who gets a thread that another runs on has not been told of its end, unless that nests.
    while case .task(_, let place)? = threads[thread].stack.last, tasks.known(Int(place)).pointee.state == .running {
      note(.runsOver)
      leaveState(tasks.own(Int(place)))
    }
    setOut(from: thread)
    enter(.running, task, age: age)
    // Before its previous event the thread was another's.
    task.pointee.since = max(task.pointee.since, threads[thread].lastEvent)
    let executor = executors.indices.contains(Int(event.executor)) ? event.executor : 0
    move(task, to: executor)
    task.pointee.thread = Int32(thread)
    task.pointee.level = Int32(threads[thread].stack.count)
    task.pointee.runSince = task.pointee.since
    task.pointee.onTop = 0
    task.pointee.readyBefore = readySum
    threads[thread].stack.append(.task(event.task, place: task.pointee.place))
    beginHold(task)
    recount(thread)
  }

  /// Takes a task from its thread, with all that is within it.
  mutating func leaveThread(_ task: TaskAddress, isOpen: Bool, reason: ExecutionTrace.WaitReason) {
    let id = task.pointee.id
    let thread = Int(task.pointee.thread)
    guard let position = threads[thread].stack.lastIndex(where: { $0.isTask(id) }) else { return }
    while threads[thread].stack.count > position + 1 {
      if !isOpen { note(.runsOver) }
      takeInnermost(from: thread, isOpen: isOpen)
    }
    closePiece(on: thread, isOpen: isOpen)
    if threads[thread].call != nil { endCall(on: thread, isOpen: isOpen) }
    endHold(task, isOpen: isOpen)
    threads[thread].stack.removeLast()
    let ready = readySum - task.pointee.readyBefore
    tell(.run, from: task.pointee.runSince, isOpen: isOpen, of: ToldTask(task)) {
      $0.thread = task.pointee.thread
      $0.level = task.pointee.level
      $0.executor = task.pointee.executor
      $0.amount = task.pointee.onTop
      $0.reason = reason
      $0.meanwhile = ready
    }
    // So much is known of the thread.
    threads[thread].lastEvent = max(threads[thread].lastEvent, now)
    task.pointee.thread = -1
    task.pointee.state = .unknown
    task.pointee.since = now
    goOn(on: thread)
    recount(thread)
  }

  mutating func takeInnermost(from thread: Int, isOpen: Bool) {
    switch threads[thread].stack.last {
    // On a stack are tasks that have the thread, and no others.
    case .task(_, let place)?: leaveState(tasks.own(Int(place)), isOpen: isOpen)
    case .job?:
      closePiece(on: thread, isOpen: isOpen)
      threads[thread].stack.removeLast()
      goOn(on: thread, afterJob: true)
    case nil: break
    }
  }

  /// Tells of what the innermost task or job has done until now, of which more may come.
  mutating func closePiece(on thread: Int, isOpen: Bool = false) {
    guard let last = threads[thread].stack.last, threads[thread].call == nil else { return }
    let level = Int32(threads[thread].stack.count - 1)
    switch last {
    case .task(_, let place):
      let task = tasks.own(Int(place))
      let (since, isNesting) = (task.pointee.since, task.pointee.state == .nesting)
      if !isNesting {
        task.pointee.onTop += clipped(since, now)
        task.pointee.running += clipped(since, now)
      }
      tell(isNesting ? .nesting : .running, from: since, isOpen: isOpen, of: ToldTask(task)) {
        ($0.thread, $0.level, $0.executor) = (Int32(thread), level, task.pointee.executor)
      }
      task.pointee.since = now
    case .job(let address, let name, let since):
      tell(.job, from: since, isOpen: isOpen, of: nil) {
        ($0.thread, $0.level, $0.index) = (Int32(thread), level, name)
      }
      threads[thread].stack[threads[thread].stack.count - 1] = .job(address, name: name, since: now)
    }
  }

  /// What is innermost on a thread steps back, for something is to begin within it. A task that another task begins within
  /// has told so before.
  mutating func setOut(from thread: Int) {
    if threads[thread].call != nil { endCall(on: thread) }
    guard let last = threads[thread].stack.last else { return }
    if case .task(_, let place) = last {
      guard tasks.known(Int(place)).pointee.state == .running else { return }
      closePiece(on: thread)
      tasks.own(Int(place)).pointee.state = .nesting
    } else {
      closePiece(on: thread)
    }
  }

  /// What is innermost on a thread goes on, for what was within it is over. A task that another was within tells so itself.
  mutating func goOn(on thread: Int, afterJob: Bool = false) {
    switch threads[thread].stack.last {
    case .job(let address, let name, let since)?:
      let level = Int32(threads[thread].stack.count - 1)
      tell(.nesting, from: since, of: nil) { ($0.thread, $0.level) = (Int32(thread), level) }
      threads[thread].stack[threads[thread].stack.count - 1] = .job(address, name: name, since: now)
    case .task(_, let place)? where afterJob:
      closePiece(on: thread)
      tasks.own(Int(place)).pointee.state = .running
    default: break
    }
  }

  mutating func makeRoom(on thread: Int) {
    if threads[thread].stack.count >= TracedThread.deepest { clear(thread) }
  }

  mutating func nest(_ event: TraceEvent, on thread: Int) {
    let task = find(event)
    // Of one that was met this is how it is told that it had a thread.
    if task.pointee.state == .unknown { run(event, on: thread) }
    guard task.pointee.state == .running, task.pointee.thread == Int32(thread),
      threads[thread].stack.last?.isTask(event.task) == true
    else { return note(.runsNot) }
    if threads[thread].call != nil { endCall(on: thread) }
    closePiece(on: thread)
    task.pointee.state = .nesting
  }

  mutating func runOn(_ event: TraceEvent, on thread: Int) {
    let task = find(event)
    guard task.pointee.thread == Int32(thread),
      let position = threads[thread].stack.lastIndex(where: { $0.isTask(event.task) })
    else {
      if task.pointee.state != .unknown { note(.runsNot) }
      return run(event, on: thread)
    }
    while threads[thread].stack.count > position + 1 {
      note(.runsOver)
      takeInnermost(from: thread, isOpen: false)
    }
    closePiece(on: thread)
    task.pointee.state = .running
  }

  mutating func endJob(_ event: TraceEvent, on thread: Int) {
    guard let position = threads[thread].stack.lastIndex(where: { $0.isJob(event.other) }) else {
      return note(.endsAlone)
    }
    while threads[thread].stack.count > position {
      if threads[thread].stack.count > position + 1 { note(.runsOver) }
      if threads[thread].call != nil { endCall(on: thread) }
      takeInnermost(from: thread, isOpen: false)
    }
    recount(thread)
  }

  mutating func endCall(on thread: Int, isOpen: Bool = false) {
    guard let call = threads[thread].call else { return }
    threads[thread].call = nil
    let task: TaskAddress?
    switch threads[thread].stack.last {
    case .task(_, let place)?: task = tasks.own(Int(place))
    case .job(let address, let name, _)?:
      threads[thread].stack[threads[thread].stack.count - 1] = .job(address, name: name, since: now)
      task = nil
    // What a thread does that has no task is nobody's business here.
    case nil: return
    }
    if let task {
      let time = clipped(call.since, now)
      task.pointee.onTop += time
      task.pointee.running += time
      task.pointee.since = now
    }
    let level = Int32(threads[thread].stack.count - 1)
    let whileReady = readyTime - call.readyTime
    tell(.blocked, from: call.since, isOpen: isOpen, of: task.map { ToldTask($0) }) {
      ($0.thread, $0.level, $0.reason, $0.index) = (Int32(thread), level, call.reason, call.stack)
      $0.amount = whileReady
    }
    recount(thread)
  }

  /// Whatever is on a thread is over.
  mutating func clear(_ thread: Int, isOpen: Bool = false) {
    while !threads[thread].stack.isEmpty {
      if !isOpen { note(.runsOver) }
      if threads[thread].call != nil { endCall(on: thread, isOpen: isOpen) }
      takeInnermost(from: thread, isOpen: isOpen)
    }
    if threads[thread].call != nil { endCall(on: thread, isOpen: isOpen) }
    recount(thread)
  }

  /// Events are missing: what is on the thread by now nobody knows.
  mutating func lose(_ event: TraceEvent, on thread: Int) {
    lost = lost.adding(max(event.value, 1))
    // What it did since its previous event is not told. The numbers of that time are told already: there it counts as before.
    let time = now
    now = min(threads[thread].lastEvent, time)
    let since = now
    clear(thread, isOpen: true)
    now = time
    tell(.missing, from: since, of: nil) { $0.thread = Int32(thread) }
  }

  /// Counts a thread as what it is by now.
  mutating func recount(_ thread: Int) {
    let isOccupied = !threads[thread].stack.isEmpty
    let activity: TracedThread.Activity =
      isOccupied ? (threads[thread].call == nil ? .running : .blocked) : .free
    guard activity != threads[thread].activity else { return }
    switch threads[thread].activity {
    case .running: counts.running -= 1
    case .blocked: counts.blocked -= 1
    case .free: break
    }
    switch activity {
    case .running: counts.running += 1
    case .blocked: counts.blocked += 1
    case .free: break
    }
    threads[thread].activity = activity
  }
}

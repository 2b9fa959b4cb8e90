import ExecutionTrace

// Executors that run one task at a time: who is on one, and who waits for it.
extension TraceReplay {
  mutating func change(executor: Int32, queued change: Int) {
    let place = Int(executor)
    executors[place].pass(to: min(max(now, window.start), window.end))
    executors[place].queued += change
  }

  /// A task goes to another executor. That it was on one that runs one task at a time is told now that it is known where to
  /// it goes from there.
  mutating func move(_ task: TaskAddress, to executor: Int32) {
    let before = task.pointee.executor
    guard before != executor else { return }
    if task.pointee.timeOnExecutor >= 0, executors[Int(before)].isSerial {
      tell(.visit, from: now, of: ToldTask(task)) {
        ($0.executor, $0.amount) = (before, task.pointee.timeOnExecutor)
        $0.isBack = executor == task.pointee.executorBefore
      }
    }
    task.pointee.timeOnExecutor = -1
    task.pointee.executorBefore = before
    task.pointee.executor = executor
  }

  mutating func beginHold(_ task: TaskAddress) {
    task.pointee.onExecutorSince = now
    let executor = Int(task.pointee.executor)
    guard executors[executor].isSerial else { return }
    executors[executor].pass(to: min(max(now, window.start), window.end))
    task.pointee.queuedBefore = executors[executor].queuedSum
  }

  mutating func endHold(_ task: TaskAddress, isOpen: Bool = false) {
    task.pointee.timeOnExecutor = now.subtracting(task.pointee.onExecutorSince)
    let executor = Int(task.pointee.executor)
    guard executors[executor].isSerial else { return }
    executors[executor].pass(to: min(max(now, window.start), window.end))
    let queued = executors[executor].queuedSum - task.pointee.queuedBefore
    tell(.hold, from: task.pointee.onExecutorSince, isOpen: isOpen, of: ToldTask(task)) {
      ($0.executor, $0.thread, $0.meanwhile) = (task.pointee.executor, task.pointee.thread, queued)
    }
  }

  mutating func acquire(_ event: TraceEvent) {
    guard event.task != 0, let place = tasks.place(of: event.task), tasks.known(place).pointee.thread >= 0,
      executors.indices.contains(Int(event.executor))
    else { return note(.leavesAlone) }
    let task = tasks.own(place)
    guard task.pointee.executor != event.executor else { return }
    endHold(task)
    move(task, to: event.executor)
    beginHold(task)
  }

  mutating func release(_ event: TraceEvent) {
    guard event.task != 0, let place = tasks.place(of: event.task), tasks.known(place).pointee.thread >= 0,
      tasks.known(place).pointee.executor == event.executor
    else { return note(.leavesAlone) }
    // It runs on in the common pool, as far as anybody has told.
    let task = tasks.own(place)
    endHold(task)
    move(task, to: 0)
    beginHold(task)
  }
}

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
  mutating func move(_ place: Int, to executor: Int32) {
    let task = tasks[place]
    guard task.executor != executor else { return }
    if task.timeOnExecutor >= 0, executors[Int(task.executor)].isSerial {
      let time = task.timeOnExecutor
      tell(.visit, from: now, of: task) {
        ($0.executor, $0.amount, $0.isBack) = (task.executor, time, executor == task.executorBefore)
      }
    }
    tasks[place].timeOnExecutor = -1
    tasks[place].executorBefore = tasks[place].executor
    tasks[place].executor = executor
  }

  mutating func beginHold(_ place: Int) {
    tasks[place].onExecutorSince = now
    let executor = Int(tasks[place].executor)
    guard executors[executor].isSerial else { return }
    executors[executor].pass(to: min(max(now, window.start), window.end))
    tasks[place].queuedBefore = executors[executor].queuedSum
  }

  mutating func endHold(_ place: Int, isOpen: Bool = false) {
    tasks[place].timeOnExecutor = now.subtracting(tasks[place].onExecutorSince)
    let task = tasks[place]
    let executor = Int(task.executor)
    guard executors[executor].isSerial else { return }
    executors[executor].pass(to: min(max(now, window.start), window.end))
    let queued = executors[executor].queuedSum - task.queuedBefore
    tell(.hold, from: task.onExecutorSince, isOpen: isOpen, of: task) {
      ($0.executor, $0.thread, $0.meanwhile) = (task.executor, task.thread, queued)
    }
  }

  mutating func acquire(_ event: TraceEvent) {
    guard event.task != 0, let place = tasks.place(of: event.task), tasks[place].thread >= 0,
      executors.indices.contains(Int(event.executor))
    else { return note(.leavesAlone) }
    guard tasks[place].executor != event.executor else { return }
    endHold(place)
    move(place, to: event.executor)
    beginHold(place)
  }

  mutating func release(_ event: TraceEvent) {
    guard event.task != 0, let place = tasks.place(of: event.task), tasks[place].thread >= 0,
      tasks[place].executor == event.executor
    else { return note(.leavesAlone) }
    // It runs on in the common pool, as far as anybody has told.
    endHold(place)
    move(place, to: 0)
    beginHold(place)
  }
}

/// One event of a trace. What its words mean its kind says; what a kind does not name is 0.
public struct TraceEvent: Sendable, Hashable {
  /// What happened.
  ///
  /// The numbers are those of the file format, 1 to 63 of them.
  public enum Kind: UInt8, Sendable, CaseIterable {
    // Of tasks; `task` is whose.

    /// A task was made. `other`: its parent, 0 if it has none or that is not known; `index`: the stack that made it;
    /// `value`: 1 if it begins within its maker, and 2 if it was made before anybody looked.
    case taskMade = 1
    /// It was given to an executor. `other`: the task that ran on this thread, 0 if none did; `executor`; `reason`: what it had
    /// waited for.
    case taskRunnable
    /// It got this thread. `executor`: where.
    case taskRuns
    /// Another task begins on its thread, within it.
    case taskNests
    /// The one within it has been suspended or has ended, and it goes on.
    case taskRunsOn
    /// It left its thread. `reason`: what it waits for; `index`: its stack, if that was recorded; `value`: 1 if that has
    /// no more than the functions of Swift's library in which it waits.
    case taskSuspends
    /// It has ended.
    case taskEnds
    /// It was alive when the trace began, or the part of it that was kept. `other`, `index`: as of `taskMade`; `value`: for
    /// how many nanoseconds it had been in its state, which is that of the task's next event, at the same time: it was
    /// runnable, ran, nested, or was suspended. If there is no such event, it was new.
    case taskMet

    // Of jobs that are no tasks; `other` is the job's address.

    /// A job began on this thread. `executor`: where; `index`: what it does, if that has a name: `deinit of Node`.
    case jobRuns
    /// It is over.
    case jobEnds

    // Of actors.

    /// A task that runs entered an actor that was free, and runs on there. `executor`.
    case actorAcquired
    /// It left it, and runs on.
    case actorReleased

    // Of threads.

    /// A thread began. `index`: its name.
    case threadStarts
    /// It ended.
    case threadEnds
    /// A call that may wait has begun on this thread. `reason`: what for; `task`: which ran there, 0 if none; `index`: the
    /// stack, if that was recorded.
    case callBlocks
    /// It has returned.
    case callReturns

    // The program's own; `task` is the task that ran there.

    /// A user task began. `other`: its number; `value`: that of the user task around it, 0 if none; `index`: its name.
    case userTaskBegins
    /// It ended. `other`: its number; `index`: its name.
    case userTaskEnds
    /// A region began. `other`: the number of the user task it is of, 0 if of none; `index`: its name.
    case regionBegins
    /// It ended. `other`, `index`: the same.
    case regionEnds
    /// Something was noted. `other`: the user task, 0 if none; `index`: the category, a text; `value`: the message, another.
    case log
    /// A task has these labels from now on. `index`: the label set.
    case labels
    /// A figure. `index`: its name; `value`.
    case counter
    /// A sample of the CPU time. `index`: the stack; `task`: which ran, 0 if none; `value`: for how many nanoseconds it
    /// stands.
    case sample

    /// Events of this thread are missing before this time, back to its previous event. `value`: how many.
    case lost
  }

  /// When, in nanoseconds since the trace's start.
  public var time: Int64
  /// A figure.
  public var value: Int64
  /// The task's id, which no other task of the process ever has; 0: none.
  public var task: UInt64
  /// A second id.
  public var other: UInt64
  /// The thread that it happened on, in the trace's threads; for a task that was given to an executor by another, the
  /// other's.
  public var thread: Int32
  /// In the trace's executors; 0 is the common pool.
  public var executor: Int32
  /// In the table that the kind says; 0 is none.
  public var index: UInt32
  /// What happened.
  public var kind: Kind
  /// Why, of what waits.
  public var reason: WaitReason

  /// An event of a kind.
  public init(
    _ kind: Kind, at time: Int64, thread: Int32 = 0, task: UInt64 = 0, other: UInt64 = 0, executor: Int32 = 0,
    index: UInt32 = 0, value: Int64 = 0, reason: WaitReason = .nothing
  ) {
    self.time = time
    self.value = value
    self.task = task
    self.other = other
    self.thread = thread
    self.executor = executor
    self.index = index
    self.kind = kind
    self.reason = reason
  }
}

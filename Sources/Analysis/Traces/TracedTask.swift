import ExecutionTrace

/// A task while a trace is read: what it does, and what it has done so far within the window.
struct TracedTask {
  /// What a task may be doing.
  enum State: UInt8 {
    /// Nothing is known: it was met, or events of its thread were lost.
    case unknown
    /// It was made, and given to no executor yet.
    case unbegun
    /// It waits for a thread of the pool.
    case ready
    /// It waits for its turn on an executor that runs one task at a time.
    case queued
    /// It has a thread.
    case running
    /// It has a thread, on which another task runs within it.
    case nesting
    /// It waits for something else.
    case waiting
  }

  // What most events ask for comes first, what only who is made or ends asks for last: of a task that has not been told of
  // for long, each 64 bytes come from far away.

  var id: UInt64
  /// When it came into its state, or when what is yet to be told of it began.
  var since: Int64
  /// Where the table has it.
  var place: Int32 = -1
  /// By the number of the replay, whose window it is that what it has done within the window is of.
  var countedIn: UInt32 = 0
  /// The number of its creation site.
  var site: Int32
  /// The number of its family: of the site, or of a label's value.
  var family: Int32 = 0
  /// The thread that it has.
  var thread: Int32 = -1
  /// How many tasks and jobs are around it there.
  var level: Int32 = 0
  /// The executor that it runs on, is queued for, or ran on last.
  var executor: Int32 = 0
  /// The one before.
  var executorBefore: Int32 = -1
  var state = State.unknown
  /// What it waits for, or waited for.
  var reason = ExecutionTrace.WaitReason.nothing
  /// Whether it was made before anybody looked.
  var isOlder = false
  /// The thread on which it was given to its executor last; −1 if it was not.
  var wokenOn: Int32 = -1
  /// How long it has run, within the window.
  var running: Int64 = 0

  /// How long it has been the innermost on its thread since it got that, within the window, blocked or not.
  var onTop: Int64 = 0
  /// When it got its thread.
  var runSince: Int64 = 0
  /// Since when it is on its executor, while it has a thread.
  var onExecutorSince: Int64 = 0
  /// How long it was on its executor when it left that or its thread last; −1 if it was not there yet.
  var timeOnExecutor: Int64 = -1
  /// Sums over ready tasks, and over those queued for its executor, when that began.
  var readyBefore: Int64 = 0
  var queuedBefore: Int64 = 0
  /// How often it was resumed, and by itself, within the window.
  var wakeups: Int32 = 0
  var selfWakeups: Int32 = 0
  /// Its stack when it was suspended last; 0 if that was not recorded.
  var suspendedAt: UInt32 = 0
  /// The stack that made it; 0 if that is not known.
  var madeBy: UInt32 = 0

  /// When it was made, or met.
  var began: Int64
  /// Its parent's id; 0 for none.
  var parent: UInt64 = 0
  /// How long it had been in its state before it was met; 0 of those that were not older then.
  var ageWhenMet: Int64 = 0
  /// The user task that it is of: its number and its name, a text of the trace; 0 if it is of none.
  var userTask: UInt64 = 0
  var userTaskName: UInt32 = 0
  /// Its label set.
  var labels: UInt32 = 0

  init(id: UInt64, site: Int32, isOlder: Bool = false, since: Int64, began: Int64) {
    (self.id, self.site, self.isOlder, self.since, self.began) = (id, site, isOlder, since, began)
  }
}

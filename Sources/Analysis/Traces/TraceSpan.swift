import ExecutionTrace

/// Something that lasted, as far as it lies within the window.
struct TraceSpan {
  enum Kind: UInt8 {
    // Of threads; `level` is how many tasks and jobs are around it.

    /// A task has a thread and runs.
    case running
    /// It has one, and is in a call that blocks. `reason`; `amount`: how long tasks were ready meanwhile; `index`: the stack.
    case blocked
    /// It has one, and another task runs within it.
    case nesting
    /// A job that is no task has a thread. `index`: its name.
    case job
    /// Events of the thread are missing.
    case missing

    // Of tasks.

    /// All from when it got a thread until it left it. `amount`: how long it was not nesting; `reason`: why it left;
    /// `meanwhile`: of the tasks that were ready, the sum of how long they were.
    case run
    /// It waits for a thread of the pool.
    case ready
    /// It waits for its turn on an executor.
    case queued
    /// It waits for something else. `reason`.
    case waiting
    /// It was made and is given to no executor yet.
    case unbegun
    /// It is not known what it does.
    case unknown
    /// All from when it was made until it ended.
    case life

    // Of executors that run one task at a time.

    /// A task is on it. `meanwhile`: of those that were queued for it, the sum of how long they were.
    case hold
    /// A task has gone from it to another one, at the moment that `from` and `to` are. `amount`: how long it was on it last;
    /// `isBack`: whether it goes to where it had come from.
    case visit

    // The program's own. `index`: the name.

    case region
    case userTask
  }

  var kind: Kind
  var from: Int64
  var to: Int64
  /// Whether it began before the window, or ends after it, or is not over.
  var isCut: Bool
  var thread: Int32 = -1
  var level: Int32 = 0
  var executor: Int32 = 0
  var reason = ExecutionTrace.WaitReason.nothing
  var index: UInt32 = 0
  var amount: Int64 = 0
  var meanwhile: Int64 = 0
  var isBack = false

  var length: Int64 { to - from }
}

/// How many there are at a moment.
struct TraceCounts: Equatable {
  /// Tasks that live.
  var live = 0
  /// Tasks that wait for a thread of the pool.
  var ready = 0
  /// Tasks that wait for their turn on an executor.
  var queued = 0
  /// Threads on which a task or a job runs.
  var running = 0
  /// Threads on which a task or a job is in a call that blocks.
  var blocked = 0
}

/// What is to be known of a task that something is told of, as it is then. It must not be kept: it is read where the replay
/// has it, for it is large, and is told of several times an event.
struct ToldTask {
  private let task: UnsafePointer<TracedTask>

  init(_ task: UnsafePointer<TracedTask>) { self.task = task }

  var id: UInt64 { task.pointee.id }
  var site: Int32 { task.pointee.site }
  var family: Int32 { task.pointee.family }
  var madeBy: UInt32 { task.pointee.madeBy }
  var suspendedAt: UInt32 { task.pointee.suspendedAt }
  var userTaskName: UInt32 { task.pointee.userTaskName }
  var wokenOn: Int32 { task.pointee.wokenOn }
  var labels: UInt32 { task.pointee.labels }
  var isOlder: Bool { task.pointee.isOlder }
  var since: Int64 { task.pointee.since }
  var began: Int64 { task.pointee.began }
  var running: Int64 { task.pointee.running }
  var wakeups: Int32 { task.pointee.wakeups }
  var selfWakeups: Int32 { task.pointee.selfWakeups }
}

/// Who wants to know what happened in the window of a trace.
protocol TraceObserver {
  /// A time has passed, with these numbers all along.
  mutating func passed(from: Int64, to: Int64, _ counts: TraceCounts)
  /// A task has been made. It is told in the window alone.
  mutating func made(_ task: ToldTask, at time: Int64)
  /// A task has ended, or lives on after the window.
  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool)
  /// Something is over, or the window is. `task`: whose it is, or who ran there; nil if nobody did.
  mutating func over(_ span: TraceSpan, of task: ToldTask?)
  /// A figure that the recorder noted.
  mutating func noted(_ value: Int64, named name: UInt32, at time: Int64)
  /// A task that waited since `task.since` for a thread, given to its executor on `task.wokenOn`, has got one.
  mutating func woken(_ task: ToldTask, on thread: Int32, at time: Int64)
  /// A sample of the CPU time. `task`: who ran.
  mutating func sampled(_ event: TraceEvent, of task: ToldTask?)
}

extension TraceObserver {
  mutating func passed(from: Int64, to: Int64, _ counts: TraceCounts) {}
  mutating func made(_ task: ToldTask, at time: Int64) {}
  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {}
  mutating func noted(_ value: Int64, named name: UInt32, at time: Int64) {}
  mutating func woken(_ task: ToldTask, on thread: Int32, at time: Int64) {}
  mutating func sampled(_ event: TraceEvent, of task: ToldTask?) {}
}

import CProfiler
import Pprof

/// Follows the program's tasks and tells which of them live, who made them and what they wait for.
///
///     try TaskProfiler.start()
///     …
///     let profile = TaskProfiler.snapshot()
///     print(TaskProfiler.dump())
///
/// Tasks made from the start on are all known, and each with the stack that made it. Older ones are met when they run or
/// are resumed. What is followed costs about a tenth of a microsecond whenever a task changes its state, and nothing
/// before the start and after the stop.
///
/// The table serves the whole process; where it is kept already, because the environment asked for a profile of the whole
/// run, it is shared, with all that it knows.
public enum TaskProfiler {
  /// Whether it is made for this platform. Where it is not, `start` throws, and the rest does nothing.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Begins to follow tasks.
  /// - Throws: `ProfilingError` if the program has started it already, or tasks cannot be seen.
  public static func start() throws(ProfilingError) { try TaskEngine.sessions.begin(.program, .all) }

  /// Stops and forgets all tasks. Does nothing if the program has not started it.
  public static func stop() { try? TaskEngine.sessions.end(.program) { _ in } }

  /// Whether the program has started it.
  public static var isRunning: Bool { TaskEngine.sessions.with(.program) { _ in true } ?? false }

  /// How many tasks live, by families. The program runs on meanwhile. Empty when not running.
  ///
  /// A sample is a stack with how many tasks share it, its labels what they are at: `state`, `waits`, `name`,
  /// `priority`, `cancelled`, and those of `withLabels`; the numeric label `age` is how long they have been in that
  /// state, rounded down to a power of ten of milliseconds.
  ///
  /// Threads that run no task are counted beside, as another type of sample: by where they are, with the labels `thread`,
  /// their name, `state`, and `call`, the system call that they wait in. Each is interrupted for as long as it takes to
  /// walk its stack.
  public static func snapshot(by stack: TaskStack = .creation) -> Profile {
    HeapProfiler.withoutRecording { taskProfile(collection(), by: stack) }
  }

  /// The same, named on a thread of its own, so that the pool's are free for the program's tasks.
  public static func snapshot(by stack: TaskStack = .creation) async -> Profile {
    let taken = HeapProfiler.withoutRecording { collection() }
    return await onOwnThread { HeapProfiler.withoutRecording { taskProfile(taken, by: stack) } }
  }

  /// Every task that lives and every thread, in words.
  ///
  /// - Parameter withLabels: Whether the program's own labels are told; they may be secrets.
  public static func dump(withLabels: Bool = true) -> TaskDump {
    HeapProfiler.withoutRecording { TaskDump(collection(waits: true), withLabels: withLabels) }
  }

  /// Tasks made, ended and alive since the table was begun; nil when not running.
  ///
  /// Complexity: some nanoseconds for each task that lived at once.
  public static var counts: TaskCounts? {
    TaskEngine.sessions.with(.program) { _ in TaskCounts(lab_tasks_counts(), .now) }
  }

  private static func collection(waits: Bool = false) -> TaskCollection {
    TaskEngine.sessions.with(.program) { _ in TaskCollection.now(waits: waits) } ?? TaskCollection()
  }
}

/// By which of its two stacks a task is counted.
@nonexhaustive
public enum TaskStack: String, Sendable, Hashable, CaseIterable {
  /// Who made it, and who made its maker.
  case creation
  /// Where it is: the functions that run, or that await one another.
  case current
}

/// How many tasks there were since the table was begun.
public struct TaskCounts: Sendable, Hashable {
  /// All that the table knows of: `ended` and `live` together, unless tasks came or went while they were counted.
  public var made: Int
  /// Of these, not seen made: older than the table, or made inside the Swift runtime.
  public var met: Int
  /// Those that have ended.
  public var ended: Int
  /// Those that have not.
  public var live: Int
  /// Those that are missing for want of memory.
  public var lost: Int

  init(_ counts: lab_task_counts, _ losses: Losses) {
    made = Int(counts.made)
    met = Int(counts.met)
    ended = Int(counts.ended)
    live = Int(counts.live)
    lost = Int(losses[LAB_LOSS_task_no_memory])
  }

  /// Of tasks that were collected: those that live are those that are in it.
  init(_ collection: TaskCollection) {
    self.init(collection.counts, collection.losses)
    live = collection.tasks.count
  }
}

import CProfiler
import Platform
import Symbolization

/// The table of tasks at one moment, as addresses: not named yet.
struct TaskCollection: Sendable {
  /// What the name in it points to lives for ever.
  struct Task: @unchecked Sendable {
    var copy: lab_task_copy
    /// Where it is, leaf first.
    var stack: [UInt64]
    /// By what it was made, leaf first; all of them return addresses. Empty if nobody saw it made.
    var creation: [UInt64]
  }

  struct Thread: Sendable {
    var id: Int32
    /// What the kernel knows it by, e.g. of whoever made it.
    var name: String
    /// The innermost task on it; 0: none.
    var task: UInt64
    /// Leaf first; empty if it did not say where it is.
    var stack: [UInt64]
    var labels: UInt32
    var activity: lab_thread_activity
    /// The number of the system call that it waits in; nil if it waits in none, or that is not known.
    var call: Int32?
    /// What it slept on before everything else was looked at, and afterwards.
    var sleeps: (before: lab_thread_sleep, after: lab_thread_sleep)
    /// Whether it slept on there all the while.
    var slept: Bool
    /// For how long, at least; 0 if that is not known.
    var sleptNanoseconds: UInt64
    /// A word that it wants to own and cannot, for the kernel says that its owner waits for this thread, and who that
    /// is.
    var refused: (address: UInt, owner: Int32)?
  }

  /// Oldest first.
  var tasks: [Task] = []
  var threads: [Thread] = []
  var counts = lab_task_counts()
  var losses = Losses()
  var habits = Habits()
  /// Whether the kernel forbids to look at suspended tasks.
  var cannotRead = false
  /// Who drains the main queue, if that is known and was so all the while.
  var mainQueueOwner: Int32?
  /// The main actor's executor, if any task waits for one that is no actor itself.
  var mainExecutor: UInt = 0
  /// Whether the runtime's library tells what threads work for.
  var knowsExecutors = false
  /// How long it took to collect, without the names.
  var collecting = Duration.zero
  /// For how long a thread was kept from its work at most.
  var longestPause = Duration.zero
  var beganAt: Int64 = 0
  var takenAt = nanosecondsSinceEpoch()

  /// Nothing.
  init() {}

  /// What there is now; no tasks while nobody follows them.
  /// - Parameter waits: Whether to tell what threads sleep on as well.
  static func now(waits: Bool = false) -> TaskCollection {
    lab_unwind_prepare()
    let tracking = waits ? trackedExecutors() : nil
    var raw = lab_task_collection()
    guard lab_tasks_collect(&raw, waits, tracking ?? -1) else { return TaskCollection() }
    defer { lab_tasks_collection_free(&raw) }
    var collection = TaskCollection(raw)
    collection.knowsExecutors = tracking != nil
    return collection
  }

  /// Where in its storage of each thread Swift's concurrency library has what the thread works for; nil if its symbols do
  /// not tell.
  ///
  /// Source: Swift, stdlib/public/Concurrency/Actor.cpp, ExecutorTrackingInfo::ActiveInfoInThread.
  private static func trackedExecutors() -> Int? {
    let library = UInt64(lab_tasks_library())
    guard library != 0 else { return nil }
    var symbolizer = Symbolizer.ofProcess()
    let name = "_ZN12_GLOBAL__N_120ExecutorTrackingInfo18ActiveInfoInThreadE"
    return symbolizer.offset(ofThreadLocal: name, inImageAt: library).map(Int.init)
  }

  private init(_ raw: lab_task_collection) {
    let frames = UnsafeBufferPointer(start: raw.frames, count: raw.frame_count)
    func stack(_ first: Int, _ count: UInt32) -> [UInt64] { frames[first..<first + Int(count)].map(UInt64.init) }
    var creations: [UInt32: [UInt64]] = [:]
    tasks.reserveCapacity(raw.count)
    for copy in UnsafeBufferPointer(start: raw.tasks, count: raw.count) {
      let creation = creations[copy.creation] ?? Self.creation(copy.creation)
      creations[copy.creation] = creation
      tasks.append(Task(copy: copy, stack: stack(copy.first_frame, copy.frames), creation: creation))
    }
    tasks.sort { $0.copy.id < $1.copy.id }
    threads = UnsafeBufferPointer(start: raw.threads, count: raw.thread_count).map { thread in
      Thread(
        id: thread.tid, name: threadName(thread.tid), task: thread.task,
        stack: stack(thread.first_frame, thread.frames), labels: thread.labels,
        activity: lab_thread_activity(rawValue: UInt32(thread.activity)),
        call: thread.call < 0 ? nil : thread.call, sleeps: thread.sleeps, slept: thread.slept,
        sleptNanoseconds: thread.slept_nanoseconds,
        refused: thread.refused == 0 ? nil : (thread.refused, Int32(thread.refused_word & 0x3fff_ffff)))
    }
    threads.sort { $0.id < $1.id }
    counts = raw.counts
    losses = .now
    habits = .now
    addLongRuns()
    cannotRead = raw.cannot_read
    let owners = raw.main_queue_owners
    mainQueueOwner = owners.0 == owners.1 && owners.0 != 0 ? owners.0 : nil
    mainExecutor = raw.main_executor
    collecting = .nanoseconds(Int64(clamping: raw.collect_nanoseconds))
    longestPause = .nanoseconds(Int64(clamping: raw.longest_pause_nanoseconds))
    beganAt = lab_tasks_began_at()
  }

  /// Counts runs that still go on. On the main thread nobody waits but for the main actor.
  private mutating func addLongRuns() {
    let running = UInt8(LAB_TASK_IS_RUNNING.rawValue), main = getpid()
    for task in tasks where task.copy.state == running && task.copy.tid != main {
      guard task.copy.state_nanoseconds >= UInt64(LAB_HABIT_RUN) else { continue }
      habits.addRun(of: task.copy.creation, nanoseconds: Int(clamping: task.copy.state_nanoseconds))
    }
  }

  /// Threads that run no task, as far as they say so.
  var idleThreads: [Thread] {
    let busy = Set(tasks.filter { $0.copy.state == UInt8(LAB_TASK_IS_RUNNING.rawValue) }.map(\.copy.tid))
    return threads.filter { $0.task == 0 && !($0.stack.isEmpty && busy.contains($0.id)) }
  }

  /// Frames of a task's creation and of its parents' that are shown at most.
  private static let mostFrames = 4096

  private static func creation(_ number: UInt32) -> [UInt64] {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: mostFrames) { buffer in
      let count = lab_tasks_creation_frames(number, buffer.baseAddress, buffer.count)
      return buffer[..<count].map { UInt64($0) }
    }
  }
}

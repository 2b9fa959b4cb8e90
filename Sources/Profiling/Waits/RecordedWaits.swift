import CProfiler

/// The waits of one stack, and how actors were held by it.
struct RecordedWaits {
  /// Return addresses, leaf first; none if what ended the waits could not be seen.
  var addresses: [UInt64]
  /// The number of its label set.
  var labels: UInt32
  var view: lab_wait_view
  var on: lab_wait_on
  var count: Int
  /// Nanoseconds.
  var delay: Int
  /// How much of the delay tasks were able to run and had no thread, in nanoseconds.
  var runnable: Int
  /// How often an actor was entered, for how many nanoseconds it was held, and how many tasks waited when it was left,
  /// summed up.
  var holds: Int
  var held: Int
  var queued: Int
  /// Whether it stands for all stacks beyond the bound of the table.
  var isBeyondBound: Bool

  init(_ bucket: lab_wait_bucket, _ figures: lab_wait_figures) {
    var set: UInt64 = 0
    addresses = withUnsafeTemporaryAllocation(of: UInt.self, capacity: Int(LAB_WAIT_MOST_FRAMES)) { buffer in
      let count = lab_wait_frames(bucket.stack, buffer.baseAddress, buffer.count, &set)
      return buffer[..<count].map { UInt64($0) }
    }
    labels = UInt32(truncatingIfNeeded: set)
    view = bucket.view
    on = bucket.on
    let unit = UInt64(LAB_WAIT_COUNT_UNIT)
    func whole(_ count: UInt64) -> Int { Int((count + unit / 2) / unit) }
    count = whole(figures.contentions)
    delay = Int(figures.delay)
    runnable = Int(figures.runnable)
    holds = whole(figures.holds)
    held = Int(figures.held)
    queued = whole(figures.queued)
    isBeyondBound = addresses.isEmpty && bucket.stack != 0
  }

  /// Whether a task waited, or was waited for, and not a thread.
  var isOfTask: Bool { on.rawValue >= LAB_WAIT_ON_CONTINUATION.rawValue }

  /// What stands for the stack where nobody was seen who could be blamed.
  var unseen: String {
    // An actor had no thread, or its thread did something else; a queue was busy with work that nobody waits for; or a lock
    // was given back while others only spun for it.
    isOfTask ? "[no task had it]" : on == LAB_WAIT_ON_QUEUE ? "[work submitted with async]" : "[unlocks unseen]"
  }

  /// What is waited for, as labels say it.
  var name: String { Self.name(of: on) }

  /// The same of any wait.
  static func name(of on: lab_wait_on) -> String {
    switch on {
    case LAB_WAIT_ON_MUTEX: "Mutex"
    case LAB_WAIT_ON_PTHREAD: "pthread_mutex_t"
    case LAB_WAIT_ON_RWLOCK: "pthread_rwlock_t"
    case LAB_WAIT_ON_QUEUE: "DispatchQueue"
    case LAB_WAIT_ON_CONDITION: "condition"
    case LAB_WAIT_ON_SEMAPHORE: "semaphore"
    case LAB_WAIT_ON_FUTEX: "futex"
    case LAB_WAIT_ON_TIME: "sleep"
    case LAB_WAIT_ON_THREAD: "thread"
    case LAB_WAIT_ON_PROCESS: "process"
    case LAB_WAIT_ON_POLL: "poll"
    case LAB_WAIT_ON_READ: "read"
    case LAB_WAIT_ON_WRITE: "write"
    case LAB_WAIT_ON_CONTINUATION: TaskWait.continuation.rawValue
    case LAB_WAIT_ON_TASK: TaskWait.task.rawValue
    case LAB_WAIT_ON_GROUP: TaskWait.group.rawValue
    case LAB_WAIT_ON_ACTOR: TaskWait.actor.rawValue
    case LAB_WAIT_ON_MAIN_ACTOR: "MainActor"
    case LAB_WAIT_ON_EXECUTOR: "executor"
    default: "pool"
    }
  }
}

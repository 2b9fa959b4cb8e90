import CProfiler

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
  }

  /// Oldest first.
  var tasks: [Task] = []
  var threads: [Thread] = []
  var counts = lab_task_counts()
  var losses = Losses()
  /// Whether the kernel forbids to look at suspended tasks.
  var cannotRead = false
  /// How long it took to collect, without the names.
  var collecting = Duration.zero
  var beganAt: Int64 = 0
  var takenAt = nanosecondsSinceEpoch()

  /// Nothing.
  init() {}

  /// Collects; empty if no session runs.
  ///
  /// - Parameter withThreads: Whether all threads are asked where they are, and not only those that run tasks.
  init(withThreads: Bool) {
    lab_unwind_prepare()
    var raw = lab_task_collection()
    guard lab_tasks_collect(&raw, withThreads) else { return }
    defer { lab_tasks_collection_free(&raw) }
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
    if withThreads {
      threads = UnsafeBufferPointer(start: raw.threads, count: raw.thread_count).map { thread in
        Thread(
          id: thread.tid, name: threadName(thread.tid), task: thread.task,
          stack: stack(thread.first_frame, thread.frames), labels: thread.labels)
      }
    }
    counts = lab_tasks_counts()
    losses = .now
    cannotRead = raw.cannot_read
    collecting = .nanoseconds(Int64(clamping: raw.collect_nanoseconds))
    beganAt = lab_tasks_began_at()
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

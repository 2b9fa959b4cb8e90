import CProfiler

/// What can be counted of a running program at little cost, for whoever watches it over time.
package struct ProgramCounts: Sendable {
  /// Tasks in each state, by its name; empty if tasks are not followed.
  package var tasks: [(state: String, count: Int)] = []
  /// Tasks made since they are followed.
  package var tasksMade: Int?
  /// Threads of the program; nil if the kernel does not tell.
  package var threads: Int?
  /// Threads made since the start; nil if that is not counted.
  package var threadsMade: Int?
  /// What is in use on the heap, estimated; nil if it is not recorded.
  package var live: LiveHeap?
  /// Distinct stacks and sizes of blocks; nil if they are not recorded.
  package var heapStacks: Int?
  /// How long threads and tasks waited for locks and actors, and how often; nil if that is not recorded.
  package var contention: (count: Int, nanoseconds: Int)?
  /// How long they waited at all, and how often; nil if that is not recorded.
  package var waits: (count: Int, nanoseconds: Int)?
  /// What the custom profiles hold, by name.
  package var custom: [(name: String, count: Int)] = []
  /// Bytes of the profiler's own tables.
  package var ownBytes = 0
  /// Samples that were taken, by profile.
  package var samples: [(profile: String, count: Int)] = []
  /// What was lost, by profile and in words.
  package var losses: [(profile: String, sentence: String, count: Int)] = []

  /// What there is now.
  package static var now: ProgramCounts { HeapProfiler.withoutRecording { ProgramCounts() } }

  private init() {
    guard CHalf.isPresent else { return }
    readTasks()
    var sight = lab_threads_sight()
    if lab_threads_look(&sight) == 0 { threads = Int(sight.count) }
    if let owner = ThreadCreationEngine.sessions.owner {
      threadsMade = (try? ThreadCreationProfiler.look(owner))?.count
    }
    let heap = HeapProfiler.statistics
    if let owner = HeapEngine.sessions.owner {
      live = HeapEngine.sessions.with(owner, \.live)
      heapStacks = heap.buckets
    }
    contention = MutexEngine.sessions.owner.flatMap { try? MutexEngine.look($0) }.map { Self.sum($0.waits(.holder)) }
    waits = BlockEngine.sessions.owner.flatMap { try? BlockEngine.look($0) }.map { Self.sum($0.waits) }
    custom = CustomProfile.all.map { ($0.name, $0.count) }
    let cpu = lab_cpu_statistics()
    ownBytes = heap.ownMemory.bytes + Int(clamping: cpu.bytes) + Int(clamping: lab_unwind_statistics().bytes)
    samples = [("cpu", Int(clamping: cpu.weight)), ("heap", heap.recorded)]
    let lost = Losses.now
    for engine in Self.engines { losses += lost.all(of: engine).map { (engine, $0.sentence, $0.count) } }
  }

  private mutating func readTasks() {
    guard lab_tasks_are_followed() else { return }
    var counts = [UInt64](repeating: 0, count: Int(LAB_TASK_STATES.rawValue))
    lab_tasks_count_states(&counts)
    let names: [(lab_task_state, String)] = [
      (LAB_TASK_IS_MADE, "made"), (LAB_TASK_IS_RUNNABLE, "runnable"), (LAB_TASK_IS_RUNNING, "running"),
      (LAB_TASK_IS_NESTING, "nesting"), (LAB_TASK_IS_WAITING, "waiting"),
    ]
    tasks = names.map { ($0.1, Int(clamping: counts[Int($0.0.rawValue)])) }
    tasksMade = Int(clamping: lab_tasks_counts().made)
  }

  private static let engines = ["cpu", "heap", "task", "block", "mutex", "threadcreate", "trace"]

  private static func sum(_ waits: [RecordedWaits]) -> (count: Int, nanoseconds: Int) {
    waits.reduce((0, 0)) { ($0.0 + $1.count, $0.1 + $1.delay) }
  }
}

extension HeapEngine.Part {
  /// An estimate of what lives of its blocks.
  fileprivate var live: LiveHeap {
    var objects = 0.0, bytes = 0.0
    if let window, !window.isWhole {
      lab_heap_live_of(window.number, &objects, &bytes)
    } else {
      lab_heap_live(&objects, &bytes)
    }
    return LiveHeap(objects: Int(objects.rounded()), size: ByteCount(Int(bytes.rounded())))
  }
}

import CProfiler

/// The one table of allocations of the process, shared by the environment, the program's `HeapProfiler` and its
/// `LeakDetector`.
enum HeapEngine: Engine {
  static let profiler = Profiler.heap
  static let sessions = Sessions<HeapEngine>()

  enum Request {
    /// One sample every so many bytes, in a window of its own.
    case samples(rate: ByteCount)
    /// Every block, and fresh memory cleared: it still holds addresses of what it was before, which would keep leaked
    /// blocks from being found.
    case everyBlock
  }

  /// What a session has of the table.
  struct Part: SessionPart {
    /// The blocks that are its own; nil if all are.
    var window: HeapWindow?
    /// Whether it needs fresh memory cleared.
    var isArmed = false
    /// Whether it follows blocks from before it was armed, whose memory was not cleared.
    var followsOlder = false

    var isOpen: Bool { window?.isOpen ?? true }
    mutating func open() { window?.open() }
    mutating func close() { window?.close() }
  }

  static var run: Int { lab_heap_rate() == 0 ? 0 : Int(lab_heap_began_at()) }

  static func start(_ request: Request) throws(ProfilingError) -> Part? {
    let rate = if case .samples(let rate) = request { max(rate.bytes, 1) } else { 1 }
    let status = lab_heap_start(UInt64(rate))
    if status == LAB_HEAP_ALREADY_RUNNING { return nil }
    if let error = ProfilingError(status) { throw error }
    switch request {
    case .samples(let rate): return Part(window: HeapWindow(ofSessionAt: rate))
    case .everyBlock:
      guard lab_leaks_armed() else {
        lab_heap_stop()
        throw .noMaps
      }
      lab_heap_clear_fresh(true)
      return Part(isArmed: true)
    }
  }

  static func join(_ request: Request, environmentRuns: Bool) throws(ProfilingError) -> Part {
    switch request {
    case .samples(let rate): return Part(window: HeapWindow(joiningAt: rate))
    case .everyBlock:
      let rate = lab_heap_rate()
      guard rate == 1 else {
        throw environmentRuns ? .heldByEnvironment(atRate: ByteCount(Int(rate))) : .alreadyRunning(profiler)
      }
      let wasArmed = lab_heap_clears_fresh()
      guard wasArmed || lab_leaks_armed() else { throw .noMaps }
      lab_heap_clear_fresh(true)
      return Part(isArmed: true, followsOlder: !wasArmed)
    }
  }

  static func partOfEnvironment() -> Part { Part(isArmed: lab_heap_clears_fresh()) }

  static func stop() { lab_heap_stop() }

  /// Throws why it does not run, as far as that can be found out: what it refuses, if it is begun.
  static func checkThatItRuns() throws(ProfilingError) {
    guard run == 0 else { return }
    let trial = sessions.newRecording()
    try sessions.begin(trial, .samples(rate: HeapProfiler.defaultRate))
    try sessions.end(trial) { _ in }
    throw .notRunning(profiler)
  }

  static func left(by part: Part, others: [Part]) {
    if part.window != nil { lab_heap_window_switch(0) }
    lab_heap_clear_fresh(others.contains(where: \.isArmed))
  }
}

extension Profiler {
  /// `HeapProfiler`, and what `LeakDetector` needs of it.
  public static let heap = Profiler("heap profiler")
}

extension ProfilingError {
  fileprivate init?(_ status: lab_heap_status) {
    switch status {
    case LAB_HEAP_OK: return nil
    case LAB_HEAP_ALREADY_RUNNING: self = .alreadyRunning(HeapEngine.profiler)
    case LAB_HEAP_SANITIZER: self = .sanitizer
    case LAB_HEAP_FOREIGN_MALLOC: self = .foreignMalloc
    default: self = .noMemory(for: "tables of the heap profiler")
    }
  }

  fileprivate static func heldByEnvironment(atRate rate: ByteCount) -> ProfilingError {
    .heldByEnvironment(variables: [ProfileKind.heap.variable, ProfileKind.allocs.variable], rate: rate)
  }
}

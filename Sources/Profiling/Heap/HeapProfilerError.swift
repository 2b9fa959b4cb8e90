import CProfiler

/// Why the heap profiler did not start; the program is as it was before.
public enum HeapProfilerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The profiler is not made for this platform; see `HeapProfiler.isSupported`.
  case unsupportedPlatform
  /// The program has started it already, or it runs at a rate that does not serve.
  case alreadyRunning
  /// The environment asked for a heap profile of the whole run, whose rate does not serve.
  case heldByEnvironment(rate: ByteCount)
  /// The program was built with a sanitizer, which owns the allocator; the hooks are not in it.
  case sanitizer
  /// The program brings a `malloc` of its own, which stands before the hooks.
  case foreignMalloc
  /// There is no memory for the profiler's tables.
  case noMemory

  init?(_ status: lab_heap_status) {
    switch status {
    case LAB_HEAP_OK: return nil
    case LAB_HEAP_ALREADY_RUNNING: self = .alreadyRunning
    case LAB_HEAP_SANITIZER: self = .sanitizer
    case LAB_HEAP_FOREIGN_MALLOC: self = .foreignMalloc
    default: self = .noMemory
    }
  }

  /// One sentence for people.
  public var description: String {
    switch self {
    case .unsupportedPlatform: CHalf.absence
    case .alreadyRunning: "the heap profiler is already running"
    case .heldByEnvironment(let rate):
      "the heap profiler runs for the environment (LAB_HEAPPROFILE or LAB_ALLOCSPROFILE), which records one block every "
        + "\(rate.bytes) bytes; every block is needed"
    case .sanitizer: "this program is built with a sanitizer, so the heap profiler's hooks are compiled out"
    case .foreignMalloc: "this program brings its own malloc, which the heap profiler's hooks do not see"
    case .noMemory: "there is no memory for the heap profiler's tables"
    }
  }
}

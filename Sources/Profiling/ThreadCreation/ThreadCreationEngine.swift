import CProfiler

/// The one count of threads made in the process, shared by the environment and the program.
enum ThreadCreationEngine: Engine {
  static let profiler = Profiler.threadCreation
  static let sessions = Sessions<ThreadCreationEngine>()

  static var run: Int { Int(lab_creation_run()) }

  static func start(_ request: Void) throws(ProfilingError) -> ThreadCreationWindow? {
    switch lab_creation_start() {
    case LAB_CREATION_OK: return ThreadCreationWindow()
    case LAB_CREATION_ALREADY_RUNNING: return nil
    case LAB_CREATION_SANITIZER: throw .sanitizer
    default: throw .noMemory(for: "counts of threads")
    }
  }

  static func join(_ request: Void, environmentRuns: Bool) throws(ProfilingError) -> ThreadCreationWindow {
    ThreadCreationWindow()
  }

  static func partOfEnvironment() -> ThreadCreationWindow { .ofWholeProcess }

  static func stop() { lab_creation_stop() }
}

extension Profiler {
  /// `ThreadCreationProfiler`.
  public static let threadCreation = Profiler("thread creation profiler")
}

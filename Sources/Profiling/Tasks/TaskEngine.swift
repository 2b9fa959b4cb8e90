import CProfiler

/// The one table of tasks of the process, shared by all who ask for it: each sees all that it knows.
enum TaskEngine: Engine {
  static let profiler = Profiler.tasks
  static let sessions = Sessions<TaskEngine>()

  /// There is but one way to follow tasks.
  enum Request { case all }

  /// A session's part: everything, as long as it lasts.
  struct Part: SessionPart {
    private(set) var isOpen = true
    mutating func open() { isOpen = true }
    mutating func close() { isOpen = false }
  }

  static var run: Int { Int(lab_tasks_session()) }

  static func start(_ request: Request) throws(ProfilingError) -> Part? {
    let status = lab_tasks_start()
    if status == LAB_TASKS_ALREADY_RUNNING { return nil }
    if let error = ProfilingError(status) { throw error }
    return Part()
  }

  static func join(_ request: Request, environmentRuns: Bool) throws(ProfilingError) -> Part { Part() }

  static func partOfEnvironment() -> Part { Part() }

  static func stop() { lab_tasks_stop() }
}

extension Profiler {
  /// `TaskProfiler`.
  public static let tasks = Profiler("task profiler")
}

extension ProfilingError {
  fileprivate init?(_ status: lab_tasks_status) {
    switch status {
    case LAB_TASKS_OK: return nil
    case LAB_TASKS_ALREADY_RUNNING: self = .alreadyRunning(TaskEngine.profiler)
    case LAB_TASKS_SANITIZER: self = .sanitizer
    case LAB_TASKS_NO_CONCURRENCY: self = .noConcurrency
    case LAB_TASKS_UNKNOWN_LAYOUT: self = .unknownTaskLayout
    case LAB_TASKS_UNSUPPORTED: self = .unsupportedPlatform
    default: self = .noMemory(for: "table of tasks")
    }
  }
}

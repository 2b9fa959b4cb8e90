import CProfiler

/// The one sampler of the process, shared by all who record CPU time.
enum CPUSampler: Engine {
  static let profiler = Profiler.cpu
  static let sessions = Sessions<CPUSampler>()
  /// What the session that ended last had counted.
  static let last = SessionState<CPUCounts?>(nil)

  /// What was recorded in a window, ready to be named.
  struct Recorded {
    var window: CPUWindow
    var samples: [CPUSample]
    var statistics: CPUStatistics
  }

  /// Ends a session and takes what was recorded in it.
  static func end(_ owner: SessionOwner) throws(ProfilingError) -> Recorded {
    let (recorded, counts) = try sessions.end(owner, read)
    last.withLock { $0 = counts }
    return recorded
  }

  /// What has been recorded so far in a session that goes on.
  static func look(_ owner: SessionOwner) throws(ProfilingError) -> Recorded { try sessions.look(owner, read).0 }

  private static func read(_ window: CPUWindow) -> (Recorded, CPUCounts) {
    let counts = window.statistics
    let statistics = CPUStatistics(counts, lab_unwind_statistics())
    return (Recorded(window: window, samples: window.samples, statistics: statistics), counts)
  }

  static var run: Int { Int(lab_cpu_recording()) }

  static func start(_ rate: SamplingRate) throws(ProfilingError) -> CPUWindow? {
    let error = lab_cpu_start(Int32(rate.hertz))
    if error == LAB_CPU_ALREADY_RUNNING { return nil }
    guard error == LAB_CPU_OK else { throw ProfilingError(error) }
    return CPUWindow(asked: rate)
  }

  static func join(_ rate: SamplingRate, environmentRuns: Bool) throws(ProfilingError) -> CPUWindow {
    var window = CPUWindow(asked: rate)
    window.startNow()
    return window
  }

  static func partOfEnvironment() -> CPUWindow { CPUWindow(asked: .hertz(Int(lab_cpu_rate()))) }

  static func stop() { lab_cpu_stop() }

  static func hold(_ body: () -> Void) -> Bool {
    guard lab_cpu_hold() != 0 else { return false }
    defer { lab_cpu_release() }
    body()
    return true
  }

  /// Cheap, and what the kernel owes goes on with the next sample.
  static func suspend() -> Bool {
    lab_cpu_pause()
    return true
  }

  static func wake() { lab_cpu_resume() }
}

extension Profiler {
  /// `CPUProfiler`.
  public static let cpu = Profiler("CPU profiler")
}

extension ProfilingError {
  fileprivate init(_ error: lab_cpu_error) {
    self =
      switch error {
      case LAB_CPU_ALREADY_RUNNING: .alreadyRunning(CPUSampler.profiler)
      case LAB_CPU_SIGNAL_TAKEN: .signalTaken
      case LAB_CPU_NO_MEMORY: .noMemory(for: "sample buffer")
      case LAB_CPU_NO_THREAD: .noThread
      case LAB_CPU_NO_TIMER: .noTimer(errno: lab_cpu_statistics().last_error)
      default: .notRunning(CPUSampler.profiler)
      }
  }
}

import CProfiler

/// What records contention, of which there is one in a process.
enum MutexEngine: Engine {
  static let profiler = Profiler.mutex
  static let sessions = Sessions<MutexEngine>()

  /// What was recorded in a window, ready to be named.
  struct Recorded {
    var fraction: Int
    var window: WaitWindow
    var waits: [RecordedWaits]

    func waits(_ view: MutexProfiler.View) -> [RecordedWaits] {
      waits.filter { ($0.view == LAB_WAIT_BY_WAITER) == (view == .waiter) }
    }

    /// How many contentions a view has, with those that the recorded ones stand for.
    func contentions(_ view: MutexProfiler.View) -> Int { waits(view).reduce(0) { $0 + $1.count } }
  }

  static func end(_ owner: SessionOwner) throws(ProfilingError) -> Recorded { try sessions.end(owner, read) }
  static func look(_ owner: SessionOwner) throws(ProfilingError) -> Recorded { try sessions.look(owner, read) }

  private static func read(_ window: WaitWindow) -> Recorded {
    let views = [LAB_WAIT_BY_HOLDER, LAB_WAIT_BY_WAITER]
    return Recorded(
      fraction: Int(lab_mutex_fraction()), window: window, waits: window.waits(Set(views.map(\.rawValue))))
  }

  static var run: Int { Int(lab_mutex_session()) }

  static func start(_ fraction: Int) throws(ProfilingError) -> WaitWindow? {
    switch lab_mutex_start(UInt64(fraction)) {
    case LAB_WAITS_OK: return WaitWindow(asked: fraction)
    case LAB_WAITS_ALREADY_RUNNING: return nil
    case LAB_WAITS_SANITIZER: throw .sanitizer
    default: throw .noMemory(for: "tables of the mutex profiler")
    }
  }

  static func join(_ fraction: Int, environmentRuns: Bool) throws(ProfilingError) -> WaitWindow {
    var window = WaitWindow(asked: fraction)
    window.startNow()
    return window
  }

  static func partOfEnvironment() -> WaitWindow { WaitWindow(asked: Int(lab_mutex_fraction())) }

  static func stop() { lab_mutex_stop() }
}

extension Profiler {
  /// `MutexProfiler`.
  public static let mutex = Profiler("mutex profiler")
}

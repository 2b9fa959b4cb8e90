import CProfiler

/// What records waits, of which there is one in a process.
enum BlockEngine: Engine {
  static let profiler = Profiler.block
  static let sessions = Sessions<BlockEngine>()

  /// What was recorded in a window, ready to be named.
  struct Recorded {
    /// Nanoseconds.
    var rate: Int
    var window: WaitWindow
    var waits: [RecordedWaits]

    /// How many waits, with those that the recorded ones stand for.
    var count: Int { waits.reduce(0) { $0 + $1.count } }
  }

  static func end(_ owner: SessionOwner) throws(ProfilingError) -> Recorded { try sessions.end(owner, read) }
  static func look(_ owner: SessionOwner) throws(ProfilingError) -> Recorded { try sessions.look(owner, read) }

  private static func read(_ window: WaitWindow) -> Recorded {
    Recorded(rate: Int(lab_block_rate()), window: window, waits: window.waits([LAB_WAIT_BLOCKED.rawValue]))
  }

  static var run: Int { Int(lab_block_session()) }

  static func start(_ rate: Int) throws(ProfilingError) -> WaitWindow? {
    switch lab_block_start(UInt64(rate)) {
    case LAB_WAITS_OK: return WaitWindow(asked: rate)
    case LAB_WAITS_ALREADY_RUNNING: return nil
    case LAB_WAITS_SANITIZER: throw .sanitizer
    default: throw .noMemory(for: "tables of the block profiler")
    }
  }

  static func join(_ rate: Int, environmentRuns: Bool) throws(ProfilingError) -> WaitWindow {
    var window = WaitWindow(asked: rate)
    window.startNow()
    return window
  }

  static func partOfEnvironment() -> WaitWindow { WaitWindow(asked: Int(lab_block_rate())) }

  static func stop() { lab_block_stop() }
}

extension Profiler {
  /// `BlockProfiler`.
  public static let block = Profiler("block profiler")
}

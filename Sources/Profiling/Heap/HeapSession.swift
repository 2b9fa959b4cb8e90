import Glibc
import Synchronization

/// When the heap profiler was started.
enum HeapSession {
  private static let start = Atomic<Int64>(0)

  /// Notes the time; call it after a successful start.
  static func begin() { start.store(now(), ordering: .relaxed) }

  /// Nanoseconds since the Unix epoch.
  static var started: Int64 { start.load(ordering: .relaxed) }

  /// Nanoseconds since the Unix epoch.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

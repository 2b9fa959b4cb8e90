import Platform

/// The calling thread's consumed CPU time, by which a scenario knows its own shares without a profiler.
struct CPUClock {
  private(set) var nanoseconds: Int64 = 0

  /// Runs `body` and adds the CPU time it took on this thread. The body must not suspend.
  mutating func measure<R>(_ body: () throws -> R) rethrows -> R {
    let start = Self.now()
    defer { nanoseconds += Self.now() - start }
    return try body()
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

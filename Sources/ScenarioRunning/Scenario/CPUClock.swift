import Platform

/// The calling thread's consumed CPU time, by which a scenario knows its own shares without a profiler.
public struct CPUClock {
  /// What was measured so far.
  public var nanoseconds: Int64 { total }
  @usableFromInline var total: Int64 = 0

  /// A clock that has measured nothing.
  @inlinable public init() {}

  /// Runs `body` and adds the CPU time it took on this thread. The body must not suspend.
  @inlinable public mutating func measure<R>(_ body: () throws -> R) rethrows -> R {
    let start = Self.now()
    defer { total += Self.now() - start }
    return try body()
  }

  @usableFromInline static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

import Platform

/// CPU time of the whole process and wall-clock time of one round, in seconds.
public struct RoundTime: Sendable {
  /// CPU time of the process.
  public var cpu: Double
  /// Time on the clock.
  public var wall: Double

  /// Runs `round` and measures it.
  /// - Parameter toRest: with what it has left for afterwards, until the process is at rest, or a second has passed.
  static func measure<R>(toRest: Bool = false, _ round: () async throws -> R) async rethrows -> (R, RoundTime) {
    let start = now()
    let result = try await round()
    var end = now()
    guard toRest else { return (result, end - start) }
    // Twice: what is ready to run may have to wait for a processor.
    var (looks, quiet) = (0, 0)
    while quiet < 2, looks < 40 {
      try? await Task.sleep(for: .milliseconds(25))
      let here = now()
      looks += 1
      if here.cpu - end.cpu < 0.002 {
        quiet += 1
      } else {
        (quiet, end) = (0, here)
      }
    }
    return (result, end - start)
  }

  /// What both clocks show.
  static func now() -> RoundTime { RoundTime(cpu: now(CLOCK_PROCESS_CPUTIME_ID), wall: now(CLOCK_MONOTONIC)) }

  static func - (later: RoundTime, earlier: RoundTime) -> RoundTime {
    RoundTime(cpu: later.cpu - earlier.cpu, wall: later.wall - earlier.wall)
  }

  /// How many such rounds fit into a time: as many as fill one of its two parts.
  func rounds(in time: RoundTime) -> Double { 1 / max(cpu / time.cpu, wall / time.wall) }

  /// What a clock of the system shows, in seconds.
  public static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension Array where Element == Double {
  /// The middle value, the mean of the two middle ones for an even count, 0 for none.
  public var median: Double {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
  }
}

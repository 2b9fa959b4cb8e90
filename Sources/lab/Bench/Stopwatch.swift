import Platform
import ScenarioRunning

/// Times short work often enough to tell it from noise.
enum Stopwatch {
  /// The least wall-clock time of `count` runs, in seconds: what the work takes when nothing else interferes.
  static func best(of count: Int, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<count {
      let start = RoundTime.now(CLOCK_MONOTONIC)
      try body()
      best = min(best, RoundTime.now(CLOCK_MONOTONIC) - start)
    }
    return best
  }
}

import Profiling
import ScenarioRunning

extension Benchmark {
  /// What it costs to count something in a profile of one's own.
  static let custom = Benchmark(name: "custom") {
    let profile = try CustomProfile("bench/values"), count = 100_000
    var (adding, removing): ([Double], [Double]) = ([], [])
    for _ in 0..<5 {
      adding.append(try Stopwatch.best(of: 1) { for value in 0..<count { try profile.add(value) } })
      removing.append(Stopwatch.best(of: 1) { for value in 0..<count { profile.remove(value) } })
    }
    for value in 0..<count { try profile.add(value) }
    let snapshot = Stopwatch.best(of: 5) { _ = profile.snapshot() }
    return [
      Row(
        name: "custom: a value added, with its stack", value: adding.median / Double(count) * 1e6, unit: "us",
        goal: .atMost(5)),
      Row(
        name: "custom: a value removed", value: removing.median / Double(count) * 1e6, unit: "us", goal: .atMost(1)),
      Row(name: "custom: a snapshot of \(count) values", value: snapshot * 1e3, unit: "ms", goal: .none),
    ]
  }
}

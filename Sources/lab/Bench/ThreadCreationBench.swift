import Platform
import Profiling
import ScenarioRunning

extension Benchmark {
  /// What it costs whoever makes threads to have them counted.
  static let threadCreation = Benchmark(name: "threadcreate") {
    let threads = 500
    var (plain, counted): ([Double], [Double]) = ([], [])
    let ratios = try PairedRatio.measure(
      rounds: 30,
      [
        {
          plain.append(secondsToMake(threads))
          return plain.last ?? 0
        },
        {
          try ThreadCreationProfiler.start()
          defer { ThreadCreationProfiler.stop() }
          counted.append(secondsToMake(threads))
          return counted.last ?? 0
        },
      ])
    return [
      Row(name: "threadcreate: threads made and joined, counted, CPU time", ratio: ratios[0], goal: .atMost(1.1)),
      Row(
        name: "threadcreate: for each of them, more", value: (counted.median - plain.median) / Double(threads) * 1e6,
        unit: "us", goal: .atMost(5)),
    ]
  }

  /// In CPU time of the process.
  private static func secondsToMake(_ count: Int) -> Double {
    let start = RoundTime.now(CLOCK_PROCESS_CPUTIME_ID)
    Crowd(count).disperse()
    return RoundTime.now(CLOCK_PROCESS_CPUTIME_ID) - start
  }
}

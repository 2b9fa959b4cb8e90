#if !PLANT_ONLY
  import Leaks
  import Profiling

  /// A CPU profile of a program whose threads are stopped now and then.
  enum Sampled {
    /// Scans some times while all threads but this one work, then says what both found.
    static func scanAgain(_ report: LeakReport) throws {
      Busy.start()
      let counts = try (0..<6).map { _ in try LeakDetector.report().scan.leakedBlocks }
      let profile = try CPUProfiler.stop()
      let samples = profile.samples.reduce(0) { $0 + ($1.values.first ?? 0) }
      print("quiet: \(report.scan.leakedBlocks), sampled: \(counts), samples: \(samples)")
    }
  }
#endif

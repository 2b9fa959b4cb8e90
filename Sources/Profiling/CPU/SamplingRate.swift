/// How often a profiler looks: samples per second of CPU time.
public struct SamplingRate: Sendable, Hashable {
  /// Samples per second.
  public let hertz: Int

  /// The given number of samples per second of CPU time. `CPUProfiler.start` accepts 1 through 1000.
  public static func hertz(_ hertz: Int) -> SamplingRate { SamplingRate(hertz: hertz) }

  /// The rates that a CPU timer can keep.
  static let accepted = 1...1000

  /// Nanoseconds of CPU time between two samples.
  var periodNanoseconds: Int64 { 1_000_000_000 / Int64(hertz) }
}

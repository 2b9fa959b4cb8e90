/// Times of a trace, from ticks to nanoseconds since its start.
///
/// The processor's cycles pass at one rate, so two moments that were read by both clocks tell it: the first and the last
/// that there are.
struct TraceClock {
  let origin: UInt64
  private let rate: Double

  /// - Parameters:
  ///   - last: The last such moment, in ticks and in nanoseconds; nil if there is but that of the header.
  ///   - end: When the last event was, in ticks.
  init(_ header: TraceHeader, last: (ticks: UInt64, monotonic: UInt64)?, end: UInt64) {
    var rate = 1.0
    if header.countsCycles {
      let ticks = last.map { $0.ticks > header.ticks ? $0.ticks - header.ticks : 0 } ?? 0
      let time = last.map { $0.monotonic > header.monotonic ? $0.monotonic - header.monotonic : 0 } ?? 0
      // No processor is slower than 100 MHz, and none faster than 100 GHz.
      rate = min(max(ticks == 0 ? 1 : Double(time) / Double(ticks), 0.01), 10)
    }
    self.rate = rate
    guard header.window > 0 else {
      origin = header.ticks
      return
    }
    // What is missing before a window is no time of the trace, nor what is older than was wanted.
    let length = UInt64(min(Double(header.window) / rate, 1e18))
    origin = max(header.ticks, min(header.since, end), end > length ? end - length : 0)
  }

  /// How long after the origin; 0 before it.
  @inline(__always)
  func time(_ ticks: UInt64) -> Int64 {
    ticks <= origin ? 0 : Int64(min(Double(ticks - origin) * rate, 4e18))
  }

  /// The same of what may be before it, which is negative.
  @inline(__always)
  func signedTime(_ ticks: UInt64) -> Int64 {
    ticks >= origin ? time(ticks) : -Int64(min(Double(origin - ticks) * rate, 4e18))
  }

  /// From the header's moment to the trace's start, in nanoseconds.
  static func distance(_ header: TraceHeader, _ clock: TraceClock) -> Int64 {
    clock.origin <= header.ticks ? 0 : Int64(min(Double(clock.origin - header.ticks) * clock.rate, 4e18))
  }

  /// In GHz.
  var frequency: Double { 1 / rate }
}

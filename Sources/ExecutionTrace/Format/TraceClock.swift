/// Times of a trace, from ticks to nanoseconds since its start.
///
/// The processor's cycles pass at one rate, so two moments that were read by both clocks tell it: the first and the last
/// that there are.
struct TraceClock {
  let origin: UInt64
  private let rate: Double

  /// - Parameter last: the last such moment, in ticks and in nanoseconds; nil if there is but that of the header.
  init(_ header: TraceHeader, _ chunks: [TraceChunk], last: (ticks: UInt64, monotonic: UInt64)?) {
    // Of a window what is missing before it is no time of the trace.
    let first = chunks.lazy.filter { $0.kind == TraceChunk.Kind.events.rawValue }.map(\.ticks).min()
    origin = header.window == 0 ? header.ticks : max(first ?? header.ticks, header.ticks)
    guard header.countsCycles else {
      rate = 1
      return
    }
    let ticks = last.map { $0.ticks > header.ticks ? $0.ticks - header.ticks : 0 } ?? 0
    let time = last.map { $0.monotonic > header.monotonic ? $0.monotonic - header.monotonic : 0 } ?? 0
    // No processor is slower than 100 MHz, and none faster than 100 GHz.
    let told = ticks == 0 ? 1 : Double(time) / Double(ticks)
    rate = min(max(told, 0.01), 10)
  }

  /// How long after the origin; 0 before it.
  @inline(__always)
  func time(_ ticks: UInt64) -> Int64 {
    ticks <= origin ? 0 : Int64(min(Double(ticks - origin) * rate, 4e18))
  }

  /// From the header's moment to the trace's start, in nanoseconds.
  static func distance(_ header: TraceHeader, _ clock: TraceClock) -> Int64 {
    clock.origin <= header.ticks ? 0 : Int64(min(Double(clock.origin - header.ticks) * clock.rate, 4e18))
  }

  /// In GHz.
  var frequency: Double { 1 / rate }
}

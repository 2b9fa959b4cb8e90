import Platform

/// A moment as the clocks on the wall show it, in the time zone that the environment says.
public struct LocalTime: Sendable {
  private let nanoseconds: Int64

  /// The moment so many nanoseconds after the Unix epoch.
  public init(_ nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// To the second, e.g. `2026-07-09 23:29:56 CEST`.
  public var text: String { format("%Y-%m-%d %H:%M:%S %Z") }

  /// To the nanosecond and with the offset from UTC, e.g. `2026-07-09 23:29:56.5 +0200 CEST`.
  public var preciseText: String {
    let remainder = nanoseconds.remainder
    if remainder == 0 { return format("%Y-%m-%d %H:%M:%S %z %Z") }
    var digits = String(remainder + 1_000_000_000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return format("%Y-%m-%d %H:%M:%S.\(digits) %z %Z")
  }

  private func format(_ pattern: String) -> String {
    var seconds = time_t(nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0))
    var fields = tm()
    localtime_r(&seconds, &fields)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      let count = strftime(start, buffer.count, pattern, &fields)
      return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}

extension Int64 {
  /// The nanoseconds beyond the last whole second, at least 0.
  fileprivate var remainder: Int64 {
    let rest = self % 1_000_000_000
    return rest < 0 ? rest + 1_000_000_000 : rest
  }
}

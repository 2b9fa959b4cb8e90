import Platform

/// A moment as the clocks on the wall show it.
public struct LocalTime: Sendable {
  /// Where the wall is.
  public enum Zone: Sendable, Hashable {
    /// Where the environment says.
    case environment
    /// Nowhere: what is written so is the same wherever it is written.
    case utc
  }

  private let nanoseconds: Int64
  private let zone: Zone

  /// The moment so many nanoseconds after the Unix epoch.
  public init(_ nanoseconds: Int64, in zone: Zone = .environment) {
    self.nanoseconds = nanoseconds
    self.zone = zone
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
    var pattern = pattern
    switch zone {
    case .environment: localtime_r(&seconds, &fields)
    case .utc:
      gmtime_r(&seconds, &fields)
      // The C library would call it GMT.
      pattern = pattern.replacing("%Z", with: "UTC")
    }
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

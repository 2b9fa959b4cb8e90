import Platform

/// Arithmetic on sample values, which come from files and may be anything: it wraps where Swift's own would trap,
/// as Go's does on x86_64.
extension Int64 {
  /// The absolute value; the smallest number stays as it is.
  var wrappingMagnitude: Int64 { self < 0 ? 0 &- self : self }

  /// The quotient; the number itself if the divisor is 0.
  func mean(over divisor: Int64) -> Int64 {
    switch divisor {
    case 0: self
    case -1: 0 &- self
    default: self / divisor
    }
  }

  /// The number without its fraction; the smallest number if it does not fit.
  init(truncatingOrMin number: Double) {
    self = Int64(exactly: number.rounded(.towardZero)) ?? .min
  }
}

extension String {
  /// Whether this text sorts before the other by its bytes, as pprof sorts, rather than by its characters.
  func precedesBytewise(_ other: String) -> Bool {
    let isBefore = utf8.withContiguousStorageIfAvailable { own in
      other.utf8.withContiguousStorageIfAvailable { other in
        // Both have storage, also where they are empty.
        guard let first = own.baseAddress, let second = other.baseAddress else { return own.count < other.count }
        let order = memcmp(first, second, min(own.count, other.count))
        return order == 0 ? own.count < other.count : order < 0
      }
    }
    return (isBefore ?? nil) ?? utf8.lexicographicallyPrecedes(other.utf8)
  }
}

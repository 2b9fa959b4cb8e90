import Platform

/// A number in one of C's formats. Both C and Go round the exact binary value to the nearest decimal.
func formatted(_ format: String, _ number: Double) -> String {
  // The longest double in %f has 309 digits before the point.
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 352) { buffer in
    let count = withVaList([number]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
    return String(
      decoding: buffer.prefix(max(0, min(Int(count), buffer.count - 1))).lazy.map { UInt8(bitPattern: $0) },
      as: UTF8.self)
  }
}

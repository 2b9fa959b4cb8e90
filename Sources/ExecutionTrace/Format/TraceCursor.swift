/// Reads numbers off a stretch of a trace, one after the other. What is not there reads as nil, and nothing after it is.
struct TraceCursor {
  private let start: UnsafeRawPointer
  /// Offsets in the trace.
  private(set) var position: Int
  let end: Int

  /// The stretch must lie in the bytes, which must outlive the cursor.
  init(_ bytes: TraceBytes, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    start = bytes.start
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position >= end }

  @inline(__always)
  mutating func byte() -> UInt8? {
    guard position < end else { return nil }
    defer { position += 1 }
    return start.load(fromByteOffset: position, as: UInt8.self)
  }

  /// A number of seven bits a byte, the lowest first, ten bytes at most.
  @inline(__always)
  mutating func number() -> UInt64? {
    guard let first = byte() else { return nil }
    return first < 0x80 ? UInt64(first) : more(UInt64(first & 0x7f))
  }

  private mutating func more(_ low: UInt64) -> UInt64? {
    var number = low
    for shift in stride(from: 7, through: 63, by: 7) {
      guard let next = byte() else { return nil }
      number |= UInt64(next & 0x7f) &<< UInt64(shift)
      if next < 0x80 { return number }
    }
    position = end
    return nil
  }

  /// A number near 0 on either side.
  @inline(__always)
  mutating func signed() -> Int64? {
    number().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
  }

  /// A stretch of so many bytes.
  mutating func bytes(_ count: UInt64) -> UnsafeRawBufferPointer? {
    guard count <= UInt64(end - position) else {
      position = end
      return nil
    }
    defer { position += Int(count) }
    return UnsafeRawBufferPointer(start: start + position, count: Int(count))
  }

  /// All that is left.
  mutating func rest() -> UnsafeRawBufferPointer {
    bytes(UInt64(end - position)) ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// A text whose length comes first.
  mutating func text() -> String? {
    number().flatMap { bytes($0) }.map { String(decoding: $0, as: UTF8.self) }
  }
}

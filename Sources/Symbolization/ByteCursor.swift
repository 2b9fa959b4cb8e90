import Platform

/// Reads little-endian fields one after the other from bytes that nobody vouches for.
///
/// Reading past the end never traps: it answers zero, moves to the end and sets `isOverrun`, so that a loop needs to ask
/// only once a round.
struct ByteCursor {
  let bytes: UnsafeRawBufferPointer
  private(set) var offset: Int
  /// Whether a read wanted more than there is.
  private(set) var isOverrun = false

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = min(max(offset, 0), bytes.count)
    isOverrun = self.offset != offset
  }

  var isAtEnd: Bool { offset >= bytes.count }

  mutating func skip(_ count: Int) {
    if count >= 0, count <= bytes.count - offset {
      offset += count
    } else {
      overrun()
    }
  }

  mutating func u8() -> UInt8 {
    guard offset < bytes.count else {
      overrun()
      return 0
    }
    defer { offset += 1 }
    return bytes[offset]
  }

  mutating func u16() -> UInt16 { fixed() }
  mutating func u32() -> UInt32 { fixed() }
  mutating func u64() -> UInt64 { fixed() }

  /// An unsigned number of `size` bytes, 1 to 8.
  mutating func unsigned(size: Int) -> UInt64 {
    switch size {
    case 8: return u64()
    case 4: return UInt64(u32())
    case 2: return UInt64(u16())
    case 1: return UInt64(u8())
    default:
      var value: UInt64 = 0
      for index in 0..<min(max(size, 0), 8) { value |= UInt64(u8()) << UInt64(8 * index) }
      return value
    }
  }

  /// An unsigned number in base 128, least significant group first; bits above 64 are lost.
  mutating func uleb() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = u8()
      if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
      shift += 7
      if byte < 0x80 { return value }
    }
  }

  /// A signed number in base 128.
  mutating func sleb() -> Int64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = u8()
      if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
      shift += 7
      if byte < 0x80 {
        if byte & 0x40 != 0, shift < 64 { value |= ~0 << shift }
        return Int64(bitPattern: value)
      }
    }
  }

  /// Text that ends with a zero byte.
  mutating func string() -> String {
    let start = offset
    skipString()
    return String(decoding: bytes[start..<(isOverrun ? offset : offset - 1)], as: UTF8.self)
  }

  mutating func skipString() {
    let left = bytes.count - offset
    guard left > 0, let start = bytes.baseAddress, let zero = memchr(start + offset, 0, left) else { return overrun() }
    offset = UnsafeRawPointer(zero) - start + 1
  }

  private mutating func fixed<Number: FixedWidthInteger>() -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= bytes.count - offset else {
      overrun()
      return 0
    }
    defer { offset += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  private mutating func overrun() {
    offset = bytes.count
    isOverrun = true
  }
}

extension UnsafeRawBufferPointer {
  /// The part that `range` names, or nil when it is not inside.
  func part(offset: UInt64, count: UInt64) -> UnsafeRawBufferPointer? {
    guard offset <= UInt64(self.count), count <= UInt64(self.count) - offset else { return nil }
    return UnsafeRawBufferPointer(rebasing: self[Int(offset)..<Int(offset + count)])
  }

  /// The text at `offset` up to its zero byte, or nil when `offset` is not inside.
  func string(at offset: UInt64) -> String? {
    guard offset < UInt64(count) else { return nil }
    var cursor = ByteCursor(self, at: Int(offset))
    return cursor.string()
  }

  /// The texts of a table of strings, each with a zero byte behind it, that contain a text.
  func strings(containing part: StaticString) -> [String] {
    let text = ByteText(self)
    var found: [String] = []
    var place = 0
    while let range = text.range(of: part, from: place) {
      let start = self[place..<range.lowerBound].lastIndex(of: 0).map { $0 + 1 } ?? place
      found += string(at: UInt64(start)).map { [$0] } ?? []
      place = self[range.upperBound...].firstIndex(of: 0) ?? count
    }
    return found
  }
}

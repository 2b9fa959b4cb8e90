import Platform

/// A piece of text that lies in someone else's memory, searched and cut by bytes.
///
/// The work on names is searching for short fixed texts; done on bytes it takes a tenth of what `Substring` takes, also
/// in debug builds. Valid only as long as the memory is.
struct ByteText {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var count: Int { bytes.count }
  var isEmpty: Bool { bytes.isEmpty }
  var string: String { String(decoding: bytes, as: UTF8.self) }

  subscript(index: Int) -> UInt8 { bytes[index] }
  subscript(range: Range<Int>) -> ByteText { ByteText(UnsafeRawBufferPointer(rebasing: bytes[range])) }
  subscript(range: PartialRangeFrom<Int>) -> ByteText { self[range.lowerBound..<count] }
  subscript(range: PartialRangeUpTo<Int>) -> ByteText { self[0..<range.upperBound] }

  func hasPrefix(_ prefix: StaticString) -> Bool {
    guard let start = bytes.baseAddress, bytes.count >= prefix.utf8CodeUnitCount else { return false }
    return memcmp(start, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
  }

  func hasSuffix(_ suffix: StaticString) -> Bool {
    count >= suffix.utf8CodeUnitCount && self[(count - suffix.utf8CodeUnitCount)...].hasPrefix(suffix)
  }

  /// The first place at or after `start` where `pattern` stands.
  func range(of pattern: StaticString, from start: Int = 0) -> Range<Int>? {
    let length = pattern.utf8CodeUnitCount
    guard let base = bytes.baseAddress, length > 0 else { return nil }
    let first = Int32(pattern.utf8Start.pointee)
    var place = start
    while place + length <= bytes.count {
      guard let found = memchr(base + place, first, bytes.count - length + 1 - place) else { return nil }
      place = UnsafeRawPointer(found) - base
      if memcmp(found, pattern.utf8Start, length) == 0 { return place..<(place + length) }
      place += 1
    }
    return nil
  }

  /// The place after the first `pattern`.
  func end(of pattern: StaticString, from start: Int = 0) -> Int? { range(of: pattern, from: start)?.upperBound }

  /// The bytes at the front that satisfy `predicate`.
  func prefix(while predicate: (UInt8) -> Bool) -> Slice<UnsafeRawBufferPointer> { bytes.prefix(while: predicate) }

  /// What is left after the bytes at the front that satisfy `predicate`.
  func drop(while predicate: (UInt8) -> Bool) -> ByteText {
    var start = 0
    while start < count, predicate(bytes[start]) { start += 1 }
    return self[start...]
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }

  /// Whether this byte may stand in an identifier; bytes of non-ASCII characters count.
  var isNameByte: Bool {
    let lower = self | 0x20
    return self >= 0x80 || lower >= 0x61 && lower <= 0x7a || isDigit || self == 0x5f || self == 0x60
  }
}

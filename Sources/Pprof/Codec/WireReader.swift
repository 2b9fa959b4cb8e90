/// Reads the fields of one protobuf message, checking every byte's presence.
///
/// The reader knows which message it is in, so that an error can say so. A nested message is read by a copy
/// with a narrower end. Invariant: `0 <= cursor <= end <= the count of the bytes given`.
///
/// Source: protobuf's encoding guide, https://protobuf.dev/programming-guides/encoding.
struct WireReader {
  private let base: UnsafePointer<UInt8>
  private(set) var cursor: Int
  private(set) var end: Int
  private(set) var message: Place.Message
  private(set) var index: Int
  /// The number of the field read last, and how it is encoded.
  private(set) var field = 0
  private(set) var wireType = WireType.varint

  init(_ bytes: UnsafeBufferPointer<UInt8>, base: UnsafePointer<UInt8>) {
    self.base = base
    cursor = 0
    end = bytes.count
    message = .profile
    index = 0
  }

  /// A reader of the nested message at `span`.
  func message(_ message: Place.Message, index: Int, at span: Span) -> WireReader {
    var nested = self
    nested.cursor = span.start
    nested.end = span.end
    nested.message = message
    nested.index = index
    nested.field = 0
    return nested
  }

  var place: Place { Place(message, index: index, field: field, offset: cursor) }

  /// Moves to the next field; false at the end of the message.
  @inline(__always)
  mutating func next() throws(ProfileError) -> Bool {
    if cursor == end { return false }
    let tag = try varint()
    let number = tag >> 3
    guard number != 0, number < 1 << 29 else { throw .malformed(.badFieldNumber, at: place) }
    field = Int(truncatingIfNeeded: number)
    guard let type = WireType(rawValue: UInt8(truncatingIfNeeded: tag & 7)) else {
      throw .malformed(.wrongWireType(Int(tag & 7)), at: place)
    }
    wireType = type
    return true
  }

  /// A base-128 number, at most ten bytes of it.
  @inline(__always)
  mutating func varint() throws(ProfileError) -> UInt64 {
    if cursor < end {
      let byte = base[cursor]
      if byte < 0x80 {
        cursor += 1
        return UInt64(byte)
      }
    }
    return try longVarint()
  }

  @inline(never)
  private mutating func longVarint() throws(ProfileError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while cursor < end {
      let byte = base[cursor]
      if shift == 63 && byte > 1 { throw .malformed(.badVarint, at: place) }
      cursor += 1
      value |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
    throw .malformed(.truncated, at: place)
  }

  /// The value of a field that must be a number.
  @inline(__always)
  mutating func number() throws(ProfileError) -> UInt64 {
    guard wireType == .varint else { throw wrongWireType }
    return try varint()
  }

  /// The bytes of a field that must be a string or a message.
  @inline(__always)
  mutating func span() throws(ProfileError) -> Span {
    guard wireType == .bytes else { throw wrongWireType }
    let length = try varint()
    guard length <= UInt64(end - cursor) else { throw .malformed(.truncated, at: place) }
    let start = cursor
    cursor += Int(length)
    return Span(start: start, end: cursor)
  }

  /// Every number of a repeated field, packed or not, added to `list`.
  mutating func numbers(into list: inout NumberList) throws(ProfileError) {
    if wireType == .varint {
      list.reserve(1)
      return list.appendReserved(try varint())
    }
    let packed = try span()
    // A number takes a byte at least, so that what is reserved is bounded by what is there.
    list.reserve(packed.end - packed.start)
    let outerEnd = end
    cursor = packed.start
    end = packed.end
    while cursor < end {
      // Most numbers have one or two bytes.
      let byte = base[cursor]
      if byte < 0x80 {
        cursor += 1
        list.appendReserved(UInt64(byte))
      } else if cursor + 1 < end, base[cursor + 1] < 0x80 {
        list.appendReserved(UInt64(byte & 0x7f) | UInt64(base[cursor + 1]) << 7)
        cursor += 2
      } else {
        list.appendReserved(try longVarint())
      }
    }
    end = outerEnd
  }

  /// Passes over a field of no interest.
  mutating func skip() throws(ProfileError) {
    switch wireType {
    case .varint: _ = try varint()
    case .bytes: _ = try span()
    case .fixed64: try skip(8)
    case .fixed32: try skip(4)
    case .groupStart: try skipGroup()
    case .groupEnd: throw .malformed(.badGroup, at: place)
    }
  }

  private mutating func skip(_ count: Int) throws(ProfileError) {
    guard end - cursor >= count else { throw .malformed(.truncated, at: place) }
    cursor += count
  }

  /// Groups are long deprecated, but another writer's unknown field may still be one.
  private mutating func skipGroup() throws(ProfileError) {
    var open = [field]
    while let innermost = open.last {
      guard try next() else { throw .malformed(.truncated, at: place) }
      switch wireType {
      case .groupStart where open.count < 64: open.append(field)
      case .groupEnd where field == innermost: open.removeLast()
      case .groupStart, .groupEnd: throw .malformed(.badGroup, at: place)
      default: try skip()
      }
    }
  }

  private var wrongWireType: ProfileError { .malformed(.wrongWireType(Int(wireType.rawValue)), at: place) }
}

/// How a field's value is encoded.
enum WireType: UInt8 {
  case varint, fixed64, bytes, groupStart, groupEnd, fixed32
}

/// Where a nested message or string lies: byte offsets, `start <= end`.
struct Span {
  var start: Int
  var end: Int
}

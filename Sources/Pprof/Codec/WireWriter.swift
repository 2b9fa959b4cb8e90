/// Writes the fields of a protobuf message.
///
/// Fields of value 0 are left out, as proto3 does.
struct WireWriter: ~Copyable {
  private(set) var buffer: ByteBuffer

  init(capacity: Int) { buffer = ByteBuffer(capacity: capacity) }

  /// What was written.
  consuming func finish() -> ByteBuffer { buffer }

  @inline(__always)
  private mutating func varint(_ value: UInt64) {
    buffer.reserve(10)
    unreservedVarint(value)
  }

  /// Writes a number into room reserved before.
  @inline(__always)
  private mutating func unreservedVarint(_ value: UInt64) {
    var rest = value
    var next = buffer.start + buffer.count
    var written = 1
    while rest >= 0x80 {
      next.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
      next += 1
      written += 1
      rest >>= 7
    }
    next.pointee = UInt8(truncatingIfNeeded: rest)
    buffer.advance(by: written)
  }

  @inline(__always)
  private mutating func tag(_ field: Int, _ type: WireType) {
    varint(UInt64(field) << 3 | UInt64(type.rawValue))
  }

  @inline(__always)
  mutating func number(_ field: Int, _ value: UInt64) {
    if value == 0 { return }
    tag(field, .varint)
    varint(value)
  }

  @inline(__always)
  mutating func number(_ field: Int, _ value: Int64) { number(field, UInt64(bitPattern: value)) }

  mutating func flag(_ field: Int, _ value: Bool) { number(field, value ? 1 as UInt64 : 0) }

  /// A repeated field. Up to two numbers are not packed, which takes no more room.
  @inline(__always)
  mutating func numbers<Element>(_ field: Int, _ elements: [Element], _ number: (Element) -> UInt64) {
    if elements.count > 2 {
      message(field) { writer in
        writer.buffer.reserve(10 * elements.count)
        for element in elements { writer.unreservedVarint(number(element)) }
      }
    } else {
      for element in elements {
        tag(field, .varint)
        varint(number(element))
      }
    }
  }

  mutating func string(_ field: Int, _ text: String) {
    tag(field, .bytes)
    var text = text
    text.withUTF8 { bytes in
      guard KeptBytes.hasStandIn(bytes) else {
        varint(UInt64(bytes.count))
        return buffer.append(bytes)
      }
      let original = KeptBytes.bytes(String(decoding: bytes, as: UTF8.self))
      varint(UInt64(original.count))
      original.withUnsafeBufferPointer { buffer.append($0) }
    }
  }

  /// A nested message. Its length goes before it but is known only after it: one byte is kept free for the
  /// length, and the message moved if that is not enough.
  @inline(__always)
  mutating func message(_ field: Int, _ body: (inout WireWriter) -> Void) {
    tag(field, .bytes)
    buffer.reserve(1)
    buffer.start[buffer.count] = 0
    buffer.advance(by: 1)
    let start = buffer.count
    body(&self)
    let length = buffer.count - start
    if length < 0x80 {
      buffer.start[start - 1] = UInt8(length)
    } else {
      insert(length: length, before: start)
    }
  }

  private mutating func insert(length: Int, before start: Int) {
    buffer.reserve(10)
    let lengthBytes = (UInt64.bitWidth - UInt64(length).leadingZeroBitCount + 6) / 7
    (buffer.start + start - 1 + lengthBytes).update(from: buffer.start + start, count: length)
    buffer.retreat(to: start - 1)
    unreservedVarint(UInt64(length))
    buffer.advance(by: length)
  }
}

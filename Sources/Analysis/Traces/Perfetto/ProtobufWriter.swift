/// Writes the fields of protobuf messages, also those of value 0: a time of 0 is said, too.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func number(_ field: Int, _ value: UInt64) {
    varint(UInt64(field) << 3)
    varint(value)
  }

  mutating func number(_ field: Int, _ value: Int64) { number(field, UInt64(bitPattern: value)) }

  mutating func fixed64(_ field: Int, _ value: UInt64) {
    varint(UInt64(field) << 3 | 1)
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func text(_ field: Int, _ text: String) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(inner.bytes.count))
    bytes.append(contentsOf: inner.bytes)
  }
}

/// Kafka's encodings, read and written: big-endian integers, zigzag varints, length-prefixed bytes.
///
/// Source: the Kafka protocol guide and "Record Batch" in the implementation notes of Apache Kafka.
enum KafkaWireError: Error { case truncated(at: Int), malformed(String, at: Int) }

/// Reads from a byte buffer front to back.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var offset: Int

  init(_ bytes: [UInt8], at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  mutating func integer<I: FixedWidthInteger>(_: I.Type) throws -> I {
    let end = offset + MemoryLayout<I>.size
    guard end <= bytes.count else { throw KafkaWireError.truncated(at: offset) }
    var value: I = 0
    for byte in bytes[offset..<end] { value = value << 8 | I(truncatingIfNeeded: byte) }
    offset = end
    return value
  }

  mutating func varint() throws -> Int {
    var raw: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard offset < bytes.count else { throw KafkaWireError.truncated(at: offset) }
      let byte = bytes[offset]
      offset += 1
      raw |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return Int(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)) }
    }
    throw KafkaWireError.malformed("varint too long", at: offset)
  }

  /// The next `count` bytes, sharing the buffer's storage.
  mutating func slice(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - offset else { throw KafkaWireError.truncated(at: offset) }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  /// A varint length and that many bytes of UTF-8.
  mutating func string() throws -> String {
    let length = try varint()
    return String(decoding: try slice(length), as: UTF8.self)
  }

  /// Steps over a varint length and that many bytes.
  mutating func skipString() throws {
    let length = try varint()
    _ = try slice(length)
  }

  /// Everything from `start` to here, sharing the buffer's storage.
  func slice(from start: Int) -> ArraySlice<UInt8> { bytes[start..<offset] }
}

/// Writes what `ByteReader` reads.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func integer<I: FixedWidthInteger>(_ value: I) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func varint(_ value: Int) {
    var raw = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
    while raw >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: raw) | 0x80)
      raw >>= 7
    }
    bytes.append(UInt8(raw))
  }

  mutating func string(_ value: some Collection<UInt8>) {
    varint(value.count)
    bytes.append(contentsOf: value)
  }
}

/// CRC-32C, the checksum of a record batch.
///
/// Source: RFC 3720, appendix B.4, taken eight bytes a step ("slicing by 8", Kounavis and Berry, 2005).
enum CRC32C {
  /// `tables[k][b]` is the checksum of the byte `b` followed by `k` zero bytes.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = []
    for byte in UInt32(0)..<256 {
      tables.append((0..<8).reduce(byte) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 })
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables.append(previous >> 8 ^ tables[Int(previous & 0xFF)])
    }
    return tables
  }()

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { bytes in
      tables.withUnsafeBufferPointer { tables in
        var crc = ~UInt32(0)
        var offset = 0
        while offset + 8 <= bytes.count {
          let word = UInt64(crc) ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
          crc = 0
          for byte in 0..<8 {
            let value = Int(truncatingIfNeeded: word >> UInt64(8 * byte)) & 0xFF
            crc ^= tables[(7 - byte) * 256 + value]
          }
          offset += 8
        }
        for byte in bytes[offset...] { crc = tables[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8 }
        return ~crc
      }
    }
  }
}

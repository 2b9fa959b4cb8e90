/// The checksum of RFC 3720, appendix B.4: Castagnoli's polynomial, bits reversed.
struct CRC32C {
  private var sum = UInt32.max

  /// Of all that was added.
  var value: UInt32 { ~sum }

  /// By byte, and how many bytes follow it in a word of eight.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 0 ? 0 : 0x82f6_3b78) }
    }
    for entry in 256..<tables.count {
      let before = tables[entry - 256]
      tables[entry] = before >> 8 ^ tables[Int(before & 0xff)]
    }
    return tables
  }()

  /// Eight bytes at a time. Technique: M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance,
  /// Software-based, CRC Generators" (2005).
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    Self.tables.withUnsafeBufferPointer { tables in
      var position = 0
      var sum = sum
      while position <= bytes.count - 8 {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(sum)
        sum = 0
        for byte in 0..<8 { sum ^= tables[(7 - byte) << 8 | Int(word >> UInt64(8 * byte) & 0xff)] }
        position += 8
      }
      while position < bytes.count {
        sum = sum >> 8 ^ tables[Int((sum ^ UInt32(bytes[position])) & 0xff)]
        position += 1
      }
      self.sum = sum
    }
  }

  mutating func add(zeros count: Int) {
    for _ in 0..<count { sum = sum >> 8 ^ Self.tables[Int(sum & 0xff)] }
  }
}

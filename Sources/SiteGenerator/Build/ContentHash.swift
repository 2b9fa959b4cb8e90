/// A 128-bit hash of content, to tell whether something changed. Not for secrets.
///
/// Two multiply-and-rotate lanes over eight bytes at a time, the length mixed in at the end of each piece, so that
/// `add("ab"); add("c")` differs from `add("a"); add("bc")`.
struct ContentHash: Sendable {
  private var left: UInt64 = 0x9e37_79b9_7f4a_7c15
  private var right: UInt64 = 0xc2b2_ae3d_27d4_eb4f

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var at = 0
    while at + 8 <= bytes.count {
      mix(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      at += 8
    }
    var last: UInt64 = 0
    while at < bytes.count {
      last = last << 8 | UInt64(bytes[at])
      at += 1
    }
    mix(last)
    mix(UInt64(bytes.count))
  }

  mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  mutating func add(_ number: Int) { mix(UInt64(bitPattern: Int64(number))) }

  private mutating func mix(_ word: UInt64) {
    left = (left ^ word) &* 0x87c3_7b91_1142_53d5
    left = (left << 31 | left >> 33) &+ right
    right = (right ^ word) &* 0x4cf5_ad43_2745_937f
    right = (right << 27 | right >> 37) &+ left
  }

  /// Half of the hash, to be added to another.
  var number: Int { Int(truncatingIfNeeded: left ^ right << 7) }

  /// 32 hexadecimal digits.
  var hex: String {
    var (first, second) = (left, right)
    for shift in [33, 29, 32] as [UInt64] {
      first = (first ^ first >> shift) &* 0xff51_afd7_ed55_8ccd
      second = (second ^ second >> shift) &* 0xc4ce_b9fe_1a85_ec53
    }
    func padded(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return padded(first) + padded(second)
  }
}

/// Identifiers beyond ASCII, as Rust's v0 scheme writes them: RFC 3492 with `_` for the separator.
enum Punycode {
  /// The text, or nil if this is no punycode.
  static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
    var output: [UInt32] = []
    var encoded = bytes
    if let separator = bytes.lastIndex(of: UInt8(ascii: "_")) {
      output = bytes[..<separator].map(UInt32.init)
      encoded = bytes[(separator + 1)...]
    }
    var (scalar, index, bias) = (128, 0, 72)
    while !encoded.isEmpty {
      let before = index
      var weight = 1
      for k in stride(from: 36, to: .max, by: 36) {
        guard let digit = encoded.popFirst().flatMap(value), weight < 1 << 31 else { return nil }
        index += digit * weight
        let threshold = min(max(k - bias, 1), 26)
        if digit < threshold { break }
        weight *= 36 - threshold
      }
      bias = adapted(index - before, count: output.count + 1, isFirst: before == 0)
      scalar += index / (output.count + 1)
      index %= output.count + 1
      guard scalar < 0x110000, Unicode.Scalar(UInt32(scalar)) != nil else { return nil }
      output.insert(UInt32(scalar), at: index)
      index += 1
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: output.compactMap(Unicode.Scalar.init))
    return String(text)
  }

  private static func value(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a"))
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 26
    default: nil
    }
  }

  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var k = 0
    while delta > 455 {
      delta /= 35
      k += 36
    }
    return k + 36 * delta / (delta + 38)
  }
}

/// Strings whose bytes are not UTF-8, kept so that no two of them become one and that they are written as they were.
///
/// A byte that is part of no character becomes one of the last 128 private scalars, as Python's `surrogateescape` does
/// with its surrogates, which Swift's strings cannot hold. These scalars themselves are taken for such bytes, too.
enum KeptBytes {
  /// The scalar that stands for the byte 0; only those of 0x80 and more are used.
  private static let base: UInt32 = 0x10ff00

  /// The text of any bytes.
  static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    if !hasStandIn(bytes), let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = String.UnicodeScalarView()
    var decoder = UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var position = 0
    loop: while true {
      switch decoder.parseScalar(from: &rest) {
      case .emptyInput: break loop
      case .valid(let encoded):
        let scalar = UTF8.decode(encoded)
        if scalar.value >= base {
          keep(bytes[position..<(position + encoded.count)], in: &text)
        } else {
          text.append(scalar)
        }
        position += encoded.count
      case .error(let length):
        keep(bytes[position..<(position + length)], in: &text)
        position += length
      }
    }
    return String(text)
  }

  /// The bytes that a text was made of.
  static func bytes(_ text: String) -> [UInt8] {
    let isPlain = text.utf8.withContiguousStorageIfAvailable { !hasStandIn($0) } ?? false
    if isPlain { return Array(text.utf8) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.value >= base + 0x80 {
        bytes.append(UInt8(scalar.value - base))
      } else {
        bytes += Array(String(scalar).utf8)
      }
    }
    return bytes
  }

  /// Whether a scalar that stands for a byte is among these: in UTF-8 F4 8F BE or BF and another.
  static func hasStandIn(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = bytes[...]
    while let position = rest.firstIndex(of: 0xf4) {
      rest = bytes[position...]
      if rest.count >= 4, rest[position + 1] == 0x8f, rest[position + 2] >= 0xbc { return true }
      rest = rest.dropFirst()
    }
    return false
  }

  private static func keep(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, in text: inout String.UnicodeScalarView) {
    for byte in bytes { if let scalar = Unicode.Scalar(base + UInt32(byte)) { text.append(scalar) } }
  }
}

extension String {
  /// The bytes of a text that was made from a profile, those included that were not UTF-8 there.
  public var profileBytes: [UInt8] { KeptBytes.bytes(self) }
}

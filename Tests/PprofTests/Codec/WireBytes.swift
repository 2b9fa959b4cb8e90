/// Writes protobuf fields by hand, right or wrong ones.
enum WireBytes {
  static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func tag(_ field: UInt64, _ type: UInt64) -> [UInt8] { varint(field << 3 | type) }

  static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] { tag(field, 0) + varint(value) }

  static func bytes(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
    tag(field, 2) + varint(UInt64(content.count)) + content
  }

  static func strings(_ strings: String...) -> [UInt8] { strings.flatMap { bytes(6, Array($0.utf8)) } }

  /// A profile of one sample type `a/b`, one function, two locations with the ids 1 and 2, and then `more`.
  static func profile(_ more: [UInt8]..., strings table: [String] = ["", "a", "b"]) -> [UInt8] {
    var profile = bytes(1, number(1, 1) + number(2, 2))
    profile += more.joined()
    profile += bytes(5, number(1, 1) + number(2, 1))
    profile += bytes(4, number(1, 1) + bytes(4, number(1, 1)))
    profile += bytes(4, number(1, 2))
    return profile + table.flatMap { bytes(6, Array($0.utf8)) }
  }
}

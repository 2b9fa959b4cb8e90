/// Gives equal strings one index, in order of first appearance; the empty string has index 0.
struct StringInterner {
  private(set) var strings = [""]
  private var indices = [ByteString(""): 0]

  /// The index of `string` in the table.
  mutating func index(of string: String) -> UInt64 {
    if string.isEmpty { return 0 }
    let key = ByteString(string)
    if let index = indices[key] { return UInt64(index) }
    indices[key] = strings.count
    strings.append(string)
    return UInt64(strings.count - 1)
  }
}

/// The `<...>` after names.
enum GenericBrackets {
  /// Joins two texts and removes generic parameters and arguments: `find<A>(_:)` -> `find(_:)`.
  ///
  /// An operator such as `<`, `>>` or `->` is left alone, since it does not follow a name.
  static func removed(from first: ByteText, _ link: StaticString = "", _ second: ByteText? = nil) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(first.count + (second?.count ?? 0) + 1)
    var depth = 0
    var previous: UInt8 = 0x20
    var closedBefore = false
    func append(_ byte: UInt8) {
      if byte == UInt8(ascii: "<"), depth > 0 || previous.isNameByte || closedBefore { depth += 1 }
      closedBefore = false
      if depth == 0 { result.append(byte) }
      if byte == UInt8(ascii: ">"), depth > 0, previous != UInt8(ascii: "-") {
        depth -= 1
        closedBefore = depth == 0
      }
      previous = byte
    }
    for index in 0..<first.count { append(first[index]) }
    for index in 0..<link.utf8CodeUnitCount { append(link.utf8Start[index]) }
    if let second { for index in 0..<second.count { append(second[index]) } }
    if depth == 0, !result.isEmpty { return result }
    // Unbalanced: the `<` was no bracket after all.
    return Array(first.string.utf8) + Array(link.description.utf8) + Array((second?.string ?? "").utf8)
  }
}

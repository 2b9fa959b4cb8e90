/// The order in which people expect names: `2.md` before `10.md`.
enum NaturalOrder {
  static func precedes(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { a in right.withUTF8 { b in precedes(a, b) } }
  }

  private static func precedes(_ a: Bytes, _ b: Bytes) -> Bool {
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if CodeByte.isDigit(a[i]), CodeByte.isDigit(b[j]) {
        let (first, second) = (number(a, &i), number(b, &j))
        if first.count != second.count { return first.count < second.count }
        if !first.elementsEqual(second) { return first.lexicographicallyPrecedes(second) }
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        i += 1
        j += 1
      }
    }
    return a.count - i != b.count - j ? a.count - i < b.count - j : a.lexicographicallyPrecedes(b)
  }

  /// The digits at an index, zeros before them left out.
  private static func number(_ text: Bytes, _ at: inout Int) -> Slice<Bytes> {
    let start = at
    while at < text.count, CodeByte.isDigit(text[at]) { at += 1 }
    return text[start..<at].drop { $0 == UInt8(ascii: "0") }
  }
}

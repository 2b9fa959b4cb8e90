/// The strings of an encoded profile, which all its messages refer to by index.
struct StringTable {
  private let strings: [String]

  /// Reads the strings at `spans`; the first must be there and be empty.
  init(_ spans: [Span], base: UnsafePointer<UInt8>) throws(ProfileError) {
    guard let first = spans.first, first.start == first.end else { throw .badStringTable }
    strings = spans.map { span in
      KeptBytes.text(UnsafeBufferPointer(start: base + span.start, count: span.end - span.start))
    }
  }

  /// The string of the given index, which the field at `place` refers to.
  @inline(__always)
  subscript(index: Int64, at place: @autoclosure () -> Place) -> String {
    get throws(ProfileError) {
      guard index >= 0, index < strings.count else {
        throw .unknownString(index: index, count: strings.count, at: place())
      }
      return strings[Int(index)]
    }
  }

  /// The string of an index that was found to be right before.
  subscript(known index: Int64) -> String { strings[Int(index)] }
}

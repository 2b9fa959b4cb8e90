/// An open code fence, known by what closes it.
struct Fence {
  let character: UInt8
  let length: Int
  /// The column the content of its list item begins in; a line that begins before it ends the fence too.
  let container: Int

  /// The fence that a line opens at `start`, if it does.
  init?(opening text: Bytes, from start: Int, to end: Int, container: Int) {
    character = text[start]
    guard character == UInt8(ascii: "`") || character == UInt8(ascii: "~") else { return nil }
    var at = start
    while at < end, text[at] == character { at += 1 }
    length = at - start
    guard length >= 3 else { return nil }
    if character == UInt8(ascii: "`"), text[at..<end].contains(character) { return nil }
    self.container = container
  }

  /// Whether a line closes it.
  func isClosed(by text: Bytes, from start: Int, to end: Int) -> Bool {
    var at = start
    while at < end, text[at] == character { at += 1 }
    return at - start >= length && text[at..<end].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }
}

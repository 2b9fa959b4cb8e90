/// A note that a compiler, a linker or a library left in a file, in sections and segments of notes.
enum ElfNote {
  /// The content of the first note of this owner and type, or nil.
  static func find(
    owner: String, type wanted: UInt32, in notes: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer.SubSequence? {
    var cursor = ByteCursor(notes)
    while !cursor.isAtEnd {
      let nameSize = Int(cursor.u32())
      let contentSize = Int(cursor.u32())
      let type = cursor.u32()
      let name = cursor.offset
      cursor.skip((nameSize + 3) & ~3)
      let content = cursor.offset
      cursor.skip(contentSize)
      if cursor.isOverrun { return nil }
      if type == wanted, notes[name..<(name + nameSize)].elementsEqual((owner + "\0").utf8) {
        return notes[content..<(content + contentSize)]
      }
      cursor.skip((4 - contentSize & 3) & 3)
    }
    return nil
  }
}

/// The identifier by which the linker ties a program, its separate debug file and its profiles together.
enum BuildID {
  /// Finds the note `GNU`, type 3, and returns its content in lower-case hexadecimal.
  static func find(inNotes notes: UnsafeRawBufferPointer) -> String? {
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
      if type == 3, nameSize == 4, notes[name..<(name + 4)].elementsEqual("GNU\0".utf8) {
        return notes[content..<(content + contentSize)].reduce(into: "") { text, byte in
          text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
      }
      cursor.skip((4 - contentSize & 3) & 3)
    }
    return nil
  }

  /// Where a distribution keeps the debug file that belongs to an identifier.
  static func debugFile(for buildID: String) -> String? {
    guard buildID.utf8.count > 2 else { return nil }
    return "/usr/lib/debug/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2)).debug"
  }
}

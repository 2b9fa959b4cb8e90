/// The identifier by which the linker ties a program, its separate debug file and its profiles together.
enum BuildID {
  /// Finds the note `GNU`, type 3, and returns its content in lower-case hexadecimal.
  static func find(inNotes notes: UnsafeRawBufferPointer) -> String? {
    ElfNote.find(owner: "GNU", type: 3, in: notes).map(text)
  }

  /// The bytes in lower-case hexadecimal.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
  }

  /// Where a distribution keeps the debug file that belongs to an identifier.
  static func debugFile(for buildID: String) -> String? {
    guard buildID.utf8.count > 2 else { return nil }
    return "/usr/lib/debug/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2)).debug"
  }
}

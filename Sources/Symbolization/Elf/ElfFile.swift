/// The sections of an ELF file, as its own table lists them.
///
/// Source: System V Application Binary Interface, chapter 4.
struct ElfFile {
  struct Section {
    var name: String
    var type: UInt32
    var flags: UInt64
    /// Where the section stands in memory, before the loader adds its base.
    var address: UInt64
    var bytes: UnsafeRawBufferPointer
    /// The number of the section that this one refers to, such as a symbol table's strings.
    var link: Int

    var isCompressed: Bool { flags & 0x800 != 0 }
    func contains(_ address: UInt64) -> Bool {
      address >= self.address && address - self.address < UInt64(bytes.count)
    }
  }

  /// Types of sections, in the words of the standard.
  enum SectionType {
    static let symbols: UInt32 = 2
    static let noBits: UInt32 = 8
    static let note: UInt32 = 7
    static let dynamicSymbols: UInt32 = 11
    static let relocationsWithAddend: UInt32 = 4
  }

  /// The memory that `bytes` of all sections point into.
  let file: MappedFile
  let sections: [Section]
  /// The processor the code is for (62 is x86_64, 183 aarch64).
  let machine: UInt16

  init(_ file: MappedFile) throws(SymbolizationError) {
    self.file = file
    let bytes = file.bytes
    func malformed(_ what: String) -> SymbolizationError {
      SymbolizationError(path: file.path, reason: .malformed(what))
    }
    guard bytes.count >= 64, bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
      throw malformed("is not a 64-bit little-endian ELF file")
    }
    var header = ByteCursor(bytes, at: 18)
    machine = header.u16()
    header = ByteCursor(bytes, at: 40)
    let tableOffset = header.u64()
    header.skip(10)
    let entrySize = UInt64(header.u16())
    let count = UInt64(header.u16())
    let namesIndex = Int(header.u16())
    guard entrySize >= 64 || count == 0, let table = bytes.part(offset: tableOffset, count: entrySize * count) else {
      throw malformed("has a section table outside of the file")
    }
    var sections: [Section] = []
    var nameOffsets: [UInt32] = []
    for index in 0..<Int(count) {
      var entry = ByteCursor(table, at: index * Int(entrySize))
      nameOffsets.append(entry.u32())
      let type = entry.u32()
      let flags = entry.u64()
      let address = entry.u64()
      let offset = entry.u64()
      let size = entry.u64()
      // A section without bytes, or with bytes outside of the file (as in a separate debug file), has none to read.
      let content = type == SectionType.noBits ? nil : bytes.part(offset: offset, count: size)
      sections.append(
        Section(
          name: "", type: type, flags: flags, address: address,
          bytes: content ?? UnsafeRawBufferPointer(start: nil, count: 0), link: Int(entry.u32())))
    }
    if sections.indices.contains(namesIndex) {
      let names = sections[namesIndex].bytes
      for index in sections.indices { sections[index].name = names.string(at: UInt64(nameOffsets[index])) ?? "" }
    }
    self.sections = sections
  }

  /// The bytes of a section, or nil when there is none of this name that can be read as it stands.
  func bytes(of name: String) -> UnsafeRawBufferPointer? {
    sections.first { $0.name == name && !$0.isCompressed && !$0.bytes.isEmpty }?.bytes
  }

  /// Whether the file names a dynamic linker that starts it.
  var hasInterpreter: Bool {
    var header = ByteCursor(file.bytes, at: 32)
    let tableOffset = header.u64()
    header.skip(14)
    let entrySize = UInt64(header.u16())
    let count = UInt64(header.u16())
    let table = file.bytes.part(offset: tableOffset, count: entrySize * count)
    guard let table, entrySize >= 56 else { return false }
    return (0..<Int(count)).contains { index in
      var entry = ByteCursor(table, at: index * Int(entrySize))
      return entry.u32() == 3  // PT_INTERP
    }
  }

  /// The build identifier in hexadecimal, or nil.
  var buildID: String? { notes.compactMap { BuildID.find(inNotes: $0) }.first }

  /// Whether there is a note of this owner and type.
  func hasNote(owner: String, type: UInt32) -> Bool {
    notes.contains { ElfNote.find(owner: owner, type: type, in: $0) != nil }
  }

  private var notes: [UnsafeRawBufferPointer] { sections.filter { $0.type == SectionType.note }.map(\.bytes) }
}

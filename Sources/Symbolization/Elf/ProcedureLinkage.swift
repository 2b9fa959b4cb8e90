/// The stubs through which a file calls functions of other files (`.plt`, `.plt.sec`, `.plt.got`).
struct ProcedureLinkage {
  private let elf: ElfFile
  private let stubs: [ElfFile.Section]
  /// The function whose address the loader puts into each slot; read when the first stub is met.
  private var functionOfSlot: [UInt64: String]?

  init(_ elf: ElfFile) {
    self.elf = elf
    stubs = elf.sections.filter { $0.name.hasPrefix(".plt") && !$0.bytes.isEmpty }
  }

  /// The function that the stub at `address` calls, or nil when there is no stub.
  mutating func callee(at address: UInt64) -> String? {
    guard let section = stubs.first(where: { $0.contains(address) }),
      let slot = Self.slot(ofStubAt: Int(address - section.address), in: section)
    else { return nil }
    let functions = functionOfSlot ?? Self.functions(elf)
    functionOfSlot = functions
    return functions[slot]
  }

  private static func functions(_ elf: ElfFile) -> [UInt64: String] {
    guard let symbols = SymbolTable(elf, full: false) else { return [:] }
    var functions: [UInt64: String] = [:]
    for section in elf.sections where section.type == ElfFile.SectionType.relocationsWithAddend {
      var cursor = ByteCursor(section.bytes)
      while !cursor.isAtEnd {
        let slot = cursor.u64()
        let symbol = Int(cursor.u64() >> 32)
        cursor.skip(8)
        if symbol != 0, let name = symbols.name(at: symbol), !name.isEmpty { functions[slot] = name }
      }
    }
    return functions
  }

  /// The slot that a stub of x86_64 jumps through: stubs are 8 or 16 bytes and hold `jmp *disp32(%rip)`, FF 25.
  private static func slot(ofStubAt offset: Int, in section: ElfFile.Section) -> UInt64? {
    let size = section.name == ".plt.got" ? 8 : 16
    let start = offset / size * size
    for place in start..<(start + size) where place + 6 <= section.bytes.count {
      guard section.bytes[place] == 0xff, section.bytes[place + 1] == 0x25 else { continue }
      let displacement = section.bytes.loadUnaligned(fromByteOffset: place + 2, as: Int32.self)
      return section.address &+ UInt64(place) &+ 6 &+ UInt64(bitPattern: Int64(displacement))
    }
    return nil
  }
}

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
      let slot = slot(ofStubAt: Int(address - section.address), in: section)
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

  /// The slot that a stub jumps through.
  private func slot(ofStubAt offset: Int, in section: ElfFile.Section) -> UInt64? {
    elf.machine == 183 ? Self.slotByPage(offset, section) : Self.slotByDistance(offset, section)
  }

  /// On x86_64 stubs are 8 or 16 bytes and hold `jmp *disp32(%rip)`, FF 25.
  private static func slotByDistance(_ offset: Int, _ section: ElfFile.Section) -> UInt64? {
    let size = section.name == ".plt.got" ? 8 : 16
    let start = offset / size * size
    for place in start..<(start + size) where place + 6 <= section.bytes.count {
      guard section.bytes[place] == 0xff, section.bytes[place + 1] == 0x25 else { continue }
      let displacement = section.bytes.loadUnaligned(fromByteOffset: place + 2, as: Int32.self)
      return section.address &+ UInt64(place) &+ 6 &+ UInt64(bitPattern: Int64(displacement))
    }
    return nil
  }

  /// On aarch64 they are 16 or 24 bytes, with a header of 32, and hold `adrp x16, PAGE` and `ldr x17, [x16, #WITHIN]`.
  private static func slotByPage(_ offset: Int, _ section: ElfFile.Section) -> UInt64? {
    // The instructions up to the one that the address is of belong to its stub, as far as back to the last jump.
    func word(_ place: Int) -> UInt32 { section.bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
    let jump: UInt32 = 0xd61f_0220
    var start = offset & ~3
    while start >= 4, word(start - 4) != jump, offset - start < 24 { start -= 4 }
    var page: UInt64?
    for place in stride(from: start, to: min(start + 24, section.bytes.count - 3), by: 4) {
      let code = word(place)
      if code & 0x9f00_001f == 0x9000_0010 {
        let pages = Int64(bitPattern: UInt64(code >> 5 & 0x7ffff) << 45 | UInt64(code >> 29 & 3) << 43) >> 31
        page = (section.address &+ UInt64(place)) & ~0xfff &+ UInt64(bitPattern: pages)
      } else if code & 0xffc0_03ff == 0xf940_0211, let page {
        return page &+ UInt64(code >> 10 & 0xfff) * 8
      } else if code == jump {
        return nil
      }
    }
    return nil
  }
}

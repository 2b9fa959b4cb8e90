/// The functions and variables that a symbol table (`.symtab` or `.dynsym`) names.
struct SymbolTable {
  /// A function or a variable that covers an address.
  struct Symbol: Hashable {
    var name: String
    var address: UInt64
    var size: UInt64
  }

  private let entries: UnsafeRawBufferPointer
  private let names: UnsafeRawBufferPointer
  private static let entrySize = 24

  /// The full table of a file if it has one, else the table of what it exports.
  init?(_ elf: ElfFile, full: Bool) {
    let type = full ? ElfFile.SectionType.symbols : ElfFile.SectionType.dynamicSymbols
    guard let table = elf.sections.first(where: { $0.type == type }), elf.sections.indices.contains(table.link),
      table.bytes.count >= Self.entrySize
    else { return nil }
    entries = table.bytes
    names = elf.sections[table.link].bytes
  }

  /// The name of entry `index`, as relocations refer to it.
  func name(at index: Int) -> String? {
    guard index >= 0, index < entries.count / Self.entrySize else { return nil }
    var cursor = ByteCursor(entries, at: index * Self.entrySize)
    return names.string(at: UInt64(cursor.u32()))
  }

  /// The value of the symbol of a name, or nil if the file does not define it: an address, or of a thread-local variable
  /// its place in the file's storage. Complexity: linear in the table.
  func value(of symbol: String) -> UInt64? {
    let wanted = Array(symbol.utf8)
    for index in 0..<(entries.count / Self.entrySize) {
      var cursor = ByteCursor(entries, at: index * Self.entrySize)
      let place = UInt64(cursor.u32())
      guard let name = names.part(offset: place, count: UInt64(wanted.count) + 1), name.last == 0,
        name.dropLast().elementsEqual(wanted)
      else { continue }
      // Section 0 means that it is defined elsewhere.
      let section = entries.loadUnaligned(fromByteOffset: index * Self.entrySize + 6, as: UInt16.self)
      let value = entries.loadUnaligned(fromByteOffset: index * Self.entrySize + 8, as: UInt64.self)
      if section != 0 { return UInt64(littleEndian: value) }
    }
    return nil
  }

  /// The function at each address of a sorted list, or nil.
  ///
  /// A function covers exactly the bytes of its size, so that in a stripped file an address beyond the last exported
  /// function before it gets no name instead of a wrong one. Of several functions the innermost wins, then the more
  /// visible, then the shorter name: `malloc`, not `__libc_malloc`.
  ///
  /// Complexity: O(*s* log *n*) for *s* symbols and *n* addresses; nothing is sorted or copied.
  func functions(at addresses: ArraySlice<UInt64>) -> [Symbol?] {
    // 2 is a function, 10 one that is chosen at load time.
    symbols(at: addresses, types: [2, 10])
  }

  /// The variable at an address, or nil. Complexity: linear in the table.
  func variable(at address: UInt64) -> Symbol? { symbols(at: [address], types: [1])[0] }

  /// The variables of a size. Complexity: linear in the table.
  func variables(ofSize size: UInt64) -> [Symbol] {
    (0..<(entries.count / Self.entrySize)).compactMap { index in
      guard let candidate = Candidate(entries, at: index * Self.entrySize, [1]),
        candidate.end - candidate.start == size, let name = names.string(at: UInt64(candidate.name))
      else { return nil }
      return Symbol(name: name, address: candidate.start, size: size)
    }
  }

  private func symbols(at addresses: ArraySlice<UInt64>, types: [UInt8]) -> [Symbol?] {
    guard let lowest = addresses.first, let highest = addresses.last else { return [] }
    var best = [Candidate?](repeating: nil, count: addresses.count)
    for index in 0..<(entries.count / Self.entrySize) {
      guard let candidate = Candidate(entries, at: index * Self.entrySize, types), candidate.start <= highest,
        candidate.end > lowest
      else { continue }
      var place = addresses.firstIndex(notBelow: candidate.start)
      while place < addresses.endIndex, addresses[place] < candidate.end {
        let slot = place - addresses.startIndex
        if candidate.isBetter(than: best[slot], names: names) { best[slot] = candidate }
        place += 1
      }
    }
    return best.map { candidate in
      guard let candidate, let name = names.string(at: UInt64(candidate.name)), !name.isEmpty else { return nil }
      return Symbol(name: name, address: candidate.start, size: candidate.end - candidate.start)
    }
  }

  /// The names that contain a text. Complexity: linear in the table's names.
  func allNames(containing part: StaticString) -> [String] { names.strings(containing: part) }

  private struct Candidate {
    var start: UInt64
    var end: UInt64
    var name: UInt32
    var visibility: Int

    /// Reads an entry; nil for what is of other types or has no size.
    @inline(__always)
    init?(_ entries: UnsafeRawBufferPointer, at offset: Int, _ types: [UInt8]) {
      let info = entries[offset + 4]
      guard types.contains(info & 0xf) else { return nil }
      // Section 0 means that it is defined elsewhere.
      let section = UInt16(littleEndian: entries.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self))
      let size = UInt64(littleEndian: entries.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
      guard section != 0, size > 0 else { return nil }
      start = UInt64(littleEndian: entries.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
      let (end, isTooLarge) = start.addingReportingOverflow(size)
      guard !isTooLarge else { return nil }
      self.end = end
      name = UInt32(littleEndian: entries.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      // Local is 0, global 1, weak 2.
      visibility = info >> 4 == 1 ? 2 : info >> 4 == 2 ? 1 : 0
    }

    func isBetter(than other: Candidate?, names: UnsafeRawBufferPointer) -> Bool {
      guard let other else { return true }
      if end - start != other.end - other.start { return end - start < other.end - other.start }
      if visibility != other.visibility { return visibility > other.visibility }
      guard let mine = names.string(at: UInt64(name)), let others = names.string(at: UInt64(other.name)) else {
        return false
      }
      return (mine.utf8.count, mine) < (others.utf8.count, others)
    }
  }
}

extension ArraySlice<UInt64> {
  /// In a sorted list, the index of the first element that is not below `value`.
  func firstIndex(notBelow value: UInt64) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

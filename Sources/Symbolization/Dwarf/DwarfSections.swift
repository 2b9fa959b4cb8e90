/// The debug sections of a file, and what their indirections stand for.
struct DwarfSections {
  let info: UnsafeRawBufferPointer
  let abbreviations: UnsafeRawBufferPointer
  let lines: UnsafeRawBufferPointer
  private let strings: UnsafeRawBufferPointer
  private let lineStrings: UnsafeRawBufferPointer
  private let stringOffsets: UnsafeRawBufferPointer
  private let addresses: UnsafeRawBufferPointer
  private let ranges: UnsafeRawBufferPointer
  private let rangeLists: UnsafeRawBufferPointer
  /// Keeps the bytes mapped.
  private let file: MappedFile

  /// The debug sections of a file, or nil when it has none that can be read as they stand.
  init?(_ elf: ElfFile) {
    guard let info = elf.bytes(of: ".debug_info"), let abbreviations = elf.bytes(of: ".debug_abbrev") else {
      return nil
    }
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    self.info = info
    self.abbreviations = abbreviations
    lines = elf.bytes(of: ".debug_line") ?? none
    strings = elf.bytes(of: ".debug_str") ?? none
    lineStrings = elf.bytes(of: ".debug_line_str") ?? none
    stringOffsets = elf.bytes(of: ".debug_str_offsets") ?? none
    addresses = elf.bytes(of: ".debug_addr") ?? none
    ranges = elf.bytes(of: ".debug_ranges") ?? none
    rangeLists = elf.bytes(of: ".debug_rnglists") ?? none
    file = elf.file
  }

  /// The text that a value stands for, or nil.
  func string(_ form: DwarfForm, _ value: UInt64, in section: UnsafeRawBufferPointer, _ unit: DwarfUnit?) -> String? {
    switch form {
    case .string: return section.string(at: value)
    case .stringPointer: return strings.string(at: value)
    case .lineStringPointer: return lineStrings.string(at: value)
    case .stringIndex, .stringIndex1, .stringIndex2, .stringIndex3, .stringIndex4:
      guard let unit else { return nil }
      let size = unit.encoding.offsetSize
      return element(value, of: stringOffsets, base: unit.stringOffsetsBase, size: size).flatMap(strings.string(at:))
    default: return nil
    }
  }

  /// The names that contain a text, those of inlined functions among them. Complexity: linear in the strings.
  func allNames(containing part: StaticString) -> [String] { strings.strings(containing: part) }

  /// The address that a value stands for, or nil when the form is not one of addresses.
  func address(_ form: DwarfForm, _ value: UInt64, _ unit: DwarfUnit) -> UInt64? {
    switch form {
    case .address: return value
    case .addressIndex, .addressIndex1, .addressIndex2, .addressIndex3, .addressIndex4:
      return element(value, of: addresses, base: unit.addressBase, size: unit.encoding.addressSize)
    default: return nil
    }
  }

  /// Calls `body` with each range of addresses of a range list.
  ///
  /// Source: DWARF 4, section 2.17.3; DWARF 5, sections 2.17.3 and 7.25.
  func eachRange(_ form: DwarfForm, _ value: UInt64, _ unit: DwarfUnit, _ body: (Range<UInt64>) -> Void) {
    if unit.encoding.version < 5 {
      oldRanges(at: value, unit, body)
    } else if form == .rangeListIndex {
      let size = unit.encoding.offsetSize
      guard let offset = element(value, of: rangeLists, base: unit.rangeListsBase, size: size) else { return }
      newRanges(at: unit.rangeListsBase &+ offset, unit, body)
    } else {
      newRanges(at: value, unit, body)
    }
  }

  private func oldRanges(at offset: UInt64, _ unit: DwarfUnit, _ body: (Range<UInt64>) -> Void) {
    var cursor = ByteCursor(ranges, at: Int(clamping: offset))
    let size = unit.encoding.addressSize
    let newBase: UInt64 = size == 8 ? .max : 0xffff_ffff
    var base = unit.lowPC
    while !cursor.isOverrun {
      let start = cursor.unsigned(size: size)
      let end = cursor.unsigned(size: size)
      if cursor.isOverrun || start == 0 && end == 0 { return }
      if start == newBase { base = end } else if start < end { emit(base &+ start, base &+ end, body) }
    }
  }

  private func newRanges(at offset: UInt64, _ unit: DwarfUnit, _ body: (Range<UInt64>) -> Void) {
    var cursor = ByteCursor(rangeLists, at: Int(clamping: offset))
    let size = unit.encoding.addressSize
    func indexed(_ index: UInt64) -> UInt64 {
      element(index, of: addresses, base: unit.addressBase, size: size) ?? 0
    }
    var base = unit.lowPC
    while !cursor.isOverrun {
      switch cursor.u8() {
      case 1: base = indexed(cursor.uleb())
      case 2:
        let start = indexed(cursor.uleb())
        emit(start, indexed(cursor.uleb()), body)
      case 3:
        let start = indexed(cursor.uleb())
        emit(start, start &+ cursor.uleb(), body)
      case 4:
        let start = cursor.uleb()
        emit(base &+ start, base &+ cursor.uleb(), body)
      case 5: base = cursor.unsigned(size: size)
      case 6:
        let start = cursor.unsigned(size: size)
        emit(start, cursor.unsigned(size: size), body)
      case 7:
        let start = cursor.unsigned(size: size)
        emit(start, start &+ cursor.uleb(), body)
      default: return
      }
    }
  }

  /// Passes a range on, unless it is empty or of code that the linker left out, which begins at 0.
  private func emit(_ start: UInt64, _ end: UInt64, _ body: (Range<UInt64>) -> Void) {
    if start < end, start != 0 { body(start..<end) }
  }

  private func element(_ index: UInt64, of table: UnsafeRawBufferPointer, base: UInt64, size: Int) -> UInt64? {
    let (offset, isTooLarge) = index.multipliedReportingOverflow(by: UInt64(size))
    let (place, isBeyond) = base.addingReportingOverflow(offset)
    guard !isTooLarge, !isBeyond, table.part(offset: place, count: UInt64(size)) != nil else { return nil }
    var cursor = ByteCursor(table, at: Int(place))
    return cursor.unsigned(size: size)
  }
}

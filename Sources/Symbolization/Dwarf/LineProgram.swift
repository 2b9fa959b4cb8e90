/// The table of lines of a unit: which place in the source the code at an address comes from.
///
/// It is written as a program for a small machine that produces the rows in the order of addresses.
/// Source: DWARF 5, section 6.2.
struct LineProgram {
  /// A place in the source; line 0 says that no line is to blame.
  struct Row: Equatable {
    var address: UInt64 = 0
    var file: UInt64 = 1
    var line: Int = 1
    var column: Int = 0
  }

  /// What the table says of an address.
  struct Place: Equatable {
    /// The row that covers the address.
    var row: Row
    /// The nearest row before it that has a line.
    var lined: Row?
  }

  private let sections: DwarfSections
  private let program: Range<Int>
  private let version: UInt16
  private let addressSize: Int
  private let minimumInstructionLength: UInt64
  private let lineBase: Int
  private let lineRange: Int
  private let opcodeBase: UInt8
  private let operandCounts: [UInt8]
  /// The files by number, absolute where the compiler said so.
  let files: [UInt64: String]

  /// Reads the header of the program at `offset`; nil when it is malformed.
  init?(_ sections: DwarfSections, at offset: UInt64, unit: DwarfUnit) {
    self.sections = sections
    var cursor = ByteCursor(sections.lines, at: Int(clamping: offset))
    var length = UInt64(cursor.u32())
    var encoding = unit.encoding
    encoding.offsetSize = 4
    if length == 0xffff_ffff {
      length = cursor.u64()
      encoding.offsetSize = 8
    }
    let (end, isTooLong) = UInt64(cursor.offset).addingReportingOverflow(length)
    guard !isTooLong, end <= UInt64(sections.lines.count) else { return nil }
    version = cursor.u16()
    encoding.version = version
    guard (2...5).contains(version) else { return nil }
    if version >= 5 {
      encoding.addressSize = Int(cursor.u8())
      cursor.skip(1)
    }
    addressSize = encoding.addressSize
    let headerLength = cursor.unsigned(size: encoding.offsetSize)
    let (start, isBeyond) = UInt64(cursor.offset).addingReportingOverflow(headerLength)
    guard !isBeyond, start <= end else { return nil }
    program = Int(start)..<Int(end)
    minimumInstructionLength = UInt64(cursor.u8())
    if version >= 4 { cursor.skip(1) }
    cursor.skip(1)
    lineBase = Int(Int8(bitPattern: cursor.u8()))
    lineRange = Int(cursor.u8())
    opcodeBase = cursor.u8()
    operandCounts = (1..<max(opcodeBase, 1)).map { _ in cursor.u8() }
    guard lineRange > 0, opcodeBase > 0, !cursor.isOverrun else { return nil }
    files =
      version >= 5
      ? Self.files(&cursor, sections, unit, encoding) : Self.oldFiles(&cursor, unit.compilationDirectory)
  }

  /// What the table says of each address of a sorted list, or nil.
  ///
  /// Complexity: one pass over the program, plus a binary search for each of its sequences.
  func places(at addresses: ArraySlice<UInt64>) -> [Place?] {
    var places = [Place?](repeating: nil, count: addresses.count)
    let bytes = UnsafeRawBufferPointer(rebasing: sections.lines[..<program.upperBound])
    var cursor = ByteCursor(bytes, at: program.lowerBound)
    var row = Row()
    var previous: Row?
    var lined: Row?
    var next = addresses.startIndex
    // Code that the linker left out begins at 0 and must not hide code that is there.
    var isLeftOut = false
    let constantAdvance = UInt64((255 - Int(opcodeBase)) / lineRange) &* minimumInstructionLength

    // Lines of what the compiler made up are lines of no file.
    let unnamed = files.filter { $0.value.isEmpty }.map(\.key)

    /// Adds the row to the table: the addresses before it belong to the row before it.
    func emit(_ row: Row) {
      if isLeftOut { return }
      var row = row
      if unnamed.contains(row.file) { row.line = 0 }
      if let before = previous {
        while next < addresses.endIndex, addresses[next] < row.address {
          if addresses[next] >= before.address {
            places[next - addresses.startIndex] = Place(row: before, lined: lined)
          }
          next += 1
        }
      } else {
        next = addresses.firstIndex(notBelow: row.address)
      }
      previous = row
      if row.line != 0 { lined = row }
    }

    while !cursor.isAtEnd {
      let opcode = cursor.u8()
      if opcode >= opcodeBase {
        let adjusted = Int(opcode - opcodeBase)
        row.address &+= UInt64(adjusted / lineRange) &* minimumInstructionLength
        row.line = max(0, row.line &+ lineBase &+ adjusted % lineRange)
        emit(row)
        continue
      }
      switch opcode {
      case 0:
        let length = Int(clamping: cursor.uleb())
        var operand = cursor
        cursor.skip(length)
        switch operand.u8() {
        case 1:
          emit(row)
          row = Row()
          previous = nil
          lined = nil
          isLeftOut = false
        case 2:
          row.address = operand.unsigned(size: min(max(length - 1, 0), 8))
          isLeftOut = row.address == 0
        default: break
        }
      case 1: emit(row)
      case 2: row.address &+= cursor.uleb() &* minimumInstructionLength
      case 3: row.line = max(0, row.line &+ Int(cursor.sleb()))
      case 4: row.file = cursor.uleb()
      case 5: row.column = Int(clamping: cursor.uleb())
      case 6, 7, 10, 11: break
      case 8: row.address &+= constantAdvance
      case 9: row.address &+= UInt64(cursor.u16())
      case 12: _ = cursor.uleb()
      default:
        for _ in 0..<operandCounts[Int(opcode) - 1] { _ = cursor.uleb() }
      }
    }
    return places
  }

  // MARK: Files

  private static func oldFiles(_ cursor: inout ByteCursor, _ compilationDirectory: String) -> [UInt64: String] {
    var directories = [compilationDirectory]
    while !cursor.isOverrun {
      let directory = cursor.string()
      if directory.isEmpty { break }
      directories.append(path(directory, in: compilationDirectory))
    }
    var files: [UInt64: String] = [:]
    while !cursor.isOverrun {
      let name = cursor.string()
      if name.isEmpty { break }
      let directory = Int(clamping: cursor.uleb())
      _ = cursor.uleb()
      _ = cursor.uleb()
      files[UInt64(files.count) + 1] = path(
        name, in: directories.indices.contains(directory) ? directories[directory] : "")
    }
    return files
  }

  private static func files(
    _ cursor: inout ByteCursor, _ sections: DwarfSections, _ unit: DwarfUnit, _ encoding: DwarfEncoding
  ) -> [UInt64: String] {
    var directories: [String] = []
    for entry in entries(&cursor, sections, unit, encoding) {
      directories.append(path(entry.path, in: directories.first ?? unit.compilationDirectory))
    }
    var files: [UInt64: String] = [:]
    for entry in entries(&cursor, sections, unit, encoding) {
      let directory = Int(clamping: entry.directory)
      files[UInt64(files.count)] = path(
        entry.path, in: directories.indices.contains(directory) ? directories[directory] : "")
    }
    return files
  }

  /// Reads a list of directories or files as DWARF 5 writes them: first what each entry holds, then the entries.
  private static func entries(
    _ cursor: inout ByteCursor, _ sections: DwarfSections, _ unit: DwarfUnit, _ encoding: DwarfEncoding
  ) -> [(path: String, directory: UInt64)] {
    let formats = (0..<cursor.u8()).map { _ in (content: cursor.uleb(), form: DwarfForm(rawValue: cursor.uleb())) }
    let count = cursor.uleb()
    var entries: [(path: String, directory: UInt64)] = []
    while UInt64(entries.count) < count, !cursor.isOverrun, !formats.isEmpty {
      var entry = (path: "", directory: UInt64(0))
      for format in formats {
        guard let form = format.form else { return entries }
        let value = cursor.value(of: form, implicit: 0, encoding)
        if format.content == 1 { entry.path = sections.string(form, value, in: sections.lines, unit) ?? "" }
        if format.content == 2 { entry.directory = value }
      }
      entries.append(entry)
    }
    return entries
  }

  /// The path of a file; empty for code that the compiler made up (`<compiler-generated>`).
  private static func path(_ name: String, in directory: String) -> String {
    if name.hasPrefix("<") { return "" }
    if name.hasPrefix("/") || directory.isEmpty { return name }
    return directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }
}

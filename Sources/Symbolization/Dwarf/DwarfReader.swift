/// Finds functions, inlined functions and lines of addresses in the debug information of one file.
///
/// Only the units that hold an address are read, each in one pass for all of its addresses. Reads DWARF 2 to 5, without
/// split and compressed sections.
struct DwarfReader {
  /// One level of what an address stands for.
  struct Level {
    var function: DwarfFunction
    /// Where in the function: the line of the address, or of the call of the function that was inlined.
    var file: String
    var line: Int
    var column: Int
    var isInlined: Bool
  }

  let sections: DwarfSections
  /// In the order of the section.
  let units: [DwarfUnit]
  private var abbreviations: [AbbreviationKey: AbbreviationTable?] = [:]
  private var linePrograms: [Int: LineProgram?] = [:]
  private var functions: [Int: DwarfFunction] = [:]

  private struct AbbreviationKey: Hashable {
    var offset: UInt64
    var encoding: DwarfEncoding
  }

  /// Reads the headers and root entries of all units.
  init(_ sections: DwarfSections) {
    self.sections = sections
    var units: [DwarfUnit] = []
    var tables: [AbbreviationKey: AbbreviationTable?] = [:]
    var cursor = ByteCursor(sections.info)
    while !cursor.isAtEnd {
      guard var unit = DwarfUnit(&cursor) else { continue }
      if let table = Self.table(of: unit, sections, &tables) { unit.readRoot(sections, table) }
      units.append(unit)
    }
    self.units = units
    abbreviations = tables
  }

  /// The levels of each address of a sorted list without repetitions, innermost first; empty where nothing is known.
  mutating func levels(at addresses: [UInt64]) -> [[Level]] {
    var result = [[Level]](repeating: [], count: addresses.count)
    for index in units.indices {
      let slots = units[index].ranges.flatMap { range -> Range<Int> in
        let first = addresses[...].firstIndex(notBelow: range.lowerBound)
        return first..<max(first, addresses[...].firstIndex(notBelow: range.upperBound))
      }
      // Ranges of one unit may overlap or be out of order.
      let inside = slots.count < 2 ? slots : Array(Set(slots)).sorted()
      if inside.isEmpty { continue }
      let found = levels(at: inside.map { addresses[$0] }, inUnit: index)
      for (slot, levels) in zip(inside, found) where result[slot].isEmpty { result[slot] = levels }
    }
    return result
  }

  private mutating func levels(at addresses: [UInt64], inUnit index: Int) -> [[Level]] {
    let unit = units[index]
    let places = lineProgram(ofUnit: index)?.places(at: addresses[...]) ?? addresses.map { _ in nil }
    guard let table = Self.table(of: unit, sections, &abbreviations) else { return addresses.map { _ in [] } }
    // Code without a line of its own stands to the line before it, if that is of the same function, inlined ones told
    // apart: so those lines' addresses are asked for too.
    let lined = places.map { $0?.row.line == 0 ? $0?.lined : nil }
    let all = Array(Set(addresses + lined.compactMap { $0?.address })).sorted()
    let scopes = ScopeWalk(sections: sections, unit: unit, table: table).scopes(at: all)
    func chain(at address: UInt64) -> [DwarfScope] { scopes[all[...].firstIndex(notBelow: address)] }
    return addresses.indices.map { slot in
      let found = chain(at: addresses[slot])
      var row = places[slot]?.row
      if let lined = lined[slot], chain(at: lined.address).map(\.entry) == found.map(\.entry) { row = lined }
      return levels(of: found, row: row, unit: index)
    }
  }

  /// Puts scopes, outermost first, and lines together.
  private mutating func levels(of scopes: [DwarfScope], row: LineProgram.Row?, unit: Int) -> [Level] {
    let files = lineProgram(ofUnit: unit)?.files ?? [:]
    var file = row.map { files[$0.file] ?? "" } ?? ""
    var line = row?.line ?? 0
    var column = row?.column ?? 0
    return scopes.reversed().map { scope in
      let function = function(at: scope.origin)
      let isPlaced = line != 0 && !file.isEmpty
      let level = Level(
        function: function, file: isPlaced ? file : function.file, line: isPlaced ? line : 0,
        column: isPlaced ? column : 0, isInlined: scope.isInlined)
      file = files[scope.callFile] ?? ""
      line = scope.callLine
      column = scope.callColumn
      return level
    }
  }

  // MARK: What is read once

  private static func table(
    of unit: DwarfUnit, _ sections: DwarfSections, _ tables: inout [AbbreviationKey: AbbreviationTable?]
  ) -> AbbreviationTable? {
    let key = AbbreviationKey(offset: unit.abbreviationOffset, encoding: unit.encoding)
    if let known = tables[key] { return known }
    let table = AbbreviationTable(sections.abbreviations, at: unit.abbreviationOffset, unit.encoding)
    tables[key] = .some(table)
    return table
  }

  private mutating func lineProgram(ofUnit index: Int) -> LineProgram? {
    if let known = linePrograms[index] { return known }
    let program = units[index].lineProgram.flatMap { LineProgram(sections, at: $0, unit: units[index]) }
    linePrograms[index] = .some(program)
    return program
  }

  /// The function that the entry at `offset` of the section describes, or refers to.
  private mutating func function(at offset: Int) -> DwarfFunction {
    if let known = functions[offset] { return known }
    var function = DwarfFunction()
    var place = offset
    // A concrete function refers to its abstract one, that to its declaration; more steps would be a cycle.
    for _ in 0..<4 {
      guard let index = units.lastIndex(startingAtOrBefore: place), place < units[index].end,
        let table = Self.table(of: units[index], sections, &abbreviations)
      else { break }
      let files = lineProgram(ofUnit: index)?.files ?? [:]
      guard let next = function.read(at: place, sections, units[index], table, files: files) else { break }
      place = next
    }
    functions[offset] = function
    return function
  }
}

extension [DwarfUnit] {
  /// The unit that holds the entry at `offset`, by binary search.
  fileprivate func lastIndex(startingAtOrBefore offset: Int) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}

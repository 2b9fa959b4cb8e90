/// A function, or an inlined copy of one, whose code covers an address.
struct DwarfScope {
  /// Where the entry of this scope stands in `.debug_info`.
  var entry: Int
  /// Where the entry of the function stands, which may run inlined in many places.
  var origin: Int
  var isInlined: Bool
  // Where an inlined function was called.
  var callFile: UInt64 = 0
  var callLine = 0
  var callColumn = 0
}

/// Walks the entries of a unit once and collects, for each address, the functions that cover it.
struct ScopeWalk {
  let sections: DwarfSections
  let unit: DwarfUnit
  let table: AbbreviationTable

  /// A function of the unit whose entries are being read.
  private struct OpenFunction {
    var entry: Int
    var depth: Int
    /// Whether it covers any address; if not, what it inlined is of no interest.
    var isWanted: Bool
  }

  /// The scopes of each address of a sorted list, outermost first.
  ///
  /// Complexity: one pass over the unit.
  func scopes(at addresses: [UInt64]) -> [[DwarfScope]] {
    var scopes = [[DwarfScope]](repeating: [], count: addresses.count)
    // The function that an address belongs to: the first that claims it, so that no two mix.
    var owners = [Int](repeating: -1, count: addresses.count)
    var open: [OpenFunction] = []
    var depth = 0
    var cursor = ByteCursor(UnsafeRawBufferPointer(rebasing: sections.info[..<unit.end]), at: unit.rootEntry)
    while !cursor.isAtEnd {
      let entry = cursor.offset
      let code = cursor.uleb()
      if code == 0 {
        depth -= 1
        if let last = open.last, depth <= last.depth { open.removeLast() }
        continue
      }
      guard let abbreviation = table[code] else { break }
      let isFunction = abbreviation.tag == .subprogram
      if isFunction || abbreviation.tag == .inlinedSubroutine && open.last?.isWanted == true {
        var isWanted = false
        let owner = isFunction ? entry : open.last?.entry ?? entry
        read(abbreviation, entry, &cursor) { scope, range in
          var slot = addresses[...].firstIndex(notBelow: range.lowerBound)
          while slot < addresses.count, addresses[slot] < range.upperBound {
            if isFunction, owners[slot] == -1 { owners[slot] = owner }
            if owners[slot] == owner {
              scopes[slot].append(scope)
              isWanted = true
            }
            slot += 1
          }
        }
        if isFunction, abbreviation.hasChildren {
          open.append(OpenFunction(entry: entry, depth: depth, isWanted: isWanted))
        }
      } else {
        table.skip(abbreviation, &cursor, unit.encoding)
      }
      if abbreviation.hasChildren { depth += 1 }
    }
    return scopes
  }

  /// Reads the entry of a function or of an inlined one, and calls `body` with its scope and each range of its code.
  private func read(
    _ abbreviation: AbbreviationTable.Abbreviation, _ entry: Int, _ cursor: inout ByteCursor,
    _ body: (DwarfScope, Range<UInt64>) -> Void
  ) {
    var code = CodeRanges()
    var scope = DwarfScope(entry: entry, origin: entry, isInlined: abbreviation.tag == .inlinedSubroutine)
    for index in abbreviation.specifications {
      let specification = table.specifications[index]
      let value = cursor.value(of: specification.form, implicit: specification.implicit, unit.encoding)
      switch specification.attribute {
      case .abstractOrigin: scope.origin = unit.entry(specification.form, value) ?? entry
      case .callFile: scope.callFile = value
      case .callLine: scope.callLine = Int(clamping: value)
      case .callColumn: scope.callColumn = Int(clamping: value)
      default: code.note(specification.attribute, specification.form, value)
      }
    }
    code.each(sections, unit) { body(scope, $0) }
  }
}

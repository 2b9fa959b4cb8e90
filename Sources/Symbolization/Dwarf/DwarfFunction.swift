/// What debug information says of a function wherever it runs.
struct DwarfFunction: Hashable {
  /// The name in the symbol table, empty when it is the same as `name`.
  var linkageName = ""
  var name = ""
  var file = ""
  /// The line on which it is declared.
  var line = 0

  /// Takes what is still unknown from the entry at `offset` and returns the entry that it refers to.
  mutating func read(
    at offset: Int, _ sections: DwarfSections, _ unit: DwarfUnit, _ table: AbbreviationTable, files: [UInt64: String]
  ) -> Int? {
    var cursor = ByteCursor(sections.info, at: offset)
    guard let abbreviation = table[cursor.uleb()] else { return nil }
    var reference: Int?
    for index in abbreviation.specifications {
      let specification = table.specifications[index]
      let form = specification.form
      let value = cursor.value(of: form, implicit: specification.implicit, unit.encoding)
      switch specification.attribute {
      case .name where name.isEmpty: name = sections.string(form, value, in: sections.info, unit) ?? ""
      case .linkageName where linkageName.isEmpty:
        linkageName = sections.string(form, value, in: sections.info, unit) ?? ""
      case .declaredFile where file.isEmpty: file = files[value] ?? ""
      case .declaredLine where line == 0: line = Int(clamping: value)
      case .abstractOrigin, .specification: reference = unit.entry(form, value)
      default: break
      }
    }
    return cursor.isOverrun ? nil : reference
  }
}

extension DwarfUnit {
  /// The offset in the section of the entry that a reference names, or nil when it is not in this file.
  func entry(_ form: DwarfForm, _ value: UInt64) -> Int? {
    switch form {
    case .reference1, .reference2, .reference4, .reference8, .referenceUnsigned:
      value < UInt64(end - start) ? start + Int(value) : nil
    case .referenceAddress: Int(clamping: value)
    default: nil
    }
  }

  /// Reads what the root entry says of the whole unit.
  mutating func readRoot(_ sections: DwarfSections, _ table: AbbreviationTable) {
    var cursor = ByteCursor(sections.info, at: rootEntry)
    guard let abbreviation = table[cursor.uleb()], abbreviation.tag == .unit else { return }
    var values: [(DwarfAttribute, DwarfForm, UInt64)] = []
    for index in abbreviation.specifications {
      let specification = table.specifications[index]
      let value = cursor.value(of: specification.form, implicit: specification.implicit, encoding)
      values.append((specification.attribute, specification.form, value))
    }
    if cursor.isOverrun { return }
    // Other attributes are read relative to the bases.
    for (attribute, _, value) in values {
      switch attribute {
      case .stringOffsetsBase: stringOffsetsBase = value
      case .addressBase: addressBase = value
      case .rangeListsBase: rangeListsBase = value
      default: break
      }
    }
    var code = CodeRanges()
    for (attribute, form, value) in values {
      switch attribute {
      case .compilationDirectory: compilationDirectory = sections.string(form, value, in: sections.info, self) ?? ""
      case .statementList: lineProgram = value
      default: code.note(attribute, form, value)
      }
    }
    lowPC = code.lowPC(sections, self) ?? 0
    var found: [Range<UInt64>] = []
    code.each(sections, self) { found.append($0) }
    ranges = found
  }
}

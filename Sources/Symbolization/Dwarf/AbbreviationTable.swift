/// The shapes of the entries of a unit: which tag, which attributes, written how.
///
/// Source: DWARF 5, section 7.5.3.
struct AbbreviationTable {
  struct Specification {
    var attribute: DwarfAttribute
    var form: DwarfForm
    /// The value itself, when it stands here and not in the entry.
    var implicit: Int64
  }

  struct Abbreviation {
    var tag: DwarfTag
    var hasChildren: Bool
    var specifications: Range<Int>
    /// How many bytes the attributes of an entry take, or -1 when each entry has to be read to know.
    var size: Int
  }

  let specifications: [Specification]
  /// By code, from 1 up without gaps, which is how compilers number them.
  private let dense: [Abbreviation]
  private let sparse: [UInt64: Abbreviation]

  /// Reads the table at `offset`; nil when it is cut short or uses a form that nobody has defined.
  init?(_ section: UnsafeRawBufferPointer, at offset: UInt64, _ encoding: DwarfEncoding) {
    var cursor = ByteCursor(section, at: Int(clamping: offset))
    var specifications: [Specification] = []
    var dense: [Abbreviation] = []
    var sparse: [UInt64: Abbreviation] = [:]
    while !cursor.isAtEnd {
      let code = cursor.uleb()
      if code == 0 { break }
      let tag = DwarfTag(code: cursor.uleb())
      let hasChildren = cursor.u8() != 0
      let first = specifications.count
      var size: Int? = 0
      while true {
        let attribute = cursor.uleb()
        let formCode = cursor.uleb()
        if attribute == 0, formCode == 0 { break }
        guard let form = DwarfForm(rawValue: formCode) else { return nil }
        let implicit = form == .implicitConstant ? cursor.sleb() : 0
        specifications.append(
          Specification(attribute: DwarfAttribute(code: attribute), form: form, implicit: implicit))
        size = size.flatMap { sum in form.size(encoding).map { sum + $0 } }
      }
      if cursor.isOverrun { return nil }
      let abbreviation = Abbreviation(
        tag: tag, hasChildren: hasChildren, specifications: first..<specifications.count, size: size ?? -1)
      if code == UInt64(dense.count) + 1 { dense.append(abbreviation) } else { sparse[code] = abbreviation }
    }
    if cursor.isOverrun { return nil }
    self.specifications = specifications
    self.dense = dense
    self.sparse = sparse
  }

  subscript(code: UInt64) -> Abbreviation? {
    code <= UInt64(dense.count) && code > 0 ? dense[Int(code) - 1] : sparse[code]
  }

  /// Passes over the attributes of an entry.
  @inline(__always)
  func skip(_ abbreviation: Abbreviation, _ cursor: inout ByteCursor, _ encoding: DwarfEncoding) {
    if abbreviation.size >= 0 {
      cursor.skip(abbreviation.size)
    } else {
      for index in abbreviation.specifications {
        _ = cursor.value(of: specifications[index].form, implicit: 0, encoding)
      }
    }
  }
}

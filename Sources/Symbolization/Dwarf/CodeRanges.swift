/// The attributes by which an entry says where its code is: from a low to a high address, or a list of ranges.
struct CodeRanges {
  private var low: (form: DwarfForm, value: UInt64)?
  private var high: (form: DwarfForm, value: UInt64)?
  private var list: (form: DwarfForm, value: UInt64)?

  /// Keeps an attribute if it is one of them.
  @inline(__always)
  mutating func note(_ attribute: DwarfAttribute, _ form: DwarfForm, _ value: UInt64) {
    switch attribute {
    case .lowPC: low = (form, value)
    case .highPC: high = (form, value)
    case .ranges: list = (form, value)
    default: break
    }
  }

  func lowPC(_ sections: DwarfSections, _ unit: DwarfUnit) -> UInt64? {
    low.flatMap { sections.address($0.form, $0.value, unit) }
  }

  /// Calls `body` with each range; not at all for an entry without code.
  func each(_ sections: DwarfSections, _ unit: DwarfUnit, _ body: (Range<UInt64>) -> Void) {
    if let list {
      sections.eachRange(list.form, list.value, unit, body)
    } else if let high, let start = lowPC(sections, unit), start != 0 {
      // A high address that is not of the class of addresses is a length.
      let (end, isTooLarge) =
        sections.address(high.form, high.value, unit).map { ($0, false) }
        ?? start.addingReportingOverflow(high.value)
      if !isTooLarge, start < end { body(start..<end) }
    }
  }
}

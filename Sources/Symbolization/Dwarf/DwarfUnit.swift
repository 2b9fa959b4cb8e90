/// One unit of `.debug_info`: what the compiler said about one module or file.
struct DwarfUnit {
  /// Where the unit begins, from the start of the section.
  var start: Int
  /// Where the next unit begins.
  var end: Int
  /// Where the root entry stands.
  var rootEntry: Int
  var encoding: DwarfEncoding
  var abbreviationOffset: UInt64
  // What the root entry says.
  var compilationDirectory = ""
  var lineProgram: UInt64?
  var lowPC: UInt64 = 0
  var ranges: [Range<UInt64>] = []
  var stringOffsetsBase: UInt64
  var addressBase: UInt64 = 0
  var rangeListsBase: UInt64

  /// Reads the header at the cursor and moves to the next unit; nil for a unit that is not of a known form.
  ///
  /// Source: DWARF 5, section 7.5.1; DWARF 4, section 7.5.1.1.
  init?(_ cursor: inout ByteCursor) {
    start = cursor.offset
    var length = UInt64(cursor.u32())
    var offsetSize = 4
    if length == 0xffff_ffff {
      length = cursor.u64()
      offsetSize = 8
    }
    let body = cursor.offset
    cursor.skip(Int(clamping: length))
    end = cursor.offset
    guard !cursor.isOverrun else { return nil }

    var header = ByteCursor(cursor.bytes, at: body)
    let version = header.u16()
    guard (2...5).contains(version) else { return nil }
    var addressSize = 0
    if version >= 5 {
      let kind = header.u8()
      addressSize = Int(header.u8())
      abbreviationOffset = header.unsigned(size: offsetSize)
      // A skeleton or split unit has an identifier of 8 bytes, a type unit also the offset of its type.
      if kind == 4 || kind == 5 { header.skip(8) }
      if kind == 2 || kind == 6 { header.skip(8 + offsetSize) }
    } else {
      abbreviationOffset = header.unsigned(size: offsetSize)
      addressSize = Int(header.u8())
    }
    rootEntry = header.offset
    guard !header.isOverrun, rootEntry <= end, addressSize == 8 || addressSize == 4 else { return nil }
    encoding = DwarfEncoding(version: version, offsetSize: offsetSize, addressSize: addressSize)
    // Where the tables of a unit begin that does not say so: after the header of the section.
    stringOffsetsBase = offsetSize == 8 ? 16 : 8
    rangeListsBase = offsetSize == 8 ? 20 : 12
  }
}

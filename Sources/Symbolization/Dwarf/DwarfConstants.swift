// The words of the DWARF standard that this reader knows; numbers from DWARF 5, section 7.5.

/// The kinds of entries that matter here.
enum DwarfTag {
  case unit, subprogram, inlinedSubroutine, other

  init(code: UInt64) {
    switch code {
    case 0x11, 0x3c, 0x4a: self = .unit
    case 0x2e: self = .subprogram
    case 0x1d: self = .inlinedSubroutine
    default: self = .other
    }
  }
}

/// The attributes that matter here.
enum DwarfAttribute {
  case name, linkageName, statementList, compilationDirectory
  case lowPC, highPC, ranges
  case abstractOrigin, specification
  case declaredFile, declaredLine
  case callFile, callLine, callColumn
  case stringOffsetsBase, addressBase, rangeListsBase
  case other

  init(code: UInt64) {
    switch code {
    case 0x03: self = .name
    case 0x10: self = .statementList
    case 0x11: self = .lowPC
    case 0x12: self = .highPC
    case 0x1b: self = .compilationDirectory
    case 0x31: self = .abstractOrigin
    case 0x3a: self = .declaredFile
    case 0x3b: self = .declaredLine
    case 0x47: self = .specification
    case 0x55: self = .ranges
    case 0x57: self = .callColumn
    case 0x58: self = .callFile
    case 0x59: self = .callLine
    case 0x6e, 0x2007: self = .linkageName
    case 0x72: self = .stringOffsetsBase
    case 0x73: self = .addressBase
    case 0x74: self = .rangeListsBase
    default: self = .other
    }
  }
}

/// How the value of an attribute is written.
enum DwarfForm: UInt64 {
  case address = 0x01
  case block2 = 0x03
  case block4 = 0x04
  case data2 = 0x05
  case data4 = 0x06
  case data8 = 0x07
  case string = 0x08
  case block = 0x09
  case block1 = 0x0a
  case data1 = 0x0b
  case flag = 0x0c
  case signedData = 0x0d
  case stringPointer = 0x0e
  case unsignedData = 0x0f
  case referenceAddress = 0x10
  case reference1 = 0x11
  case reference2 = 0x12
  case reference4 = 0x13
  case reference8 = 0x14
  case referenceUnsigned = 0x15
  case indirect = 0x16
  case sectionOffset = 0x17
  case expression = 0x18
  case flagPresent = 0x19
  case stringIndex = 0x1a
  case addressIndex = 0x1b
  case referenceSupplementary4 = 0x1c
  case stringSupplementary = 0x1d
  case data16 = 0x1e
  case lineStringPointer = 0x1f
  case typeSignature = 0x20
  case implicitConstant = 0x21
  case locationListIndex = 0x22
  case rangeListIndex = 0x23
  case referenceSupplementary8 = 0x24
  case stringIndex1 = 0x25
  case stringIndex2 = 0x26
  case stringIndex3 = 0x27
  case stringIndex4 = 0x28
  case addressIndex1 = 0x29
  case addressIndex2 = 0x2a
  case addressIndex3 = 0x2b
  case addressIndex4 = 0x2c
  case gnuReferenceAlternative = 0x1f20
  case gnuStringAlternative = 0x1f21
}

/// The sizes by which a unit writes its numbers.
struct DwarfEncoding: Hashable {
  var version: UInt16
  /// 4 or 8: the 32-bit and 64-bit formats of DWARF.
  var offsetSize: Int
  var addressSize: Int
}

extension DwarfForm {
  /// How many bytes a value takes, or nil when that depends on the value.
  func size(_ encoding: DwarfEncoding) -> Int? {
    switch self {
    case .flagPresent, .implicitConstant: 0
    case .data1, .flag, .reference1, .stringIndex1, .addressIndex1: 1
    case .data2, .reference2, .stringIndex2, .addressIndex2: 2
    case .stringIndex3, .addressIndex3: 3
    case .data4, .reference4, .stringIndex4, .addressIndex4, .referenceSupplementary4: 4
    case .data8, .reference8, .typeSignature, .referenceSupplementary8: 8
    case .data16: 16
    case .address: encoding.addressSize
    case .stringPointer, .sectionOffset, .stringSupplementary, .lineStringPointer, .gnuReferenceAlternative,
      .gnuStringAlternative:
      encoding.offsetSize
    case .referenceAddress: encoding.version <= 2 ? encoding.addressSize : encoding.offsetSize
    default: nil
    }
  }
}

extension ByteCursor {
  /// Reads the number that a value is written as: a constant, an address, an index or an offset. Text and blocks are
  /// passed over; of text in place, the number is where it begins.
  mutating func value(of form: DwarfForm, implicit: Int64, _ encoding: DwarfEncoding) -> UInt64 {
    switch form {
    case .implicitConstant: return UInt64(bitPattern: implicit)
    case .flagPresent: return 1
    case .data16:
      skip(16)
      return 0
    case .signedData: return UInt64(bitPattern: sleb())
    case .unsignedData, .referenceUnsigned, .stringIndex, .addressIndex, .locationListIndex, .rangeListIndex:
      return uleb()
    case .string:
      let start = UInt64(offset)
      skipString()
      return start
    case .block1: skip(Int(u8()))
    case .block2: skip(Int(u16()))
    case .block4: skip(Int(u32()))
    case .block, .expression: skip(Int(clamping: uleb()))
    case .indirect:
      guard let actual = DwarfForm(rawValue: uleb()), actual != .indirect, actual != .implicitConstant else {
        skip(.max)
        return 0
      }
      return value(of: actual, implicit: 0, encoding)
    default: return unsigned(size: form.size(encoding) ?? 0)
    }
    return 0
  }
}

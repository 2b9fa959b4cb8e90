/// A JSON value: what a profiled program needs to write and read without linking Foundation. Its numbers are whole.
package enum JSONValue {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case array([JSONValue])
  /// Members in the order they are written in.
  case object([(String, JSONValue)])

  /// The text, indented by two spaces a level, with a line break at the end. Same value, same bytes.
  ///
  /// Source: RFC 8259.
  package var text: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes, indent: 0)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private func write(to bytes: inout [UInt8], indent: Int) {
    switch self {
    case .string(let text): Self.write(text, to: &bytes)
    case .integer(let number): bytes += String(number).utf8
    case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
    case .array(let values):
      Self.writeList(values, ("[", "]"), to: &bytes, indent: indent) { $0.write(to: &$1, indent: indent + 1) }
    case .object(let members):
      Self.writeList(members, ("{", "}"), to: &bytes, indent: indent) { member, bytes in
        Self.write(member.0, to: &bytes)
        bytes += ": ".utf8
        member.1.write(to: &bytes, indent: indent + 1)
      }
    }
  }

  private static func writeList<Item>(
    _ items: [Item], _ brackets: (String, String), to bytes: inout [UInt8], indent: Int,
    write: (Item, inout [UInt8]) -> Void
  ) {
    bytes += brackets.0.utf8
    for (position, item) in items.enumerated() {
      if position > 0 { bytes += ",".utf8 }
      bytes += ("\n" + String(repeating: "  ", count: indent + 1)).utf8
      write(item, &bytes)
    }
    if !items.isEmpty { bytes += ("\n" + String(repeating: "  ", count: indent)).utf8 }
    bytes += brackets.1.utf8
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case 0..<0x20: bytes += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

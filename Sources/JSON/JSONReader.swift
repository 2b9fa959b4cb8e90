/// Why a text is not the JSON that it should be.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and where.
  package let description: String

  package init(_ what: String) { description = what }
}

/// Reads a JSON text that may be anything: bounded in depth, never a trap.
///
/// Source: RFC 8259. Numbers are whole, for reports have no others.
package struct JSONReader {
  private let bytes: [UInt8]
  private var at = 0
  /// No deeper than reports are, and a little.
  private static let deepest = 16

  /// The value that the whole text is.
  package static func value(of bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.at == bytes.count else { throw reader.error("something follows the end") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func error(_ what: String) -> JSONError { JSONError("\(what) (byte \(at))") }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.deepest else { throw error("values lie too deep in one another") }
    skipSpace()
    guard at < bytes.count else { throw error("it ends too early") }
    switch bytes[at] {
    case UInt8(ascii: "{"):
      var members: [(String, JSONValue)] = []
      try list("}") { (reader) throws(JSONError) in
        reader.skipSpace()
        let name = try reader.string()
        reader.skipSpace()
        guard reader.take(":") else { throw reader.error("a name has no value") }
        members.append((name, try reader.value(depth: depth + 1)))
      }
      return .object(members)
    case UInt8(ascii: "["):
      var values: [JSONValue] = []
      try list("]") { (reader) throws(JSONError) in values.append(try reader.value(depth: depth + 1)) }
      return .array(values)
    case UInt8(ascii: "\""): return .string(try string())
    default:
      if take("true") { return .boolean(true) }
      if take("false") { return .boolean(false) }
      return .integer(try integer())
    }
  }

  /// Reads items between commas, from the bracket that opens to the one that closes.
  private mutating func list(
    _ end: StaticString, _ item: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    at += 1
    skipSpace()
    if take(end) { return }
    while true {
      try item(&self)
      skipSpace()
      if take(end) { return }
      guard take(",") else { throw error("a list is not closed") }
    }
  }

  private mutating func integer() throws(JSONError) -> Int {
    let start = at
    while at < bytes.count, bytes[at] == UInt8(ascii: "-") || (0x30...0x39).contains(bytes[at]) { at += 1 }
    guard let number = Int(String(decoding: bytes[start..<at], as: UTF8.self)) else {
      throw error("what stands here is no value")
    }
    return number
  }

  private mutating func string() throws(JSONError) -> String {
    guard take("\"") else { throw error("a text does not begin") }
    var text: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw error("a text holds a control character")
      default: text.append(byte)
      }
    }
    throw error("a text does not end")
  }

  /// What a backslash and what follows it stand for.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    let plain: [(StaticString, UInt8)] = [
      ("\"", 0x22), ("\\", 0x5c), ("/", 0x2f), ("b", 0x08), ("f", 0x0c), ("n", 0x0a), ("r", 0x0d), ("t", 0x09),
    ]
    for (letter, byte) in plain where take(letter) { return [byte] }
    guard take("u") else { throw error("an unknown escape") }
    var units = [try hexadecimal()]
    // The second half of what lies beyond 16 bits follows as an escape of its own.
    if UTF16.isLeadSurrogate(units[0]), take("\\u") { units.append(try hexadecimal()) }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt16 {
    guard at + 4 <= bytes.count, let unit = UInt16(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { throw error("an escape is not whole") }
    at += 4
    return unit
  }
}

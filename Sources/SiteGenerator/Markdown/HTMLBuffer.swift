/// Bytes that live somewhere else for as long as a page is made.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// The UTF-8 of a page in the making: every byte is appended once, nothing is copied node by node.
struct HTMLBuffer {
  private(set) var bytes: [UInt8] = []
  /// The last byte of prose, to tell an opening quotation mark from a closing one.
  var lastProse = UInt8(ascii: " ")

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    lastProse = UInt8(ascii: " ")
  }

  /// Appends markup.
  mutating func append(_ markup: StaticString) {
    bytes.append(contentsOf: Bytes(start: markup.utf8Start, count: markup.utf8CodeUnitCount))
  }

  /// Appends markup made elsewhere.
  mutating func append(markup: String) { bytes.append(contentsOf: markup.utf8) }

  mutating func append(raw: Bytes) { bytes.append(contentsOf: raw) }

  mutating func append(raw: ArraySlice<UInt8>) { bytes.append(contentsOf: raw) }

  mutating func append(byte: UInt8) { bytes.append(byte) }

  mutating func append(number: Int) { bytes.append(contentsOf: String(number).utf8) }

  /// Appends text, its markup characters escaped.
  mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(escaping: $0) }
  }

  /// Appends text, `& < > "` escaped.
  mutating func append(escaping text: Bytes) {
    var from = 0
    for at in text.indices {
      let byte = text[at]
      guard byte < 64, Self.markup & (1 << UInt64(byte)) != 0 else { continue }
      append(raw: Bytes(rebasing: text[from..<at]))
      append(entityFor: byte)
      from = at + 1
    }
    append(raw: Bytes(rebasing: text[from...]))
  }

  /// Appends running text: escaped, straight quotation marks made curly, `...` and ` -- ` set as a printer would.
  mutating func append(prose text: Bytes) {
    var from = 0
    var at = 0
    let end = text.count
    while at < end {
      let byte = text[at]
      guard byte < 64, Self.special & (1 << UInt64(byte)) != 0 else {
        at += 1
        continue
      }
      var length = 1
      let before = at > 0 ? text[at - 1] : lastProse
      let replacement: StaticString
      switch byte {
      case UInt8(ascii: "'"): replacement = Self.opens(after: before) ? "‘" : "’"
      case UInt8(ascii: "\""): replacement = Self.opens(after: before) ? "“" : "”"
      case UInt8(ascii: "."):
        guard at + 2 < end, text[at + 1] == byte, text[at + 2] == byte, before != byte else {
          at += 1
          continue
        }
        (replacement, length) = ("…", 3)
      case UInt8(ascii: "-"):
        guard at + 2 < end, text[at + 1] == byte, text[at + 2] == UInt8(ascii: " "), before == UInt8(ascii: " ") else {
          at += 1
          continue
        }
        (replacement, length) = ("–", 2)
      case UInt8(ascii: "&"): replacement = "&amp;"
      case UInt8(ascii: "<"): replacement = "&lt;"
      default: replacement = "&gt;"
      }
      append(raw: Bytes(rebasing: text[from..<at]))
      append(replacement)
      at += length
      from = at
    }
    append(raw: Bytes(rebasing: text[from...]))
    if end > 0 { lastProse = text[end - 1] }
  }

  /// Appends an address for an attribute: what may not stand in a URL percent-encoded, then escaped.
  mutating func append(url: Bytes) {
    for byte in url {
      switch byte {
      case UInt8(ascii: "&"): append("&amp;")
      case UInt8(ascii: "'"): append("&#39;")
      case 0x21, 0x23...0x3b, 0x3d, 0x3f...0x5a, 0x5f, 0x61...0x7a, 0x7e: bytes.append(byte)
      default:
        bytes.append(UInt8(ascii: "%"))
        bytes.append(Self.hex(byte >> 4))
        bytes.append(Self.hex(byte & 15))
      }
    }
  }

  mutating func append(url: String) {
    var url = url
    url.withUTF8 { append(url: $0) }
  }

  private mutating func append(entityFor byte: UInt8) {
    switch byte {
    case UInt8(ascii: "&"): append("&amp;")
    case UInt8(ascii: "<"): append("&lt;")
    case UInt8(ascii: ">"): append("&gt;")
    default: append("&quot;")
    }
  }

  private static func hex(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
  }

  /// A quotation mark opens at the start, after space and after opening punctuation.
  private static func opens(after byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"),
      UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="):
      return true
    default: return false
    }
  }

  /// A bit for each of `" & < >`.
  private static let markup: UInt64 = bits("\"&<>")
  /// The same and what prose sets differently.
  private static let special: UInt64 = bits("\"&<>'.-")

  private static func bits(_ characters: String) -> UInt64 {
    characters.utf8.reduce(0) { $0 | 1 << UInt64($1) }
  }
}

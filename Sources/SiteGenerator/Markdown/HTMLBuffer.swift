/// Bytes that live somewhere else for as long as a page is made.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// The UTF-8 of a page in the making: every byte is appended once, nothing is copied node by node.
///
/// A class with memory of its own, since there is an append for every dozen bytes: as an array in a property of the
/// renderer each would first ask whether the array is shared and whether anybody else is at it.
final class HTMLBuffer {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  /// The last byte of prose, to tell an opening quotation mark from a closing one.
  var lastProse = UInt8(ascii: " ")
  /// Whether prose is in English, whose quotation marks are known.
  var hasPrintersQuotes = true

  init(reserving capacity: Int = 1024) {
    self.capacity = capacity
    memory = .allocate(capacity: capacity)
  }

  deinit { memory.deallocate() }

  /// The last byte that was appended; nil if there is none.
  var last: UInt8? { count > 0 ? memory[count - 1] : nil }

  /// What was appended.
  var bytes: [UInt8] { Array(Bytes(start: memory, count: count)) }

  /// Takes away what was appended after the first `start` bytes, and returns it.
  func cut(from start: Int) -> String {
    defer { count = start }
    return String(decoding: Bytes(start: memory + start, count: count - start), as: UTF8.self)
  }

  private func grow(to needed: Int) {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: max(needed, 2 * capacity))
    larger.update(from: memory, count: count)
    memory.deallocate()
    memory = larger
    capacity = max(needed, 2 * capacity)
  }

  /// Appends markup.
  func append(_ markup: StaticString) { append(raw: Bytes(start: markup.utf8Start, count: markup.utf8CodeUnitCount)) }

  /// Appends markup made elsewhere.
  func append(markup: String) {
    var markup = markup
    markup.withUTF8 { append(raw: $0) }
  }

  func append(raw: Bytes) {
    guard let start = raw.baseAddress else { return }
    if count + raw.count > capacity { grow(to: count + raw.count) }
    (memory + count).update(from: start, count: raw.count)
    count += raw.count
  }

  func append(raw: ArraySlice<UInt8>) { raw.withUnsafeBufferPointer { append(raw: $0) } }

  func append(byte: UInt8) {
    if count == capacity { grow(to: count + 1) }
    memory[count] = byte
    count += 1
  }

  func append(number: Int) { append(markup: String(number)) }

  /// Appends text, its markup characters escaped.
  func append(text: String) {
    var text = text
    text.withUTF8 { append(escaping: $0) }
  }

  /// Text as markup.
  static func escaped(_ text: String) -> String {
    let buffer = HTMLBuffer(reserving: text.utf8.count)
    buffer.append(text: text)
    return buffer.cut(from: 0)
  }

  /// Appends text, `& < > "` escaped.
  func append(escaping text: Bytes) {
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

  /// Appends running text: escaped, straight quotation marks made curly, `...`, ` -- ` and `5 %` set as a printer
  /// would.
  func append(prose text: Bytes) {
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
      case UInt8(ascii: "'") where !hasPrintersQuotes, UInt8(ascii: "\"") where !hasPrintersQuotes:
        at += 1
        continue
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
      case UInt8(ascii: "%"):
        // A sign begins no line: the space between a number and its percent is one that does not break.
        guard at >= from + 1, at >= 2, text[at - 1] == UInt8(ascii: " "), Self.isDigit(text[at - 2]) else {
          at += 1
          continue
        }
        append(raw: Bytes(rebasing: text[from..<(at - 1)]))
        from = at
        replacement = "\u{A0}%"
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
  func append(url: Bytes) {
    for byte in url {
      switch byte {
      case UInt8(ascii: "&"): append("&amp;")
      case UInt8(ascii: "'"): append("&#39;")
      case 0x21, 0x23...0x3b, 0x3d, 0x3f...0x5a, 0x5f, 0x61...0x7a, 0x7e: append(byte: byte)
      default:
        append(byte: UInt8(ascii: "%"))
        append(byte: Self.hex(byte >> 4))
        append(byte: Self.hex(byte & 15))
      }
    }
  }

  func append(url: String) {
    var url = url
    url.withUTF8 { append(url: $0) }
  }

  private func append(entityFor byte: UInt8) {
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

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

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
  private static let special: UInt64 = bits("\"&<>'.-%")

  private static func bits(_ characters: String) -> UInt64 {
    characters.utf8.reduce(0) { $0 | 1 << UInt64($1) }
  }
}

/// Text of HTML and SVG in the making: the one place where anything is escaped.
///
/// Whatever comes from a profile goes through `text` or `attribute`; only what a painter itself wrote goes through
/// `raw`. The result is well-formed XML, so characters that XML forbids become U+FFFD. So do the marks that turn the
/// direction of text by force: with them a name could make its neighbours read as something else.
struct Markup {
  private var bytes: [UInt8] = []

  /// The text so far.
  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// How many bytes there are so far.
  var count: Int { bytes.count }

  /// Makes room for what is to come.
  mutating func reserve(_ count: Int) {
    bytes.reserveCapacity(count)
  }

  /// Markup written by a painter.
  mutating func raw(_ markup: StaticString) {
    markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Markup made before.
  mutating func raw(_ other: Markup) {
    bytes.append(contentsOf: other.bytes)
  }

  /// Markup made before.
  mutating func markup(_ markup: String) {
    bytes.append(contentsOf: markup.utf8)
  }

  /// A style sheet or a script of this package.
  mutating func code(_ code: [UInt8]) {
    bytes.append(contentsOf: code)
  }

  /// A whole number.
  mutating func number(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// A whole number.
  mutating func number(_ value: Int) {
    number(Int64(value))
  }

  /// A length with at most two decimals and no more than needed; 0 for what is no number.
  mutating func number(_ value: Double) {
    let hundredths = (value * 100).rounded()
    guard hundredths.magnitude < 1e15 else {
      bytes.append(UInt8(ascii: "0"))
      return
    }
    let whole = Int64(hundredths)
    if whole < 0 { bytes.append(UInt8(ascii: "-")) }
    number(Int64(whole.magnitude / 100))
    let decimals = whole.magnitude % 100
    if decimals == 0 { return }
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: decimals / 10))
    if decimals % 10 != 0 { bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: decimals % 10)) }
  }

  /// Text between tags or inside a double-quoted attribute.
  mutating func text(_ text: some StringProtocol) {
    var text = String(text)
    text.withUTF8 { source in
      var index = 0
      while index < source.count {
        let byte = source[index]
        switch byte {
        case UInt8(ascii: "<"): raw("&lt;")
        case UInt8(ascii: ">"): raw("&gt;")
        case UInt8(ascii: "&"): raw("&amp;")
        case UInt8(ascii: "\""): raw("&quot;")
        case 0xE2 where Self.steers(source, index):
          raw("\u{FFFD}")
          index += 2
        case 0x09, 0x0A, 0x20...0x7E, 0x80...0xED, 0xF0...0xFF: bytes.append(byte)
        case 0xEF where index + 2 < source.count && source[index + 1] == 0xBF && source[index + 2] >= 0xBE:
          raw("\u{FFFD}")
          index += 2
        case 0xEE, 0xEF: bytes.append(byte)
        default: raw("\u{FFFD}")
        }
        index += 1
      }
    }
  }

  /// An element with its attributes, but those that are nil, and with what is painted into it.
  mutating func element(
    _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], content: (inout Markup) -> Void
  ) {
    emptyElement(tag, attributes)
    content(&self)
    raw("</")
    raw(tag)
    raw(">")
  }

  /// An element with its attributes, but those that are nil, and a text in it.
  mutating func element(
    _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], text: String
  ) {
    element(tag, attributes) { $0.text(text) }
  }

  /// An element in which nothing can be, such as `input`.
  mutating func emptyElement(_ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) {
    raw("<")
    raw(tag)
    for case (let name, let value?) in attributes {
      raw(" ")
      raw(name)
      raw("=\"")
      text(value)
      raw("\"")
    }
    raw(">")
  }

  /// Text, as a link if it leads somewhere.
  mutating func text(_ text: String, linkedTo target: String?) {
    guard let target else { return self.text(text) }
    raw("<a href=\"")
    self.text(target)
    raw("\">")
    self.text(text)
    raw("</a>")
  }

  /// The attribute of a tag that is told on hovering; none without words.
  mutating func title(_ words: String) {
    if words.isEmpty { return }
    raw(" title=\"")
    text(words)
    raw("\"")
  }

  /// Whether U+202A…U+202E or U+2066…U+2069 stands at `index`.
  private static func steers(_ source: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    guard index + 2 < source.count else { return false }
    return switch (source[index + 1], source[index + 2]) {
    case (0x80, 0xAA...0xAE), (0x81, 0xA6...0xA9): true
    default: false
    }
  }
}

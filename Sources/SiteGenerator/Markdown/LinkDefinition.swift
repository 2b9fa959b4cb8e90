/// A link reference definition, `[label]: address "title"`, as CommonMark 0.31.2 (section 4.7) has it.
struct LinkDefinition {
  /// The label as labels are compared.
  var label: String
  /// The address as written, escapes and entities included.
  var address: String
  /// The title as written; empty if there is none.
  var title: String
  /// How many bytes of the text it takes, up to the end of a line.
  var length: Int

  /// The longest label there may be, in bytes; CommonMark says 999 characters.
  private static let longestLabel = 1000

  /// Reads the definition that a text begins with, if it does. The text is a paragraph's, without what its lines begin
  /// with.
  init?(at text: Bytes) {
    var reader = Reader(text: text)
    guard let label = reader.label(), reader.take(UInt8(ascii: ":")) else { return nil }
    self.label = Self.normalized(label)
    reader.skipSpace()
    guard !self.label.isEmpty, let address = reader.address() else { return nil }
    self.address = String(decoding: address, as: UTF8.self)
    title = ""
    length = reader.at
    // The title may stand in the next line; if that is none, the definition ends with its address.
    let isWhole = reader.endsLine()
    if isWhole { length = reader.at }
    reader.at = address.endIndex + (address.endIndex < text.count && text[address.endIndex] == 0x3e ? 1 : 0)
    let before = reader.at
    reader.skipSpace()
    if reader.at > before, let title = reader.title(), reader.endsLine() {
      self.title = String(decoding: title, as: UTF8.self)
      length = reader.at
    } else if !isWhole {
      return nil
    }
  }

  /// A label as labels are compared: case folded, each run of white space one space.
  static func normalized(_ label: Slice<Bytes>) -> String {
    if label.count < longestLabel, label.allSatisfy({ $0 < 0x80 }) { return ascii(label) }
    return String(decoding: label.prefix(longestLabel), as: UTF8.self).lowercased().split { $0.isWhitespace }
      .joined(separator: " ")
  }

  private static func ascii(_ label: Slice<Bytes>) -> String {
    String(unsafeUninitializedCapacity: label.count) { result in
      var count = 0
      var isSpaced = false
      for byte in label {
        if byte <= 0x20 {
          isSpaced = count > 0
          continue
        }
        if isSpaced {
          result[count] = 0x20
          count += 1
          isSpaced = false
        }
        result[count] = byte &- 0x41 < 26 ? byte | 0x20 : byte
        count += 1
      }
      return count
    }
  }

  private struct Reader {
    let text: Bytes
    var at = 0

    mutating func take(_ byte: UInt8) -> Bool {
      guard at < text.count, text[at] == byte else { return false }
      at += 1
      return true
    }

    /// White space with at most one newline.
    mutating func skipSpace() {
      var lines = 0
      while at < text.count, text[at] == 0x20 || text[at] == 0x09 || text[at] == 0x0a {
        if text[at] == 0x0a {
          lines += 1
          if lines > 1 { return }
        }
        at += 1
      }
    }

    /// Passes white space and the newline after it; false if something else stands there.
    mutating func endsLine() -> Bool {
      while at < text.count, text[at] == 0x20 || text[at] == 0x09 { at += 1 }
      return at == text.count || take(0x0a)
    }

    mutating func label() -> Slice<Bytes>? {
      guard take(UInt8(ascii: "[")) else { return nil }
      let start = at
      while at < text.count, at - start < LinkDefinition.longestLabel {
        switch text[at] {
        case UInt8(ascii: "\\"): at += 2
        case UInt8(ascii: "["): return nil
        case UInt8(ascii: "]"):
          defer { at += 1 }
          return text[start..<at]
        default: at += 1
        }
      }
      return nil
    }

    mutating func address() -> Slice<Bytes>? {
      if take(UInt8(ascii: "<")) {
        let start = at
        while at < text.count {
          switch text[at] {
          case UInt8(ascii: "\\"): at += 2
          case UInt8(ascii: "<"), 0x0a: return nil
          case UInt8(ascii: ">"):
            defer { at += 1 }
            return text[start..<at]
          default: at += 1
          }
        }
        return nil
      }
      let start = at
      var depth = 0
      while at < text.count, text[at] > 0x20 {
        switch text[at] {
        case UInt8(ascii: "\\"): at = min(at + 2, text.count)
        case UInt8(ascii: "("):
          depth += 1
          at += 1
        case UInt8(ascii: ")"):
          depth -= 1
          if depth < 0 { return nil }
          at += 1
        default: at += 1
        }
      }
      return at > start && depth == 0 ? text[start..<at] : nil
    }

    mutating func title() -> Slice<Bytes>? {
      guard at < text.count else { return nil }
      let close: UInt8
      switch text[at] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): close = text[at]
      case UInt8(ascii: "("): close = UInt8(ascii: ")")
      default: return nil
      }
      at += 1
      let start = at
      while at < text.count {
        if text[at] == UInt8(ascii: "\\") {
          at += 2
          continue
        }
        if text[at] == close {
          defer { at += 1 }
          return text[start..<at]
        }
        if text[at] == UInt8(ascii: "("), close == UInt8(ascii: ")") { return nil }
        at += 1
      }
      return nil
    }
  }
}

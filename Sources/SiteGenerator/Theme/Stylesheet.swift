/// Lightly minified CSS.
enum Stylesheet {
  /// Without comments, and with each run of white space made one space, or none beside `{ } ; ,`. Strings are kept.
  static func minified(_ css: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(css.count)
    var at = 0
    var space = false
    while at < css.count {
      let byte = css[at]
      if byte == UInt8(ascii: "/"), at + 1 < css.count, css[at + 1] == UInt8(ascii: "*") {
        at += 2
        while at + 1 < css.count, !(css[at] == UInt8(ascii: "*") && css[at + 1] == UInt8(ascii: "/")) { at += 1 }
        at += 2
        space = true
        continue
      }
      if byte <= 0x20 {
        space = true
        at += 1
        continue
      }
      if space, let last = result.last, !isTight(last), !isTight(byte) { result.append(0x20) }
      space = false
      guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") else {
        if byte == UInt8(ascii: "}"), result.last == UInt8(ascii: ";") { result.removeLast() }
        result.append(byte)
        at += 1
        continue
      }
      repeat {
        result.append(css[at])
        if css[at] == UInt8(ascii: "\\"), at + 1 < css.count {
          at += 1
          result.append(css[at])
        }
        at += 1
      } while at < css.count && css[at] != byte
      if at < css.count {
        result.append(byte)
        at += 1
      }
    }
    result.append(0x0a)
    return result
  }

  private static func isTight(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";"), UInt8(ascii: ","): true
    default: false
    }
  }
}

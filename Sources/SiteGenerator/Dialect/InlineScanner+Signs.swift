/// Signs that are typed as several: arrows, fractions, the raised ending of a number.
extension InlineScanner {
  /// Arrows, fractions and the like, as a typewriter writes them.
  mutating func sign() -> Bool {
    guard syntax.hasSymbols else { return false }
    if text[at] == UInt8(ascii: "/") { return fraction() }
    let signs: [(StaticString, StaticString)] = [
      ("<-->", "↔"), ("<--", "←"), ("-->", "→"), ("+/-", "±"), ("=/=", "≠"), ("(tm)", "™"), ("(TM)", "™"),
      ("(r)", "®"), ("(R)", "®"),
    ]
    for (typed, sign) in signs where text.has(typed, at: at) {
      let length = typed.utf8CodeUnitCount
      // In a longer row of dashes it is none.
      guard byte(at - 1) != UInt8(ascii: "-"), byte(at + length) != UInt8(ascii: "-"), byte(at + length) != 0x3e,
        text[at] != UInt8(ascii: "<") || !CodeByte.isWord(byte(at - 1))
      else { return false }
      edit(length, .symbol(sign))
      return true
    }
    if syntax.hasCopyright, text.has("(c)", at: at) || text.has("(C)", at: at) {
      edit(3, .symbol("©"))
      return true
    }
    return false
  }

  private mutating func fraction() -> Bool {
    let (before, after) = (byte(at - 1), byte(at + 1))
    guard CodeByte.isDigit(before) && CodeByte.isDigit(after) || before == UInt8(ascii: "c"),
      let sign = Self.fractions["\(UnicodeScalar(before))/\(UnicodeScalar(after))"],
      syntax.hasOrdinals || "¼½¾".contains("\(sign)")
    else { return false }
    // A word may have a sign beside it that a date may not.
    let isWord = before == UInt8(ascii: "c")
    func joins(_ byte: UInt8) -> Bool { CodeByte.isWord(byte) || !isWord && "/.,-".utf8.contains(byte) }
    let isSentenceEnd = byte(at + 2) == UInt8(ascii: ".") && !CodeByte.isWord(byte(at + 3))
    guard !joins(byte(at - 2)), !joins(byte(at + 2)) || isSentenceEnd || byte(at + 2) == UInt8(ascii: ",") else {
      return false
    }
    at -= 1
    edit(3, .symbol(sign))
    return true
  }

  private static let fractions: [String: StaticString] = [
    "1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "2/5": "⅖", "3/5": "⅗", "4/5": "⅘",
    "1/6": "⅙", "5/6": "⅚", "1/8": "⅛", "3/8": "⅜", "5/8": "⅝", "7/8": "⅞", "c/o": "℅",
  ]

  /// `1st`, `22nd`, `13th`: a number as English orders with it, of which the ending is raised.
  mutating func ordinal() -> Bool {
    guard syntax.hasOrdinals, !CodeByte.isWord(byte(at - 1)) else { return false }
    var end = at
    while end < text.count, CodeByte.isDigit(text[end]) { end += 1 }
    guard text[at] != UInt8(ascii: "0") || end == at + 1, !CodeByte.isWord(byte(end + 2)), end + 2 <= text.count else {
      return false
    }
    let ending = text.string(end..<(end + 2))
    let usual = [UInt8(ascii: "1"): "st", UInt8(ascii: "2"): "nd", UInt8(ascii: "3"): "rd"][text[end - 1]] ?? "th"
    let isTeen = end - at > 1 && text[end - 2] == UInt8(ascii: "1")
    guard ending == usual || isTeen && ending == "th" else { return false }
    at = end
    edit(2, .raised(ending))
    return true
  }
}

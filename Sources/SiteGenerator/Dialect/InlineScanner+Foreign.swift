/// What only a program that is not run here would understand, and attributes that nothing takes.
extension InlineScanner {
  /// How far the end of such a mark is looked for, in bytes.
  private static let reach = 400

  /// `{{ name }}`, `{% tag %}`, `{! file !}`, `{# comment #}`.
  mutating func foreign() -> Bool {
    let next = byte(at + 2)
    let isSpaced = next <= 0x20 || next == UInt8(ascii: "-")
    let what: StaticString
    let end: Int?
    switch byte(at + 1) {
    case UInt8(ascii: "{") where next == 0x20 || CodeByte.isWordStart(next):
      (what, end) = ("macro that a plugin fills in", closing("}}"))
    case UInt8(ascii: "%") where isSpaced || CodeByte.isWordStart(next):
      (what, end) = ("macro that a plugin fills in", closing("%}"))
    case UInt8(ascii: "!"): (what, end) = ("macro that a plugin fills in", closing("!}"))
    case UInt8(ascii: "#"):
      (what, end) = ("comment that a plugin takes away", closing("#}"))
      // Without a space it may be an id.
      if !isSpaced, end.map({ hasBrace(before: $0 - 1) }) ?? true { return false }
      if end == nil {
        edit(2, .asWritten("{#", what: what))
        return true
      }
    default: return false
    }
    guard let close = end ?? closing("}"), close > at + 3 else { return false }
    // Code in it stays code.
    let last = text[at..<close].firstIndex(of: 0) ?? close
    edit(last - at, .foreign(text.string(at..<last).replacing("\n", with: " "), what: what))
    return true
  }

  /// Behind the next one of the given ends, if it is near.
  private func closing(_ mark: StaticString) -> Int? {
    text.find(mark, from: at + 2, to: min(text.count, at + Self.reach)).map { $0 + mark.utf8CodeUnitCount }
  }

  /// Whether a brace is closed between here and an index.
  private func hasBrace(before end: Int) -> Bool { text[at..<end].contains(UInt8(ascii: "}")) }

  /// `{ .class }`, `{: #id }`, `{ name="value" }` or `{ name=value }` behind words, which Python-Markdown takes as they are.
  mutating func unclaimed() -> Bool {
    guard let (list, length) = attributes(at: at), list.isMarked else { return false }
    var first = at + 1
    while byte(first) == 0x20, first < at + length { first += 1 }
    let isSure =
      switch byte(first) {
      case UInt8(ascii: "."), UInt8(ascii: "#"): CodeByte.isWordStart(byte(first + 1))
      case UInt8(ascii: ":"): first == at + 1
      default:
        !list.pairs.isEmpty
          && (text[first..<(at + length)].contains(UInt8(ascii: "\"")) || first > at + 1 && Self.saysNothingElse(list))
      }
    guard isSure else { return false }
    edit(length, .asWritten(text.string(at..<(at + length)), what: "attributes that belong to nothing"))
    return true
  }

  /// Whether a list without quotation marks is one, and not words or a set in braces.
  private static func saysNothingElse(_ list: AttributeList) -> Bool {
    list.words.isEmpty
      && list.pairs.allSatisfy { pair in
        pair.name.utf8.first.map { $0 < 0x80 && CodeByte.isWordStart($0) } == true
          && !pair.value.isEmpty && !pair.value.hasSuffix(",")
      }
  }

  /// `[[a page]]`, as wikis and Obsidian link.
  mutating func wikiLink() -> Bool {
    guard byte(at + 1) == UInt8(ascii: "["), CodeByte.isWordStart(byte(at + 2)), !isInLink else { return false }
    var end = at + 2
    while end < text.count, end - at < 200, text[end] >= 0x20, !"[]<>".utf8.contains(text[end]) { end += 1 }
    guard text.has("]]", at: end), byte(end + 2) != UInt8(ascii: "("), byte(end + 2) != UInt8(ascii: "[") else {
      return false
    }
    edit(end + 2 - at, .asWritten(text.string(at..<(end + 2)), what: "link of a wiki"))
    return true
  }
}

/// Something the dialect puts in the place of a stretch of running text.
struct InlineEdit {
  enum Kind {
    /// A start tag without its `>`, and what braces behind the end say of it.
    case open(StaticString, AttributeList)
    case close(StaticString)
    /// Nothing: the mark has done its work.
    case drop
    /// `[^label]`.
    case footnote(String, AttributeList)
    /// An address that is a link by itself.
    case address(url: String, text: String)
    /// The bracket of `[word]` in `[word][^1]`, where `word` is a reference.
    case openLink(LinkDefinition)
    case keys([String], AttributeList)
    case emoji(String, AttributeList)
    /// A name that is no emoji's, in words.
    case icon(name: String, label: String, AttributeList, what: StaticString)
    case comment(String)
    /// `(1)`, which leads to the note of this number.
    case annotation(Int)
    /// Another sign for the same.
    case symbol(StaticString)
    /// `{{ name }}` or `{# a comment #}`, in whose place a plugin puts something, and what it is.
    case foreign(String, what: StaticString)
    /// `{ .class }` that stands behind nothing which it could belong to, or `[[a page]]`: text, and told of.
    case asWritten(String, what: StaticString)
    /// The ending of `1st`.
    case raised(String)
    /// `][name]` behind the text of a reference that the page does not define.
    case unknownReference(String)
  }

  var range: Range<Int>
  var kind: Kind
}

/// Which of the dialect's inline marks a page has at all, so that text without them is passed over.
struct InlineSyntax {
  /// A bit for each byte that may begin one; those under 64 and those above.
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  /// Whether `H~2~O` and `x^2^` are marks, `++ctrl++` is a key, and `-->` an arrow.
  var hasShortMarks = true
  var hasKeys = true
  var hasSymbols = true
  /// Whether the ending of `1st` is raised, `c/o` one sign, and `1/3` too.
  var hasOrdinals = false {
    didSet { if hasOrdinals { for byte in "/0123456789".utf8 { insert(byte) } } }
  }
  /// Whether `[text][name]` is a reference though the page does not define it.
  var hasForeignReferences = false {
    didSet { if hasForeignReferences { insert(UInt8(ascii: "]")) } }
  }
  /// Whether `(c)` is a sign, and no third item of (a), (b), (c).
  private(set) var hasCopyright = false
  /// How many items a list of notes has that `(1)` may lead to; 0 if none follows.
  var annotations = 0 {
    didSet { if annotations > 0 { insert(UInt8(ascii: "(")) } }
  }

  /// Every mark there is.
  static let all: InlineSyntax = {
    var syntax = InlineSyntax()
    syntax.hasCopyright = false
    for byte in "~=^+:{[@w-<(/".utf8 { syntax.insert(byte) }
    return syntax
  }()

  init() {}

  /// The marks of a text, found in one walk over it.
  init(in text: Bytes) {
    let all = Self.all
    var hasSecondItem = false
    for at in text.indices {
      // Most of a text is letters, of which few begin anything.
      if text[at] &- 0x61 < 22 || text[at] == 0x20 || !all.mayBegin(text[at]) { continue }
      let next = at + 1 < text.count ? text[at + 1] : 0
      let before = at > 0 ? text[at - 1] : 0
      let begins: Bool
      switch text[at] {
      case UInt8(ascii: "="), UInt8(ascii: "+"): begins = next == text[at] || next == UInt8(ascii: "/")
      case UInt8(ascii: "{"): begins = "+-~=>{%!#.: ".utf8.contains(next) || "\0])`*_:=~^".utf8.contains(before)
      case UInt8(ascii: "["): begins = next == UInt8(ascii: "^") || next == UInt8(ascii: "[")
      case UInt8(ascii: "w"): begins = next == text[at] && text.has("www.", at: at)
      case UInt8(ascii: "-"): begins = next == text[at] && text.has("-->", at: at)
      case UInt8(ascii: "<"): begins = next == UInt8(ascii: "-")
      case UInt8(ascii: "/"): begins = before == UInt8(ascii: "1") || before == UInt8(ascii: "3")
      case UInt8(ascii: "("):
        begins = [UInt8(ascii: "c"), UInt8(ascii: "r"), UInt8(ascii: "t")].contains(next | 0x20)
        hasSecondItem = hasSecondItem || next | 0x20 == UInt8(ascii: "b") && text.has(")", at: at + 2)
      default: begins = true
      }
      if begins { insert(text[at]) }
    }
    hasCopyright = !hasSecondItem
  }

  private mutating func insert(_ byte: UInt8) {
    if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
  }

  func mayBegin(_ byte: UInt8) -> Bool {
    byte < 64 ? low & (1 << UInt64(byte)) != 0 : byte < 128 && high & (1 << UInt64(byte & 63)) != 0
  }

  var mayBeginAnything: Bool { low | high != 0 }

  func mayStand(in text: Bytes) -> Bool {
    for at in text.indices where mayBegin(text[at]) {
      // A colon before a space begins nothing, and most are.
      if text[at] != UInt8(ascii: ":") || at + 1 < text.count && text[at + 1] > 0x20 { return true }
    }
    return false
  }
}

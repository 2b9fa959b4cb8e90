/// Finds the dialect's marks in running text: one walk over it, opened marks on a stack.
///
/// The text is that of a paragraph, a heading or another container; whatever else stands between its words, such as
/// code or a link, is one byte 0.
struct InlineScanner {
  let text: Bytes
  let syntax: InlineSyntax
  /// Whether the text is a link's, in which no address is one.
  var isInLink = false
  /// The definition that the label in brackets of a range refers to.
  var definition: (Range<Int>) -> LinkDefinition? = { _ in nil }

  /// Where HTML stands, which takes no attributes.
  var bare: Set<Int> = []

  private(set) var edits: [InlineEdit] = []
  var at = 0
  /// A mark that may yet be closed.
  private struct Opened {
    var mark: UInt8
    var length: Int
    /// Its edit.
    var edit: Int
    /// Further edits that are void without its end.
    var others: [Int] = []
    /// What its end becomes, if that is an editor's.
    var close: StaticString = ""
  }

  private var opened: [Opened] = []
  /// The edits of marks that turned out to be text.
  private var dropped: Set<Int> = []
  /// How far back an opened mark is looked for, so that the walk stays linear.
  private static let reach = 200
  /// Closing marks of editors that do not come any more.
  private var missing: Set<UInt8> = []
  /// Where the next of each was found, so that it is not looked for again from every mark before it.
  private var nextClosing: [UInt8: Int] = [:]
  /// Where ends of editors' marks stand, and the arrows in them, whose beginning was read.
  private var closings: [Int: Int] = [:]

  init(_ text: Bytes, _ syntax: InlineSyntax) {
    self.text = text
    self.syntax = syntax
  }

  /// What has to be put where, in order.
  mutating func scan() -> [InlineEdit] {
    while at < text.count {
      if let length = closings[at] {
        closeBraces(length)
        continue
      }
      guard syntax.mayBegin(text[at]), step() else {
        at += 1
        continue
      }
    }
    // What nothing closed is text.
    for mark in opened { drop(mark) }
    return edits.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// Reads what begins here; false if it is text.
  private mutating func step() -> Bool {
    switch text[at] {
    case UInt8(ascii: "{"): braces()
    case UInt8(ascii: "["): footnote() || wikiLink()
    case UInt8(ascii: "~"), UInt8(ascii: "="), UInt8(ascii: "^"): mark() || sign()
    case UInt8(ascii: "+"): keys() || sign()
    case UInt8(ascii: ":"): scheme() || emoji()
    case UInt8(ascii: "@"): mailAddress()
    case UInt8(ascii: "w"): webAddress()
    case UInt8(ascii: "("): annotation() || sign()
    case UInt8(ascii: "]"): foreignReference()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): ordinal()
    default: sign()
    }
  }

  mutating func edit(_ length: Int, _ kind: InlineEdit.Kind) {
    edits.append(InlineEdit(range: at..<(at + length), kind: kind))
    at += length
  }

  private mutating func drop(_ mark: Opened) {
    dropped.insert(mark.edit)
    dropped.formUnion(mark.others)
  }

  func byte(_ index: Int) -> UInt8 { index >= 0 && index < text.count ? text[index] : 0x20 }

  /// The attributes in braces at an index, and how long they are.
  func attributes(at index: Int) -> (list: AttributeList, length: Int)? {
    guard byte(index) == UInt8(ascii: "{"), let end = AttributeList.end(in: text[index...]) else { return nil }
    let list = AttributeList(parsing: text[(index + 1)..<(end - 1)])
    return list.isMarked || !list.words.isEmpty ? (list, end - index) : nil
  }

  // MARK: Marks on both sides

  private static func tags(_ mark: UInt8, _ length: Int) -> (open: StaticString, close: StaticString)? {
    switch (mark, length) {
    case (UInt8(ascii: "~"), 2): ("<del", "</del>")
    case (UInt8(ascii: "="), 2): ("<mark", "</mark>")
    case (UInt8(ascii: "^"), 2): ("<ins", "</ins>")
    case (UInt8(ascii: "~"), 1): ("<sub", "</sub>")
    case (UInt8(ascii: "^"), 1): ("<sup", "</sup>")
    default: nil
    }
  }

  /// `==marked==`, `^^added^^`: not within words, where they compare; `~~struck~~` there too, but not beside numbers.
  /// `H~2~O`, `x^2^`: within words, without spaces.
  private mutating func mark() -> Bool {
    let mark = text[at]
    var end = at
    while end < text.count, text[end] == mark { end += 1 }
    let length = end - at
    let (before, after) = (byte(at - 1), byte(end))
    guard let (open, close) = Self.tags(mark, length), length == 2 || syntax.hasShortMarks else {
      guard length > 2 else { return false }
      at = end
      return true
    }
    let isShort = length == 1
    func isPart(_ byte: UInt8) -> Bool {
      mark == UInt8(ascii: "~") ? CodeByte.isDigit(byte) : CodeByte.isWord(byte)
    }
    let canClose = before > 0x20 && (isShort || !isPart(after)) || before == 0 && end > length
    let canOpen = (after > 0x20 || after == 0) && end < text.count && (isShort || !isPart(before))
    if canClose, let open = opening(of: mark, length) {
      let start = edits[opened[open].edit].range.upperBound
      if start < at, !isShort || isWithoutSpaces(start..<at) {
        let (list, more) = attributes(at: end) ?? (AttributeList(), 0)
        if case .open(let tag, _) = edits[opened[open].edit].kind {
          edits[opened[open].edit].kind = .open(tag, list)
        }
        // What was opened inside and not closed is text.
        for inner in opened[(open + 1)...] { drop(inner) }
        if isShort {
          for index in start..<at where text[index] == 0x20 {
            edits.append(InlineEdit(range: (index - 1)..<index, kind: .drop))
          }
        }
        opened.removeSubrange(open...)
        edit(length + more, .close(close))
        return true
      }
    }
    guard canOpen else {
      at = end
      return true
    }
    opened.append(Opened(mark: mark, length: length, edit: edits.count))
    edit(length, .open(open, AttributeList()))
    return true
  }

  /// Whether a range has no spaces but those behind a backslash.
  private func isWithoutSpaces(_ range: Range<Int>) -> Bool {
    range.allSatisfy { text[$0] > 0x20 || text[$0] == 0 || $0 > range.lowerBound && text[$0 - 1] == UInt8(ascii: "\\") }
  }

  /// The mark that this one ends, if it was opened within the same braces.
  private func opening(of mark: UInt8, _ length: Int) -> Int? {
    for index in opened.indices.suffix(Self.reach).reversed() {
      if opened[index].mark == UInt8(ascii: "{") { return nil }
      if opened[index].mark == mark, opened[index].length == length { return index }
    }
    return nil
  }

  // MARK: Braces

  /// Attributes of what stands before, or an editor's marks: `{++added++}`, `{--struck--}`, `{~~old~>new~~}`,
  /// `{==marked==}`, `{>>a comment<<}`.
  private mutating func braces() -> Bool {
    if byte(at - 1) == 0, at > 0, !bare.contains(at - 1), let (_, length) = attributes(at: at) {
      at += length
      return true
    }
    if foreign() || unclaimed() { return true }
    let marks: [(open: StaticString, close: StaticString, start: StaticString, end: StaticString)] = [
      ("{++", "++}", "<ins", "</ins>"), ("{--", "--}", "<del", "</del>"), ("{==", "==}", "<mark", "</mark>"),
      ("{~~", "~~}", "<del", "</ins>"), ("{>>", "<<}", "", ""),
    ]
    for mark in marks where text.has(mark.open, at: at) && !missing.contains(text[at + 1]) {
      let known = nextClosing[text[at + 1]].flatMap { $0 >= at + 3 ? $0 : nil }
      guard let close = known ?? text.find(mark.close, from: at + 3, to: text.count) else {
        missing.insert(text[at + 1])
        return false
      }
      nextClosing[text[at + 1]] = close
      if mark.start.utf8CodeUnitCount == 0 {
        edit(close + 3 - at, .comment(text.string((at + 3)..<close)))
        return true
      }
      if text.has("{~~", at: at) {
        guard let arrow = text.find("~>", from: at + 3, to: close) else { return false }
        closings[arrow] = 2
      }
      closings[close] = 3
      opened.append(
        Opened(
          mark: UInt8(ascii: "{"), length: 3, edit: edits.count,
          close: text.has("{~~", at: at) ? "</del>" : mark.end))
      edit(3, .open(mark.start, AttributeList()))
      return true
    }
    return false
  }

  /// The end of the innermost braces, or the arrow in them.
  private mutating func closeBraces(_ length: Int) {
    guard let index = opened.lastIndex(where: { $0.mark == UInt8(ascii: "{") }) else {
      at += length
      return
    }
    for inner in opened[(index + 1)...] { drop(inner) }
    opened.removeSubrange((index + 1)...)
    if length == 2 {
      opened[index].others += [edits.count, edits.count + 1]
      opened[index].close = "</ins>"
      edit(1, .close("</del>"))
      edit(1, .open("<ins", AttributeList()))
    } else {
      let close = opened.removeLast().close
      edit(length, .close(close))
    }
  }

  // MARK: Footnotes and notes in the text

  private mutating func footnote() -> Bool {
    guard byte(at + 1) == UInt8(ascii: "^"),
      let close = text[at..<min(text.count, at + 110)].firstIndex(of: UInt8(ascii: "]")), close > at + 2
    else { return false }
    let label = text.string((at + 2)..<close)
    guard !label.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "[") }) else { return false }
    // libcmark takes `[word][^1]` for one reference, whose label it does not know.
    if byte(at - 1) == UInt8(ascii: "]"), !isInLink, let open = openingBracket(before: at - 1),
      let definition = definition((open + 1)..<(at - 1)), isWhole((open + 1)..<(at - 1))
    {
      edits.append(InlineEdit(range: open..<(open + 1), kind: .openLink(definition)))
      edits.append(InlineEdit(range: (at - 1)..<at, kind: .close("</a>")))
    }
    let (list, more) = attributes(at: close + 1) ?? (AttributeList(), 0)
    edit(close + 1 + more - at, .footnote(label, list))
    return true
  }

  /// Whether marks in a range begin and end in it; those that have no end yet are text.
  private mutating func isWhole(_ range: Range<Int>) -> Bool {
    var depth = 0
    let first = edits.lastIndex { $0.range.lowerBound < range.lowerBound }.map { $0 + 1 } ?? 0
    for index in first..<max(first, edits.count) where range.contains(edits[index].range.lowerBound) {
      switch edits[index].kind {
      case .open:
        if let open = opened.lastIndex(where: { $0.edit == index }) {
          drop(opened.remove(at: open))
        } else if !dropped.contains(index) {
          depth += 1
        }
      case .close where !dropped.contains(index): depth -= 1
      case .openLink: return false
      default: break
      }
      if depth < 0 { return false }
    }
    return depth == 0
  }

  private func openingBracket(before end: Int) -> Int? {
    var depth = 0
    for index in (max(0, end - 1000)..<end).reversed() {
      if text[index] == UInt8(ascii: "]") { depth += 1 }
      if text[index] == UInt8(ascii: "[") {
        if depth == 0 { return index }
        depth -= 1
      }
    }
    return nil
  }

  /// `][name]`, where a plugin knows the name.
  private mutating func foreignReference() -> Bool {
    guard byte(at + 1) == UInt8(ascii: "["), byte(at + 2) != UInt8(ascii: "^"), let open = openingBracket(before: at),
      let close = text[(at + 2)..<min(text.count, at + 300)].firstIndex(of: UInt8(ascii: "]"))
    else { return false }
    edits.append(InlineEdit(range: open..<(open + 1), kind: .drop))
    let name = text.string((close > at + 2 ? (at + 2)..<close : (open + 1)..<at))
    edit(close + 1 - at, .unknownReference(name.replacing("\0", with: "code")))
    return true
  }

  private mutating func annotation() -> Bool {
    guard syntax.annotations > 0 else { return false }
    var end = at + 1
    while end < text.count, end - at < 6, CodeByte.isDigit(text[end]) { end += 1 }
    guard let number = Int(text.string((at + 1)..<end)), (1...syntax.annotations).contains(number),
      byte(end) == UInt8(ascii: ")")
    else { return false }
    edit(end + 1 - at, .annotation(number))
    return true
  }

  // MARK: Keys, emoji, signs

  /// `++ctrl+alt+del++`; a key may be any text in quotation marks.
  private mutating func keys() -> Bool {
    guard syntax.hasKeys, text.has("++", at: at), byte(at - 1) != UInt8(ascii: "+"), !CodeByte.isWord(byte(at - 1))
    else {
      return false
    }
    var names: [String] = []
    var index = at + 2
    while index < text.count, index - at < 200 {
      let start = index
      if text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "'") {
        guard let close = text[(index + 1)...].firstIndex(of: text[index]), close - index < 60 else { return false }
        names.append("\"" + text.string((start + 1)..<close))
        index = close + 1
      } else {
        while index < text.count, CodeByte.isWord(text[index]) || text[index] == UInt8(ascii: "-") { index += 1 }
        guard index > start else { return false }
        names.append(text.string(start..<index))
      }
      guard byte(index) == UInt8(ascii: "+") else { return false }
      if byte(index + 1) == UInt8(ascii: "+") {
        guard byte(index + 2) != UInt8(ascii: "+") else { return false }
        let (list, more) = attributes(at: index + 2) ?? (AttributeList(), 0)
        edit(index + 2 + more - at, .keys(names, list))
        return true
      }
      index += 1
    }
    return false
  }

  private mutating func emoji() -> Bool {
    var end = at + 1
    while end < text.count, end - at < 80, CodeByte.isWord(text[end]) || "+-".utf8.contains(text[end]) { end += 1 }
    guard end > at + 1, byte(end) == UInt8(ascii: ":") else { return false }
    let name = text.string((at + 1)..<end)
    if let emoji = Emoji.named(name) {
      let (list, more) = attributes(at: end + 1) ?? (AttributeList(), 0)
      edit(end + 1 + more - at, .emoji(emoji, list))
      return true
    }
    let icon = Emoji.icon(name)
    guard let label = icon ?? Emoji.unknown(name) else { return false }
    let (list, more) = attributes(at: end + 1) ?? (AttributeList(), 0)
    edit(
      end + 1 + more - at,
      .icon(name: name, label: label, list, what: icon == nil ? "emoji not known" : "icon not drawn"))
    return true
  }

  // MARK: Addresses, as GitHub Flavored Markdown has them (section 6.9)

  private mutating func webAddress() -> Bool {
    guard text.has("www.", at: at), beginsAddress(at), !isInLink, let end = addressEnd(from: at, allowsShort: false)
    else { return false }
    let address = text.string(at..<end)
    edit(end - at, .address(url: "http://" + address, text: address))
    return true
  }

  private mutating func scheme() -> Bool {
    guard text.has("://", at: at), !isInLink else { return false }
    var start = at
    while start > 0, text[start - 1] | 0x20 >= 0x61, text[start - 1] | 0x20 <= 0x7a { start -= 1 }
    let scheme = text.string(start..<at).lowercased()
    guard ["http", "https", "ftp"].contains(scheme), !CodeByte.isWord(byte(start - 1)),
      start >= (edits.last?.range.upperBound ?? 0), let end = addressEnd(from: at + 3, allowsShort: true)
    else { return false }
    let address = text.string(start..<end)
    at = start
    edit(end - start, .address(url: address, text: address))
    return true
  }

  private func beginsAddress(_ index: Int) -> Bool {
    let before = byte(index - 1)
    return before <= 0x20 || "*_~(".utf8.contains(before)
  }

  /// The end of an address whose domain begins at an index; nil if that is none.
  private func addressEnd(from start: Int, allowsShort: Bool) -> Int? {
    var domainEnd = start
    while domainEnd < text.count,
      CodeByte.isWord(text[domainEnd]) && text[domainEnd] != UInt8(ascii: "$") || text[domainEnd] == UInt8(ascii: "-")
        || text[domainEnd] == UInt8(ascii: ".")
    { domainEnd += 1 }
    let labels = text[start..<domainEnd].split(separator: UInt8(ascii: "."))
    guard let last = labels.last, labels.count > 1 || allowsShort,
      !labels.suffix(2).contains(where: { $0.contains(UInt8(ascii: "_")) }), !last.isEmpty
    else { return nil }
    var end = domainEnd
    while end < text.count, text[end] > 0x20, text[end] != UInt8(ascii: "<") { end += 1 }
    return trimmedAddress(from: start, to: end)
  }

  /// Without the punctuation that ends the sentence around an address.
  private func trimmedAddress(from start: Int, to limit: Int) -> Int? {
    var end = limit
    let opened = text[start..<end].count { $0 == UInt8(ascii: "(") }
    var closed = text[start..<end].count { $0 == UInt8(ascii: ")") }
    while end > start {
      let last = text[end - 1]
      if "?!.,:*_~'\"".utf8.contains(last) {
        end -= 1
      } else if last == UInt8(ascii: ")") {
        guard closed > opened else { return end }
        closed -= 1
        end -= 1
      } else if last == UInt8(ascii: ";") {
        var name = end - 1
        while name > start, CodeByte.isWord(text[name - 1]) { name -= 1 }
        guard name < end - 1, name > start, text[name - 1] == UInt8(ascii: "&") else { return end }
        end = name - 1
      } else {
        return end
      }
    }
    return nil
  }

  private mutating func mailAddress() -> Bool {
    guard !isInLink else { return false }
    var start = at
    while start > 0, CodeByte.isWord(text[start - 1]) && text[start - 1] < 0x80 || ".-+".utf8.contains(text[start - 1])
    {
      start -= 1
    }
    var end = at + 1
    while end < text.count, CodeByte.isWord(text[end]) && text[end] < 0x80 || ".-".utf8.contains(text[end]) { end += 1 }
    while end > at, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
    guard start < at, start >= (edits.last?.range.upperBound ?? 0), end > at + 1,
      text[(at + 1)..<end].contains(UInt8(ascii: ".")), !"-_".utf8.contains(text[end - 1]),
      text[at + 1] != UInt8(ascii: ".")
    else { return false }
    let address = text.string(start..<end)
    for scheme in ["mailto:", "xmpp:"] where text.string(max(0, start - scheme.utf8.count)..<start) == scheme {
      start -= scheme.utf8.count
      let whole = scheme + address
      at = start
      edit(end - start, .address(url: whole, text: whole))
      return true
    }
    at = start
    edit(end - start, .address(url: "mailto:" + address, text: address))
    return true
  }
}

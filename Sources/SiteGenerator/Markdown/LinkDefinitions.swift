/// A document's link reference definitions (`[label]: address`), for the parts of it that are parsed on their own.
///
/// A definition holds for the whole document, wherever in it it stands: in a note, a footnote, a quote. The first one of
/// a label counts.
struct LinkDefinitions {
  /// A definition as it is fed to libcmark again.
  private struct Source {
    var text: [UInt8]
    var definition: LinkDefinition
    /// Whether it stands in the text outside all lifted blocks, of which libcmark sees it anyway.
    var isOutside: Bool
    var line: Int
  }

  private var sources: [Source] = []
  private var places: [String: Int] = [:]

  /// No definitions.
  init() {}

  var isEmpty: Bool { sources.isEmpty }

  subscript(label: Slice<Bytes>) -> LinkDefinition? {
    places[LinkDefinition.normalized(label)].map { sources[$0].definition }
  }

  /// Whether a text may hold definitions.
  static func mayStand(in text: Bytes) -> Bool {
    var at = 0
    while let found = text.find("]:", from: at, to: text.count) {
      let line = text[..<found].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
      // Footnotes have the same form; a label may begin in a line before.
      guard let open = text[line..<found].lastIndex(of: UInt8(ascii: "[")), text.has("[^", at: open) else {
        return true
      }
      at = found + 2
    }
    return false
  }

  /// Takes the definitions of a part of the document, in the order of its lines.
  mutating func collect(from part: Part, of text: Bytes, isOutside: Bool) {
    var isInParagraph = false
    var index = 0
    while index < part.feed.count {
      if part.interrupting.contains(index) {
        _ = take(from: part, at: index, of: text, isOutside: false)
        isInParagraph = false
        index += 1
        continue
      }
      guard part.feed[index].isText else {
        isInParagraph = false
        index += 1
        continue
      }
      let at = Self.content(of: part.feed[index].line, in: text)
      let end = part.feed[index].line.end
      guard !isInParagraph, at < end, text[at] == UInt8(ascii: "["), !text.has("[^", at: at) else {
        isInParagraph = at < end && text[at] != UInt8(ascii: "#")
        index += 1
        continue
      }
      let taken = take(from: part, at: index, of: text, isOutside: isOutside)
      isInParagraph = taken == 0
      index += max(1, taken)
    }
  }

  /// Takes the definition that begins in a line; returns how many lines it has.
  private mutating func take(from part: Part, at index: Int, of text: Bytes, isOutside: Bool) -> Int {
    var joined: [UInt8] = []
    var ends: [Int] = []
    for fed in part.feed[index...].prefix(20) {
      guard fed.isText || joined.isEmpty else { break }
      joined += text[Self.content(of: fed.line, in: text)..<fed.line.end]
      joined.append(0x0a)
      ends.append(joined.count)
    }
    guard let definition = joined.withUnsafeBufferPointer({ LinkDefinition(at: $0) }) else { return 0 }
    let line = part.feed[index].line.number
    // Parts are not taken in the order of their lines.
    if places[definition.label].map({ line < sources[$0].line }) ?? true {
      places[definition.label] = sources.count
      sources.append(
        Source(
          text: Array(joined[..<definition.length]), definition: definition, isOutside: isOutside, line: line))
    }
    return (ends.firstIndex { $0 >= definition.length } ?? 0) + 1
  }

  /// Where a line's text begins, behind marks of quotes and list items.
  private static func content(of line: Line, in text: Bytes) -> Int {
    var at = line.start
    while at < line.end {
      switch text[at] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ">"): at += 1
      case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"):
        guard at + 1 < line.end, text[at + 1] == UInt8(ascii: " ") else { return at }
        at += 2
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        var after = at
        while after < line.end, CodeByte.isDigit(text[after]) { after += 1 }
        guard after + 1 < line.end, text[after] == UInt8(ascii: ".") || text[after] == UInt8(ascii: ")"),
          text[after + 1] == UInt8(ascii: " ")
        else { return at }
        at = after + 2
      default: return at
      }
    }
    return at
  }

  // MARK: Use

  /// The definitions whose labels stand in brackets in a part, as libcmark reads them; without those it reads in the
  /// part itself if that is what stands outside all lifted blocks.
  func used(in part: Part, of text: Bytes, isOutside: Bool) -> [[UInt8]] {
    guard !sources.isEmpty else { return [] }
    var search = Search(definitions: self, leavesOutside: isOutside)
    for fed in part.feed {
      if fed.isText { search.read(text[fed.line.start..<fed.line.end]) } else { search.end() }
    }
    return search.result
  }

  /// The definitions whose labels stand in brackets in some text.
  func used(in piece: Bytes) -> [[UInt8]] {
    guard !sources.isEmpty else { return [] }
    var search = Search(definitions: self, leavesOutside: false)
    search.read(piece[...])
    return search.result
  }

  /// Looks for labels line by line; one may span lines.
  private struct Search {
    let definitions: LinkDefinitions
    let leavesOutside: Bool
    var result: [[UInt8]] = []
    private var found: Set<Int> = []
    private var label: [UInt8]?

    init(definitions: LinkDefinitions, leavesOutside: Bool) {
      self.definitions = definitions
      self.leavesOutside = leavesOutside
    }

    mutating func end() { label = nil }

    mutating func read(_ line: Slice<Bytes>) {
      if label != nil { label?.append(0x20) }
      var start = line.startIndex
      if label != nil {
        while start < line.endIndex, [0x20, 0x09, UInt8(ascii: ">")].contains(line[start]) { start += 1 }
      }
      var at = start
      while at < line.endIndex {
        switch line[at] {
        case UInt8(ascii: "["): label = []
        case UInt8(ascii: "]"):
          if let label { use(label) }
          label = nil
        case UInt8(ascii: "\\") where at + 1 < line.endIndex:
          label?.append(line[at])
          at += 1
          label?.append(line[at])
        default:
          if let count = label?.count, count > 1000 { label = nil } else { label?.append(line[at]) }
        }
        at += 1
      }
    }

    private mutating func use(_ label: [UInt8]) {
      let place = label.withUnsafeBufferPointer { definitions.places[LinkDefinition.normalized($0[...])] }
      guard let place, !(leavesOutside && definitions.sources[place].isOutside), found.insert(place).inserted else {
        return
      }
      result.append(definitions.sources[place].text)
    }
  }
}

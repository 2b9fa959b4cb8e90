/// The search index: a script, so that it loads from a file system too, that holds nothing but JSON.
enum SearchIndex {
  /// `[url, title, [[id, heading, text], …]]`
  static func entry(for page: PageSource, _ text: SearchText) -> [UInt8] {
    var json = JSONText()
    json.append("[")
    json.append(string: SitePath.encoded(page.page).utf8)
    json.append(",")
    // A page that no search finds has its place all the same: entries stand in the order of the pages.
    let isSearched = page.isSearched && page.page != Navigation.missing
    json.append(string: isSearched ? page.shownTitle.utf8 : "".utf8)
    json.append(",[")
    var isFirst = true
    for section in text.sections
    where isSearched && (!section.text.isEmpty || !section.title.isEmpty) {
      if !isFirst { json.append(",") }
      isFirst = false
      json.append("[")
      json.append(string: section.id.utf8)
      json.append(",")
      json.append(string: section.title.utf8)
      json.append(",")
      json.append(string: whole(section.text))
      json.append("]")
    }
    json.append("]]")
    return json.bytes
  }

  /// A script of one line a page, in the order of the pages.
  static func script(_ entries: [ArraySlice<UInt8>]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(32) { $0 + $1.count + 2 })
    bytes += "labSearch([\n".utf8
    for (index, entry) in entries.enumerated() {
      bytes += entry
      bytes += index + 1 < entries.count ? ",\n".utf8 : "\n".utf8
    }
    bytes += "])\n".utf8
    return bytes
  }

  /// The entries of a script that `script` made.
  static func entries(in script: [UInt8]) -> [ArraySlice<UInt8>] {
    script.withUnsafeBufferPointer { text in
      Line.split(text).dropFirst().dropLast().map { line in
        let end = line.end > line.start && text[line.end - 1] == UInt8(ascii: ",") ? line.end - 1 : line.end
        return script[line.start..<end]
      }
    }
  }

  /// Without a character cut in two at the end.
  private static func whole(_ text: [UInt8]) -> ArraySlice<UInt8> {
    var end = text.count
    while end > 0, end > text.count - 4, text[end - 1] & 0xc0 == 0x80 { end -= 1 }
    guard end > 0, text[end - 1] >= 0xc0 else { return text[...] }
    let needed = text[end - 1] >= 0xf0 ? 4 : text[end - 1] >= 0xe0 ? 3 : 2
    return end - 1 + needed <= text.count ? text[...] : text[..<(end - 1)]
  }
}

/// JSON in the making.
struct JSONText {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ punctuation: StaticString) {
    bytes.append(contentsOf: Bytes(start: punctuation.utf8Start, count: punctuation.utf8CodeUnitCount))
  }

  /// A quoted string; `<` is escaped too, so that it may stand in a page.
  mutating func append(string: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x00..<0x20: bytes.append(0x20)
      case UInt8(ascii: "<"): append("\\u003c")
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

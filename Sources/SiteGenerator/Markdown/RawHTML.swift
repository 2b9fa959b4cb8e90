/// As much of HTML as it takes to find ids and links in what an author wrote by hand.
struct RawHTML {
  /// An attribute, and where its value stands.
  struct Attribute {
    var name: String
    var value: String
    var range: Range<Int>
  }

  let name: String
  private let attributes: [Attribute]

  /// An attribute's value.
  subscript(name: String) -> String? { attributes.first { $0.name == name.lowercased() }?.value }

  /// The attributes that lead somewhere.
  var links: [Attribute] {
    attributes.filter { ["href", "src", "poster"].contains($0.name) && !$0.value.isEmpty }
  }

  /// The start tags in a piece of HTML; comments are passed over.
  static func tags(in html: Bytes) -> [RawHTML] {
    var result: [RawHTML] = []
    var at = 0
    while let open = html.find("<", from: at, to: html.count) {
      at = open + 1
      if html.has("<!--", at: open) {
        at = html.find("-->", from: open, to: html.count) ?? html.count
        continue
      }
      var nameEnd = at
      while nameEnd < html.count, isLetter(html[nameEnd]) { nameEnd += 1 }
      guard nameEnd > at else { continue }
      let end = tagEnd(html, from: nameEnd)
      result.append(
        RawHTML(name: html.string(at..<nameEnd).lowercased(), attributes: attributes(html, nameEnd..<end)))
      at = end
    }
    return result
  }

  private static func attributes(_ html: Bytes, _ range: Range<Int>) -> [Attribute] {
    var result: [Attribute] = []
    var at = range.lowerBound
    func skipSpace() { while at < range.upperBound, html[at] <= 0x20 || html[at] == UInt8(ascii: "/") { at += 1 } }
    while true {
      skipSpace()
      let start = at
      while at < range.upperBound, html[at] > 0x20, html[at] != UInt8(ascii: "=") { at += 1 }
      let nameEnd = at
      while at < range.upperBound, html[at] <= 0x20 { at += 1 }
      guard at < range.upperBound, html[at] == UInt8(ascii: "=") else {
        if nameEnd == start { return result }
        result.append(Attribute(name: html.string(start..<nameEnd).lowercased(), value: "", range: nameEnd..<nameEnd))
        continue
      }
      at += 1
      while at < range.upperBound, html[at] <= 0x20 { at += 1 }
      var value = at..<at
      if at < range.upperBound, html[at] == UInt8(ascii: "\"") || html[at] == UInt8(ascii: "'") {
        let close = html[(at + 1)..<range.upperBound].firstIndex(of: html[at]) ?? range.upperBound
        value = (at + 1)..<close
        at = min(close + 1, range.upperBound)
      } else {
        while at < range.upperBound, html[at] > 0x20 { at += 1 }
        value = value.lowerBound..<at
      }
      result.append(
        Attribute(
          name: html.string(start..<nameEnd).lowercased(),
          value: html.string(value).replacing("&amp;", with: "&"), range: value))
    }
  }

  /// Where a tag's `>` stands, one inside quotation marks not counted.
  private static func tagEnd(_ html: Bytes, from start: Int) -> Int {
    var quote: UInt8 = 0
    for at in start..<html.count {
      let byte = html[at]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return at
      }
    }
    return html.count
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
  }
}

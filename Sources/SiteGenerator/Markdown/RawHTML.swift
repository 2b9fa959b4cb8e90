/// As much of HTML as it takes to find ids and links in what an author wrote by hand.
struct RawHTML {
  let name: String
  private let attributes: AttributeList

  /// An attribute's value.
  subscript(name: String) -> String? { name == "id" ? attributes.id : attributes[name] }

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
      let attributes = AttributeList(parsing: html[nameEnd..<end])
      result.append(RawHTML(name: html.string(at..<nameEnd).lowercased(), attributes: attributes))
      at = end
    }
    return result
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

/// Comments `<!-- md:name … -->`, in whose place a program of MkDocs Material's own documentation writes HTML, and
/// other sites that took it over: the settings and options they name are places to link to, the rest is shown as words.
enum Shortcodes {
  /// A text with its shortcodes made Markdown, line for line, and which ones there are; nil if there are none.
  static func expand(_ text: [UInt8]) -> (bytes: [UInt8], found: [(name: String, line: Int)])? {
    text.withUnsafeBufferPointer { text in
      guard text.find("<!-- md:", from: 0, to: text.count) != nil else { return nil }
      var result: [UInt8] = []
      var definitions: [UInt8] = []
      var found: [(name: String, line: Int)] = []
      var from = 0
      var line = 1
      while let open = text.find("<!-- md:", from: from, to: text.count),
        let close = text.find("-->", from: open, to: text.count)
      {
        line += text[from..<open].count { $0 == 0x0a }
        result += text[from..<open]
        let words = text.string((open + 8)..<close).trimmed.split(separator: " ", maxSplits: 1).map(String.init)
        from = close + 3
        // In code it is written about, not meant.
        let isCode = open > 0 && text[open - 1] == UInt8(ascii: "`")
        guard let name = words.first, name.utf8.allSatisfy({ (0x61...0x7a).contains($0) }), !isCode,
          !text[open..<close].contains(0x0a)
        else {
          result += text[open..<from]
          continue
        }
        let argument = words.count > 1 ? words[1] : ""
        let last = argument.split { ".:*".contains($0) }.last.map(String.init) ?? argument
        found.append((name, line))
        switch name {
        case "setting":
          result += "`\(last)`{ #\(argument) }".utf8
          definitions += "[\(argument)]: #\(argument)\n".utf8
        case "option": result += "`\(last)`{ #+\(argument) }".utf8
        default:
          // What is HTML in it already is not made so again.
          let shown = words.joined(separator: " ").replacing(#/<\/?[a-z]+>/#, with: "")
            .replacing("<", with: "&lt;").replacing(">", with: "&gt;")
          result += "<span class=\"icon\">\(shown)</span>".utf8
        }
      }
      result += text[from...]
      if !definitions.isEmpty { result += "\n\n".utf8 + definitions }
      return found.isEmpty ? nil : (result, found)
    }
  }
}

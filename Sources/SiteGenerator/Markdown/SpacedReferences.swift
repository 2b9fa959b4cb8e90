/// `[text] [label]`, which is a reference for Python-Markdown, with a space or the end of a line in it; CommonMark knows
/// none with a space. It is fed to libcmark without.
extension Part {
  /// Whether a text may hold any.
  static func mayHaveSpacedReferences(_ text: Bytes) -> Bool {
    text.find("] [", from: 0, to: text.count) != nil || text.find("]\n", from: 0, to: text.count) != nil
  }

  /// Takes the spaces out of references to what is defined.
  mutating func joinSpacedReferences(of text: Bytes, _ definitions: LinkDefinitions) {
    for index in feed.indices where feed[index].isText {
      let next = index + 1 < feed.count && feed[index + 1].isText ? index + 1 : nil
      join(index, next, text, definitions)
    }
  }

  private mutating func join(_ index: Int, _ next: Int?, _ text: Bytes, _ definitions: LinkDefinitions) {
    let line = bytes(of: index, text)
    var joined: [UInt8] = []
    var from = 0
    var at = 0
    while at < line.count {
      switch line[at] {
      case UInt8(ascii: "\\"): at += 2
      case UInt8(ascii: "`"): at = line.withUnsafeBufferPointer { Table.codeEnd($0, at, $0.count) }
      case UInt8(ascii: "]"):
        if at + 2 < line.count, line[at + 1] == 0x20, line[at + 2] == UInt8(ascii: "["), !isBox(line, at),
          label(line[(at + 2)...], definitions) != nil
        {
          joined += line[from...at]
          from = at + 2
        }
        at += 1
      default: at += 1
      }
    }
    if let next, line.last == UInt8(ascii: "]"), !isBox(line, line.count - 1) {
      let below = bytes(of: next, text)
      let start = below.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? below.count
      if start < below.count, below[start] == UInt8(ascii: "["), let end = label(below[start...], definitions) {
        // What ends the sentence goes with it.
        let signs = below[end...].prefix { ".,;:!?)".utf8.contains($0) }
        joined += line[from...] + below[start..<signs.endIndex]
        from = line.count
        feed[next].replacement = Array(below[..<start] + below[signs.endIndex...])
      }
    }
    if from > 0 { feed[index].replacement = joined + line[from...] }
  }

  private func bytes(of index: Int, _ text: Bytes) -> [UInt8] {
    feed[index].replacement ?? Array(text[feed[index].line.start..<feed[index].line.end])
  }

  /// Whether a bracket closes a check box.
  private func isBox(_ line: [UInt8], _ close: Int) -> Bool {
    close >= 2 && line[close - 2] == UInt8(ascii: "[") && " xX".utf8.contains(line[close - 1])
  }

  /// Where the label ends that begins with its bracket, if it is defined.
  private func label(_ line: ArraySlice<UInt8>, _ definitions: LinkDefinitions) -> Int? {
    guard let close = line.dropFirst().firstIndex(where: { $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "[") }),
      line[close] == UInt8(ascii: "]"), close > line.startIndex + 1
    else { return nil }
    // A definition is none, and a link with an address is no reference.
    if close + 1 < line.endIndex, ":([".utf8.contains(line[close + 1]) { return nil }
    let isDefined = line[(line.startIndex + 1)..<close].withUnsafeBufferPointer { definitions[$0[...]] != nil }
    return isDefined ? close + 1 : nil
  }
}

/// Definition lists: terms, one a line, and below them `:   what they mean`, whose body holds anything.
extension BlockLifter {
  mutating func liftDefinitions(_ line: Line, at: Int, column: Int) -> Bool {
    guard isDefinition(line, at: at), let first = termLines() else { return false }
    var groups = [DefinitionGroup(terms: takeBack(from: first), bodies: [])]
    groups[0].terms.removeAll { $0.isBlank(in: text) }
    let start = groups[0].terms[0]
    while index < lines.count {
      // Between two definitions of a term may stand a blank line.
      if let below = lines[index...].firstIndex(where: { !$0.isBlank(in: text) }), below > index,
        case let content = lines[below].content(in: text), content.column == column,
        isDefinition(lines[below], at: content.start)
      {
        index = below
      }
      let content = lines[index].content(in: text)
      if content.start < lines[index].end, content.column == column, isDefinition(lines[index], at: content.start) {
        groups[groups.count - 1].bodies.append(takeBody(at: content.start, column: column))
      } else if let terms = nextTerms(column: column) {
        groups.append(DefinitionGroup(terms: terms, bodies: []))
      } else {
        break
      }
    }
    leave(.definitions(groups), for: start, column: max(base, start.content(in: text).column))
    return true
  }

  private func isDefinition(_ line: Line, at: Int) -> Bool {
    text[at] == UInt8(ascii: ":") && at + 1 < line.end && (text[at + 1] == 0x20 || text[at + 1] == 0x09)
  }

  /// Where in the feed the lines begin that stand right above, or above one blank line, as terms.
  private func termLines() -> Int? {
    if let paragraph, afterText, !paragraphHasMarks { return paragraph }
    guard let last = lastParagraph, last.upperBound == part.feed.count - 1, paragraph == nil,
      part.feed[last.upperBound].line.isBlank(in: text)
    else { return nil }
    return last.lowerBound
  }

  /// What follows the colon, and the lines that are indented or go on with its paragraph. Moves past them.
  private mutating func takeBody(at: Int, column: Int) -> [Line] {
    let first = lines[index].dedented(by: 0, in: text)
    var body = [Line(start: at + 1, end: first.end, number: first.number).dedented(by: 100, in: text)]
    let inner = min(4, body[0].start - at)
    var end = index + 1
    var next = end
    var isOpen = !body[0].isBlank(in: text)
    var hasLess = false
    while next < lines.count {
      let content = lines[next].content(in: text)
      if content.start == lines[next].end {
        isOpen = false
      } else if content.column >= column + inner {
        hasLess = hasLess || content.column < column + 4
        isOpen = true
        end = next + 1
      } else if isOpen, !beginsBlock(at: content.start, end: lines[next].end) {
        end = next + 1
      } else {
        break
      }
      next += 1
    }
    let depth = column + (hasLess ? inner : 4)
    body += lines[(index + 1)..<end].map { $0.dedented(by: depth, in: text) }
    index = end
    return body
  }

  /// Lines of text that a definition stands below. Moves past them, to it.
  private mutating func nextTerms(column: Int) -> [Line]? {
    var next = index
    while next < lines.count, lines[next].isBlank(in: text) { next += 1 }
    var terms: [Line] = []
    var hasBlank = false
    while next < lines.count, terms.count < 32 {
      let content = lines[next].content(in: text)
      if content.start == lines[next].end {
        guard !hasBlank, !terms.isEmpty else { return nil }
        hasBlank = true
      } else if content.column == column, isDefinition(lines[next], at: content.start) {
        guard !terms.isEmpty else { return nil }
        index = next
        return terms
      } else {
        guard !hasBlank, content.column >= base, content.column - column < 4,
          !beginsBlock(at: content.start, end: lines[next].end)
        else { return nil }
        terms.append(lines[next])
      }
      next += 1
    }
    return nil
  }
}

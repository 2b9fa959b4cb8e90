/// `/// name | argument` … `///`, which PyMdown's blocks extensions have.
extension BlockLifter {
  /// A block's first line taken apart, and the options below it.
  private struct Opening {
    var slashes: Int
    var name: String
    var argument: String
    var options: [String: String] = [:]
    var attributes = AttributeList()
    /// The indices of the lines between the options and the end.
    var body = 0..<0
  }

  mutating func liftBlock(_ line: Line, at: Int, column: Int) -> Bool {
    guard var opening = opening(line, at: at) else { return false }
    switch opening.name {
    case "tab": return liftTabBlocks(opening, line, column: column)
    case "caption", "figure-caption", "table-caption":
      guard part.feed.contains(where: { $0.lifted >= 0 || !$0.line.isBlank(in: text) }) else { return false }
      part.hasCaptions = true
      let isAbove = opening.argument.hasPrefix("<")
      let number = opening.argument.drop { $0 == "<" || $0 == "^" }.trimmed
      leave(
        .caption(
          Caption(
            counted: Self.counted[opening.name],
            number: !number.isEmpty && number.allSatisfy { $0.isNumber || $0 == "." } && !opening.argument.contains("^")
              ? number : nil,
            isAbove: isAbove, attributes: opening.attributes, body: body(of: opening))), for: line, column: column)
    case "html":
      guard let element = element(opening, line) else {
        part.problems.append((line.number, "no block element: \(opening.argument)"))
        return false
      }
      leave(.element(element), for: line, column: column)
    case "define": leave(.definitions(definitions(opening)), for: line, column: column)
    default:
      if !Self.kinds.contains(opening.name) {
        part.notes.append(("block not known, shown with its name", "/// " + opening.name, line.number))
        opening.argument = Self.words(opening.name) + (opening.argument.isEmpty ? "" : " " + opening.argument)
      }
      let isGeneric = opening.name == "admonition" || opening.name == "details"
      let kind = isGeneric ? opening.options["type"] : opening.name
      let isOpen = opening.options["open"]?.lowercased() == "true"
      leave(
        .admonition(
          Admonition(
            folding: opening.name == "details" ? (isOpen ? .open : .closed) : .never,
            classes: (kind.map { [$0] } ?? []) + opening.attributes.classes,
            title: opening.argument.isEmpty ? nil : opening.argument, line: line.number, body: body(of: opening))),
        for: line, column: column)
    }
    index = opening.body.upperBound + 1
    return true
  }

  private static let counted = ["figure-caption": "Figure", "table-caption": "Table"]

  private static let others: Set<String> = ["caption", "define", "figure-caption", "html", "tab", "table-caption"]

  private static let kinds: Set<String> = [
    "abstract", "admonition", "attention", "bug", "caution", "danger", "details", "error", "example", "failure", "hint",
    "important", "info", "note", "question", "quote", "success", "tip", "warning",
  ]

  /// `version-added` as a title: `Version added`.
  private static func words(_ name: String) -> String {
    name.prefix(1).uppercased() + name.dropFirst().replacing("-", with: " ")
  }

  /// `::: package.module`, and the options indented below it.
  mutating func liftReference(_ line: Line, at: Int, column: Int) -> Bool {
    guard text.has("::: ", at: at), at + 4 < line.end else { return false }
    let name = text.string((at + 4)..<line.end).trimmed
    guard name.utf8.first.map(CodeByte.isWordStart) == true,
      name.utf8.allSatisfy({ CodeByte.isWord($0) || $0 == UInt8(ascii: ".") })
    else { return false }
    // With an end before the next one it is another generator's box.
    let next = lines[index...].dropFirst().prefix(200).first { text.has(":::", at: $0.content(in: text).start) }
    let ends = next.map { $0.trimmed(in: text).count == 3 } ?? false
    if ends { part.notes.append(("box of another generator, shown as written", "::: " + name, line.number)) }
    guard !ends else { return false }
    leave(.reference(name: name, line: line.number), for: line, column: column)
    index = indented(from: index + 1, column: column + 4).endIndex
    return true
  }

  /// The block that begins at a line, if one does and it ends.
  private mutating func opening(_ line: Line, at: Int) -> Opening? {
    let end = line.trimmedEnd(in: text).end
    let nameStart = text[at..<end].drop { $0 == UInt8(ascii: "/") }.startIndex
    let words = text.string(nameStart..<end).split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let name = words[0].trimmed.lowercased()
    guard nameStart < end, text[nameStart] == 0x20, Self.isName(name) else { return nil }
    var opening = Opening(
      slashes: nameStart - at, name: name, argument: words.count > 1 ? words[1].trimmed : "")
    let mark = String(repeating: "/", count: opening.slashes)
    guard !unclosed.contains(mark) else { return nil }
    var bodyStart = index + 1
    while bodyStart < lines.count, readOption(lines[bodyStart], into: &opening) { bodyStart += 1 }
    if let end = blockEnd(opening.slashes, from: bodyStart) {
      opening.body = bodyStart..<end
      return opening
    }
    part.problems.append((line.number, "/// \(name) is never closed"))
    // One that is known for what it is goes on to the end, if that is near: many in one another are read many times.
    if lines.count - bodyStart <= 4000, Self.kinds.contains(name) || Self.others.contains(name) {
      opening.body = bodyStart..<max(bodyStart, lines.count)
      return opening
    }
    unclosed.insert(mark)
    return nil
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.allSatisfy { $0.isLowercase || $0 == "-" }
  }

  /// The line that ends a block: the first one of only slashes that ends none inside of it, and no code; the first at
  /// all, if there is none such.
  private func blockEnd(_ count: Int, from start: Int) -> Int? {
    var depth = 0
    var first: Int?
    var fence: Fence?
    for next in start..<max(start, lines.count) {
      let range = lines[next].trimmed(in: text)
      guard !range.isEmpty else { continue }
      if let open = fence {
        if open.isClosed(by: text, from: range.lowerBound, to: range.upperBound) { fence = nil }
        continue
      }
      fence = Fence(opening: text, from: range.lowerBound, to: range.upperBound, container: 0)
      // Most lines are told by the byte that would be the last slash.
      guard range.count >= count, text[range.lowerBound + count - 1] == UInt8(ascii: "/"),
        range.count == count || text[range.lowerBound + count] == 0x20
      else { continue }
      let slashes = text[range].prefix { $0 == UInt8(ascii: "/") }
      guard slashes.count == count else { continue }
      if slashes.count == range.count {
        if depth == 0 { return next }
        depth -= 1
        first = first ?? next
      } else if text[slashes.endIndex] == 0x20,
        Self.isName(text.string(slashes.endIndex..<range.upperBound).prefix { $0 != "|" }.trimmed.lowercased())
      {
        depth += 1
      }
    }
    return first
  }

  /// `    open: true`, `    attrs: {class: wide}`.
  private func readOption(_ line: Line, into opening: inout Opening) -> Bool {
    let (at, column) = line.content(in: text)
    guard at < line.end, column - base >= 4, let colon = text[at..<line.end].firstIndex(of: UInt8(ascii: ":")) else {
      return false
    }
    let name = text.string(at..<colon)
    let value = text.string((colon + 1)..<line.end).trimmed
    guard name.allSatisfy({ $0.isLetter || $0 == "-" }) else { return false }
    opening.options[name] = value
    if name == "attrs" {
      for item in value.split(whereSeparator: { "{},".contains($0) }) {
        let pair = item.split(separator: ":", maxSplits: 1).map { $0.trimmed.filter { $0 != "'" && $0 != "\"" } }
        guard pair.count == 2 else { continue }
        switch pair[0] {
        case "id": opening.attributes.id = pair[1]
        case "class": opening.attributes.classes += pair[1].split(separator: " ").map(String.init)
        default: opening.attributes.pairs.append(QueryItem(name: pair[0], value: pair[1]))
        }
      }
    }
    return true
  }

  private func body(of opening: Opening) -> [Line] {
    lines[opening.body].map { $0.dedented(by: base, in: text) }
  }

  /// Tabs in a row, which blank lines may part.
  private mutating func liftTabBlocks(_ first: Opening, _ line: Line, column: Int) -> Bool {
    var tabs: [Tab] = []
    var opening: Opening? = first
    while let tab = opening {
      tabs.append(
        Tab(
          title: tab.argument, line: lines[index].number, body: body(of: tab),
          isSelected: tab.options["select"]?.lowercased() == "true"))
      index = tab.body.upperBound + 1
      var next = index
      while next < lines.count, lines[next].isBlank(in: text) { next += 1 }
      opening = nil
      guard next < lines.count, case let at = lines[next].content(in: text).start, text.has("///", at: at) else {
        break
      }
      let before = index
      index = next
      opening = self.opening(lines[next], at: at)
      if opening?.name != "tab" || opening?.options["new"]?.lowercased() == "true" {
        opening = nil
        index = before
      }
    }
    leave(.tabs(tabs), for: line, column: column)
    return true
  }

  /// `html | div.class#id[key=value]`.
  private func element(_ opening: Opening, _ line: Line) -> MarkdownElement? {
    let tag = opening.argument.prefix { $0.isLetter || $0.isNumber }.lowercased()
    // Scripts and the like are no places for Markdown.
    guard !tag.isEmpty, !["script", "style", "pre", "textarea", "iframe"].contains(tag) else { return nil }
    var element = MarkdownElement(
      tag: tag, attributes: AttributeList(), content: MarkdownElement.isRun(tag) ? .text : .blocks, line: 0, body: [])
    let rest = opening.argument.dropFirst(tag.count)
    let spaced = rest.replacing(".", with: " .").replacing("#", with: " #").replacing("[", with: " ")
      .replacing("]", with: " ")
    element.attributes = AttributeList(parsing: spaced.utf8)
    element.attributes.classes += opening.attributes.classes
    element.attributes.id = opening.attributes.id ?? element.attributes.id
    element.line = line.number
    element.body = body(of: opening)
    return element
  }

  /// Terms, each a paragraph, and the items below them.
  private func definitions(_ opening: Opening) -> [DefinitionGroup] {
    var groups: [DefinitionGroup] = []
    for line in body(of: opening) {
      let (at, column) = line.content(in: text)
      if at < line.end, column == 0, text[at] == UInt8(ascii: "-"), at + 1 < line.end, text[at + 1] == 0x20 {
        if groups.isEmpty { groups.append(DefinitionGroup(terms: [], bodies: [])) }
        groups[groups.count - 1].bodies.append([Line(start: at + 2, end: line.end, number: line.number)])
      } else if at < line.end, column == 0 {
        if groups.last?.bodies.isEmpty != true { groups.append(DefinitionGroup(terms: [], bodies: [])) }
        groups[groups.count - 1].terms.append(line)
      } else if let last = groups.last?.bodies.indices.last {
        groups[groups.count - 1].bodies[last].append(line.dedented(by: 2, in: text))
      }
    }
    return groups
  }
}

extension StringProtocol {
  /// Without white space at either end.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[first...last])
  }
}

import CCMark

/// What the dialect adds to running text, put in its place.
extension PageRenderer {
  /// Finds the marks in the text right below a node.
  func scanInlines(of container: CMarkNode) {
    guard syntax.mayBeginAnything else { return }
    var child = container.firstChild
    var isWorthIt = false
    while let node = child, !isWorthIt {
      isWorthIt = node.type == CMARK_NODE_TEXT && syntax.mayStand(in: node.literal)
      child = node.next
    }
    guard isWorthIt else { return }
    var bytes: [UInt8] = []
    var pieces: [(start: Int, node: CMarkNode)] = []
    var bare: Set<Int> = []
    child = container.firstChild
    while let node = child {
      pieces.append((bytes.count, node))
      switch node.type {
      case CMARK_NODE_TEXT: bytes.append(contentsOf: node.literal)
      case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: bytes.append(0x0a)
      default:
        if node.type == CMARK_NODE_HTML_INLINE { bare.insert(bytes.count) }
        bytes.append(0)
      }
      child = node.next
    }
    let edits = bytes.withUnsafeBufferPointer { text in
      var scanner = InlineScanner(text, syntax)
      scanner.isInLink = linkDepth > 0
      scanner.bare = bare
      scanner.definition = { self.definition(labelled: $0, in: text, pieces) }
      return scanner.scan()
    }
    place(edits, in: pieces, count: bytes.count)
  }

  /// Gives each text node the edits, or the parts of them, that lie in it.
  private func place(_ edits: [InlineEdit], in pieces: [(start: Int, node: CMarkNode)], count: Int) {
    var piece = 0
    for edit in edits {
      while piece + 1 < pieces.count, pieces[piece + 1].start <= edit.range.lowerBound { piece += 1 }
      var at = piece
      var kind = edit.kind
      while at < pieces.count, pieces[at].start < edit.range.upperBound {
        let end = at + 1 < pieces.count ? pieces[at + 1].start : count
        let range = max(edit.range.lowerBound, pieces[at].start)..<min(edit.range.upperBound, end)
        if pieces[at].node.type == CMARK_NODE_TEXT, !range.isEmpty {
          let start = pieces[at].start
          self.edits[pieces[at].node.pointer, default: []].append(
            InlineEdit(range: (range.lowerBound - start)..<(range.upperBound - start), kind: kind))
          kind = .drop
        }
        at += 1
      }
    }
  }

  /// What the label in a range refers to, code in it as it was written.
  private func definition(
    labelled range: Range<Int>, in text: Bytes, _ pieces: [(start: Int, node: CMarkNode)]
  ) -> LinkDefinition? {
    guard !definitions.isEmpty else { return nil }
    var label: [UInt8] = []
    for at in range {
      if text[at] != 0 {
        label.append(text[at])
      } else if let piece = pieces.first(where: { $0.start == at }), piece.node.type == CMARK_NODE_CODE {
        label += [UInt8(ascii: "`")] + piece.node.literal + [UInt8(ascii: "`")]
      } else {
        return nil
      }
    }
    return label.withUnsafeBufferPointer { definitions[$0[...]] }
  }

  func apply(_ edit: InlineEdit, of literal: Bytes, line: Int) {
    switch edit.kind {
    case .drop: break
    case .open(let tag, let list):
      out.append(tag)
      out.append(attributes: list)
      take(id: list.id, line: line)
      out.append(">")
    case .close(let tag): out.append(tag)
    case .footnote(let label, let list):
      if !renderFootnoteMark(label, list, line: line) { add(Bytes(rebasing: literal[edit.range])) }
    case .openLink(let definition):
      out.append("<a href=\"")
      out.append(url: resolve(definition.address, line: line))
      out.append("\"")
      if !definition.title.isEmpty {
        out.append(" title=\"")
        out.append(text: definition.title)
        out.append("\"")
      }
      out.append(">")
    case .address(let url, let text):
      out.append("<a href=\"")
      out.append(url: url)
      out.append("\">")
      addWord(text)
      out.append("</a>")
    case .keys(let names, let list):
      take(id: list.id, line: line)
      renderKeys(names, list)
    case .emoji(let emoji, let list):
      guard list.isMarked else { return addWord(emoji) }
      out.append("<span")
      out.append(attributes: list)
      take(id: list.id, line: line)
      out.append(">")
      addWord(emoji)
      out.append("</span>")
    case .icon(let name, let label, let list, let what): renderIcon(name, label, list, "\(what)", line: line)
    case .comment(let text):
      out.append("<span class=\"comment\">")
      addWord(text)
      out.append("</span>")
    case .annotation(let number): renderAnnotation(number)
    case .symbol(let sign): addWord(sign.description)
    case .foreign(let source, let what):
      note("\(what), shown as written", source, line: line)
      out.append("<span class=\"icon\">")
      addWord(source)
      out.append("</span>")
    case .asWritten(let source, let what):
      note("\(what), shown as written", source, line: line)
      addWord(source)
    case .raised(let ending):
      out.append("<sup>")
      addWord(ending)
      out.append("</sup>")
    case .unknownReference(let label): note("reference that a plugin makes, shown as text", label, line: line)
    }
  }

  /// Appends text that prose sets no differently.
  private func addWord(_ word: String) {
    var word = word
    word.withUTF8 {
      page.search.add($0)
      titleText?.append(contentsOf: $0)
      out.append(escaping: $0)
      out.lastProse = $0.last ?? out.lastProse
    }
  }

  private func renderKeys(_ names: [String], _ list: AttributeList) {
    out.append("<span")
    out.append(attributes: list, classes: "keys")
    out.append(">")
    for (index, name) in names.enumerated() {
      if index > 0 { addWord("+") }
      out.append("<kbd>")
      addWord(name.hasPrefix("\"") ? String(name.dropFirst()) : Keys.label(name))
      out.append("</kbd>")
    }
    out.append("</span>")
  }

  /// An icon is a drawing that this generator does not have: its name is said in its place.
  private func renderIcon(_ name: String, _ label: String, _ list: AttributeList, _ what: String, line: Int) {
    note("\(what), shown as its name", ":\(name):", line: line)
    out.append("<span")
    out.append(attributes: list, classes: "icon")
    out.append(" title=\"")
    out.append(text: ":\(name):")
    out.append("\">")
    out.append(text: label)
    out.append("</span>")
    out.lastProse = UInt8(ascii: "x")
  }

  /// Keeps an id that an author gave to something in the text.
  func take(id: String?, line: Int) {
    guard let id else { return }
    page.ids.append(id)
    if !ids.take(id) { report("id used twice on the page: \(id)", line: line, .warning) }
  }
}

extension InlineScanner {
  /// Plain text, marks left out, emoji and keys said, icons gone: for titles and the texts of images.
  static func plain(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      guard InlineSyntax.all.mayStand(in: bytes) else { return bytes.string }
      var scanner = InlineScanner(bytes, .all)
      scanner.isInLink = true
      var result = ""
      var from = 0
      for edit in scanner.scan() where edit.range.lowerBound >= from {
        result += bytes.string(from..<edit.range.lowerBound)
        from = edit.range.upperBound
        switch edit.kind {
        case .emoji(let emoji, _): result += emoji
        case .keys(let names, _):
          result += names.map { $0.hasPrefix("\"") ? String($0.dropFirst()) : Keys.label($0) }.joined(separator: "+")
        case .symbol, .footnote, .asWritten, .raised: result += bytes.string(edit.range)
        case .icon: if bytes[from...].first == 0x20 { from += 1 }
        default: break
        }
      }
      return (result + bytes.string(from..<bytes.count)).trimmed
    }
  }
}

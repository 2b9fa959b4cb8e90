import CCMark

/// Running text: words, links, images, footnote marks, attributes.
extension PageRenderer {
  func renderText(_ node: CMarkNode) {
    let literal = node.literal
    var from = min(skipped, literal.count)
    skipped -= from
    if let edits = edits[node.pointer] {
      let line = line(of: node)
      for edit in edits where edit.range.lowerBound >= from {
        add(Bytes(rebasing: literal[from..<edit.range.lowerBound]))
        apply(edit, of: literal, line: line)
        from = edit.range.upperBound
      }
    }
    add(Bytes(rebasing: literal[from...]))
  }

  /// Adds prose to the page, to what a search finds, and to the heading it stands in.
  func add(_ text: Bytes) {
    guard !text.isEmpty else { return }
    page.search.add(text)
    titleText?.append(contentsOf: text)
    append(prose: text)
  }

  /// Appends prose, what abbreviations mean said in a title.
  private func append(prose text: Bytes) {
    var rest = text
    while !abbreviations.isEmpty, let (range, meaning) = abbreviations.first(in: rest) {
      out.append(prose: Bytes(rebasing: rest[..<range.lowerBound]))
      out.append("<abbr title=\"")
      out.append(text: meaning)
      out.append("\">")
      out.append(prose: Bytes(rebasing: rest[range]))
      out.append("</abbr>")
      rest = Bytes(rebasing: rest[range.upperBound...])
    }
    out.append(prose: rest)
  }

  func renderCode(_ node: CMarkNode) {
    var literal = node.literal
    if literal.count > 2, literal.first == Mathematics.mark, literal.last == Mathematics.mark {
      literal = Bytes(rebasing: literal[1..<(literal.count - 1)])
      note("mathematics not drawn, shown as its source", literal.string, line: line(of: node))
      out.append("<code class=\"mathematics\" title=\"TeX\">")
    } else {
      out.append("<code")
      if let (list, bytes) = attributes(after: node) {
        out.append(attributes: list)
        take(id: list.id, line: line(of: node))
        skipped = bytes
      }
      out.append(">")
    }
    if let (language, start) = Self.language(of: literal) {
      literal = Bytes(rebasing: literal[start...])
      Highlighter.append(literal, language: language, lines: Highlighter.Lines(), to: out)
    } else {
      out.append(escaping: literal)
    }
    out.append("</code>")
    out.lastProse = UInt8(ascii: "x")
    page.search.add(literal)
    titleText?.append(contentsOf: literal)
  }

  /// `` `#!py range(3)` ``: the language of code in the text, and where the code begins.
  private static func language(of literal: Bytes) -> (String, Int)? {
    let start = literal.has("#!", at: 0) ? 2 : literal.has(":::", at: 0) ? 3 : 0
    var end = start
    while end < literal.count, CodeByte.isWord(literal[end]) || "+.-#".utf8.contains(literal[end]) { end += 1 }
    guard start > 0, end > start, end + 1 < literal.count, literal[end] == 0x20 else { return nil }
    return (literal.string(start..<end).lowercased(), end + 1)
  }

  /// The text of a text node and of those that follow it, up to a number of bytes.
  func siblingText(from node: CMarkNode?, limit: Int) -> String {
    var bytes: [UInt8] = []
    var node = node
    while let current = node, current.type == CMARK_NODE_TEXT, bytes.count < limit {
      bytes.append(contentsOf: current.literal.prefix(limit - bytes.count))
      node = current.next
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What `{ … }` right after a node says, and how many bytes of text it takes.
  func attributes(after node: CMarkNode) -> (list: AttributeList, bytes: Int)? {
    guard let next = node.next, next.type == CMARK_NODE_TEXT, next.literal.first == UInt8(ascii: "{") else {
      return nil
    }
    let text = Array(siblingText(from: next, limit: 400).utf8)
    return text.withUnsafeBufferPointer { text in
      guard let end = AttributeList.end(in: text[...]) else { return nil }
      let list = AttributeList(parsing: text[1..<(end - 1)])
      return list.isMarked || !list.words.isEmpty ? (list, end) : nil
    }
  }

  // MARK: Links

  func enterLink(_ node: CMarkNode) -> Bool {
    let url = node.url
    if url.has("claim:", at: 0) {
      renderClaim(node)
      return false
    }
    if url.has("term:", at: 0) { return enterTerm(node) }
    let list = attributes(after: node)?.list
    // `[](){ #place }` is a place to link to.
    if url.isEmpty, let list, list.isMarked {
      out.append("<a")
      out.append(attributes: list)
      out.append(">")
      take(id: list.id, line: line(of: node))
      return true
    }
    out.append("<a href=\"")
    if url.first == UInt8(ascii: "#") || !url.contains(UInt8(ascii: ":")) {
      out.append(url: resolve(url.string, line: line(of: node)))
    } else {
      out.append(url: url)
    }
    out.append("\"")
    renderTitle(node)
    if let list {
      out.append(attributes: list)
      take(id: list.id, line: line(of: node))
    }
    out.append(">")
    if let text = node.firstChild, text.next == nil, text.type == CMARK_NODE_TEXT,
      url.elementsEqual(text.literal) || url.dropFirst(7).elementsEqual(text.literal) && url.has("mailto:", at: 0)
    {
      // An address is no prose.
      page.search.add(text.literal)
      titleText?.append(contentsOf: text.literal)
      out.append(escaping: text.literal)
      close("</a>", node)
      return false
    }
    linkDepth += 1
    scanInlines(of: node)
    return true
  }

  /// `[continuations](term:)`, or `[resumed](term:continuation)`: a link to the glossary, what the term means in its title.
  private func enterTerm(_ node: CMarkNode) -> Bool {
    let named = node.url.string.dropFirst("term:".count)
    let text = named.isEmpty ? node.plainText : String(named).replacing("%20", with: " ")
    linkDepth += 1
    guard let glossary = setting.glossary, let term = glossary[text] else {
      report("the glossary has no term “\(text)”", line: line(of: node))
      out.append("<a>")
      return true
    }
    out.append("<a class=\"term\" href=\"")
    out.append(url: resolve("/\(glossary.path)#\(term.id)", line: line(of: node)))
    out.append("\" title=\"")
    out.append(text: term.meaning)
    out.append("\">")
    scanInlines(of: node)
    return true
  }

  func renderTitle(_ node: CMarkNode) {
    let title = node.title
    guard !title.isEmpty else { return }
    out.append(" title=\"")
    out.append(escaping: title)
    out.append("\"")
  }

  /// The address to write for a link, noted to be checked; reports a dead one.
  func resolve(_ href: String, line: Int) -> String {
    switch setting.site.resolve(href, from: setting.source) {
    case .elsewhere: return href
    case .page(let source, let url, let fragment):
      page.links.append(RenderedPage.Link(source: source, fragment: fragment, line: ownLine(line)))
      if fragment.isEmpty { return url }
      return url + href[(href.firstIndex(of: "#") ?? href.endIndex)...]
    case .asset(let path, let url):
      // Ways within programs and pieces of text are no places.
      if SitePath.isHTML(path), let hash = href.firstIndex(of: "#") {
        let fragment = SitePath.decoded(href[href.index(after: hash)...])
        if !fragment.isEmpty, !fragment.hasPrefix("/"), !fragment.hasPrefix("!"), !fragment.hasPrefix(":~:") {
          page.links.append(RenderedPage.Link(source: path, fragment: fragment, line: ownLine(line)))
        }
      }
      return url
    case .dead(let message):
      report(message, line: line, .warning)
      return href
    }
  }

  /// The line of the page's own file that a line stands in, or that includes the file it stands in.
  private func ownLine(_ line: Int) -> Int {
    guard !setting.origins.isEmpty else { return line }
    let before = setting.origins.prefix(line).last { $0.file == setting.file }
    return (before?.line ?? 0) + (setting.origins.prefix(line).last?.file == setting.file ? 0 : 1)
  }

  // MARK: Images

  func renderImage(_ node: CMarkNode) {
    let line = line(of: node)
    let url = node.url
    if url.has("figure:", at: 0) {
      report("a figure stands in a paragraph of its own", line: line)
      return
    }
    let alt = InlineScanner.plain(node.plainText)
    // One with a caption is told of by that.
    if alt.allSatisfy(\.isWhitespace), captioned == 0, captionedElements == 0 {
      reportNoAltText(of: url.string, line: line)
    }
    var attributes = AttributeList()
    if let (list, bytes) = self.attributes(after: node) {
      attributes = list
      skipped = bytes
      take(id: list.id, line: line)
    }
    out.append("<img src=\"")
    let href = url.string
    for (fragment, name) in Self.schemes where href.hasSuffix(fragment) { attributes.classes.append(name) }
    switch setting.site.resolve(href, from: setting.source) {
    case .elsewhere: out.append(url: url)
    case .asset(let path, let address):
      out.append(url: address)
      page.assets.append(path)
      size(&attributes, of: path)
    case .page: report("not an image: \(href)", line: line, .warning)
    case .dead(let message):
      out.append(url: url)
      report(message, line: line, .warning)
    }
    out.append("\" alt=\"")
    out.append(text: alt)
    out.append("\"")
    renderTitle(node)
    if attributes["loading"] == nil { attributes.pairs.append(QueryItem(name: "loading", value: "lazy")) }
    out.append(attributes: attributes)
    out.append(">")
    page.search.add(node.title)
  }

  /// MkDocs asks for none, so that one who comes from there finds it worth knowing, and no fault.
  private func reportNoAltText(of image: String, line: Int) {
    report("image without alt text: \(image)", line: line, setting.dialect.isMkDocs ? .note : .warning)
  }

  /// Images for one of light and dark, by the end of their address.
  private static let schemes = [
    ("#only-light", "only-light"), ("#only-dark", "only-dark"), ("#gh-light-mode-only", "only-light"),
    ("#gh-dark-mode-only", "only-dark"),
  ]

  /// Gives an image its size, so that the page does not move when it arrives.
  private func size(_ attributes: inout AttributeList, of path: String) {
    guard attributes["height"] == nil, let size = setting.images.size(of: path), size.width > 0 else { return }
    guard let given = attributes["width"] else {
      attributes.pairs.append(QueryItem(name: "width", value: String(size.width)))
      attributes.pairs.append(QueryItem(name: "height", value: String(size.height)))
      return
    }
    guard let width = Int(given), width < 100_000 else { return }
    attributes.pairs.append(QueryItem(name: "height", value: String(width * size.height / size.width)))
  }

  // MARK: Raw HTML

  /// Appends HTML the author wrote, links between Markdown files made links between pages; notes ids, checks links and
  /// alt texts.
  func append(rawHTML html: Bytes, line: Int) {
    var from = 0
    for tag in RawHTML.tags(in: html) {
      take(id: tag["id"], line: line)
      if tag.name == "a", tag["id"] == nil, let name = tag["name"], !name.isEmpty { page.ids.append(name) }
      if tag.name == "img", tag["alt"] == nil {
        reportNoAltText(of: tag["src"] ?? "", line: line)
      }
      for attribute in tag.links where attribute.range.lowerBound >= from {
        let address = resolve(attribute.value, line: line)
        guard address != attribute.value else { continue }
        out.append(raw: Bytes(rebasing: html[from..<attribute.range.lowerBound]))
        out.append(url: address)
        from = attribute.range.upperBound
      }
    }
    out.append(raw: Bytes(rebasing: html[from...]))
  }
}

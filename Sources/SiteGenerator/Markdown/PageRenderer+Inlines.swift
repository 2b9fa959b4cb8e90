import CCMark

/// Running text: words, links, images, footnote marks, attributes.
extension PageRenderer {
  func renderText(_ node: CMarkNode) {
    var literal = node.literal
    if skipped > 0 {
      let taken = min(skipped, literal.count)
      skipped -= taken
      literal = Bytes(rebasing: literal[taken...])
      guard !literal.isEmpty else { return }
    }
    var from = 0
    while let mark = literal.find("[^", from: from, to: literal.count) {
      guard let close = literal.find("]", from: mark, to: min(literal.count, mark + 110)) else { break }
      from = mark + 1
      if renderFootnoteMark(literal.string((mark + 2)..<close), after: literal[..<mark], line: line(of: node)) {
        literal = Bytes(rebasing: literal[(close + 1)...])
        from = 0
      }
    }
    page.search.add(literal)
    appendMarked(literal)
  }

  /// Appends prose with `~~struck~~` and `==marked==` pieces. Both marks of a piece stand in the same run of text.
  private func appendMarked(_ text: Bytes) {
    var rest = text
    while let (range, inner, tag) = Self.firstMark(in: rest) {
      append(prose: Bytes(rebasing: rest[..<range.lowerBound]))
      out.append("<")
      out.append(tag)
      out.append(">")
      append(prose: Bytes(rebasing: rest[inner]))
      out.append("</")
      out.append(tag)
      out.append(">")
      rest = Bytes(rebasing: rest[range.upperBound...])
    }
    append(prose: rest)
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

  private static func firstMark(in text: Bytes) -> (range: Range<Int>, inner: Range<Int>, tag: StaticString)? {
    let marks: [(StaticString, StaticString)] = [("~~", "del"), ("==", "mark")]
    var first: (range: Range<Int>, inner: Range<Int>, tag: StaticString)?
    for (mark, tag) in marks {
      guard let open = text.find(mark, from: 0, to: first?.range.lowerBound ?? text.count), open + 2 < text.count,
        text[open + 2] > 0x20, open == 0 || !CodeByte.isWord(text[open - 1]),
        let close = text.find(mark, from: open + 3, to: text.count), text[close - 1] > 0x20
      else { continue }
      first = (open..<(close + 2), (open + 2)..<close, tag)
    }
    return first
  }

  func renderCode(_ node: CMarkNode) {
    out.append("<code")
    if let (list, bytes) = attributes(after: node) {
      out.append(attributes: list)
      skipped = bytes
    }
    out.append(">")
    let literal = node.literal
    out.append(escaping: literal)
    out.append("</code>")
    out.lastProse = UInt8(ascii: "x")
    page.search.add(literal)
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
    let text = siblingText(from: next, limit: 400)
    guard let close = text.utf8.firstIndex(of: UInt8(ascii: "}")) else { return nil }
    let list = AttributeList(parsing: text.utf8[..<close])
    guard list.isMarked || !list.words.isEmpty else { return nil }
    return (list, text.utf8.distance(from: text.startIndex, to: close) + 1)
  }

  // MARK: Links

  func enterLink(_ node: CMarkNode) -> Bool {
    let url = node.url
    if url.has("claim:", at: 0) {
      renderClaim(node)
      return false
    }
    out.append("<a href=\"")
    if url.first == UInt8(ascii: "#") || !url.contains(UInt8(ascii: ":")) {
      out.append(url: resolve(url.string, line: line(of: node)))
    } else {
      out.append(url: url)
    }
    out.append("\"")
    renderTitle(node)
    if let list = attributes(after: node)?.list {
      out.append(attributes: list)
      if let id = list.id {
        page.ids.append(id)
        if !ids.take(id) { report("id used twice on the page: \(id)", line: line(of: node), .warning) }
      }
    }
    out.append(">")
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
      page.links.append(RenderedPage.Link(source: source, fragment: fragment, line: line))
      if fragment.isEmpty { return url }
      return url + href[(href.firstIndex(of: "#") ?? href.endIndex)...]
    case .asset(_, let url): return url
    case .dead(let message):
      report(message, line: line, .warning)
      return href
    }
  }

  // MARK: Images

  func renderImage(_ node: CMarkNode) {
    let line = line(of: node)
    let url = node.url
    if url.has("figure:", at: 0) {
      report("a figure stands in a paragraph of its own", line: line)
      return
    }
    let alt = node.plainText
    if alt.allSatisfy(\.isWhitespace) { report("image without alt text: \(url.string)", line: line, .warning) }
    var attributes = AttributeList()
    if let (list, bytes) = self.attributes(after: node) {
      attributes = list
      skipped = bytes
    }
    out.append("<img src=\"")
    let href = url.string
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

  /// Notes ids, checks links and alt texts in HTML the author wrote.
  func inspect(rawHTML: Bytes, line: Int) {
    for tag in RawHTML.tags(in: rawHTML) {
      if let id = tag["id"] {
        page.ids.append(id)
        if !ids.take(id) { report("id used twice on the page: \(id)", line: line, .warning) }
      }
      if tag.name == "img", tag["alt"] == nil {
        report("image without alt text: \(tag["src"] ?? "")", line: line, .warning)
      }
      for name in ["href", "src"] {
        if let value = tag[name], !value.isEmpty { _ = resolve(value, line: line) }
      }
    }
  }
}

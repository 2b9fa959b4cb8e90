import CCMark

/// What each node of the tree becomes.
extension PageRenderer {
  /// Begins a node; false if it has been dealt with and its children are to be passed over.
  func enter(_ node: CMarkNode) -> Bool {
    switch node.type {
    case CMARK_NODE_TEXT: renderText(node)
    case CMARK_NODE_SOFTBREAK:
      skipped = 0
      page.search.separate()
      out.append("\n")
      out.lastProse = 0x0a
    case CMARK_NODE_LINEBREAK:
      out.append("<br>\n")
      out.lastProse = 0x0a
    case CMARK_NODE_CODE: renderCode(node)
    case CMARK_NODE_HTML_INLINE:
      out.append(raw: node.literal)
      inspect(rawHTML: node.literal, line: line(of: node))
    case CMARK_NODE_EMPH: open("<em", node)
    case CMARK_NODE_STRONG: open("<strong", node)
    case CMARK_NODE_LINK: return enterLink(node)
    case CMARK_NODE_IMAGE:
      renderImage(node)
      return false
    case CMARK_NODE_PARAGRAPH: return enterParagraph(node)
    case CMARK_NODE_HEADING: enterHeading(node)
    case CMARK_NODE_CODE_BLOCK: renderCodeBlock(node)
    case CMARK_NODE_HTML_BLOCK: renderHTMLBlock(node)
    case CMARK_NODE_THEMATIC_BREAK: out.append("<hr>\n")
    case CMARK_NODE_BLOCK_QUOTE: out.append("<blockquote>\n")
    case CMARK_NODE_LIST: enterList(node)
    case CMARK_NODE_ITEM: enterItem(node)
    default: break
    }
    return true
  }

  /// Ends a node that has children.
  func leave(_ node: CMarkNode) {
    switch node.type {
    case CMARK_NODE_EMPH: close("</em>", node)
    case CMARK_NODE_STRONG: close("</strong>", node)
    case CMARK_NODE_LINK: close("</a>", node)
    case CMARK_NODE_PARAGRAPH: leaveParagraph(node)
    case CMARK_NODE_HEADING: leaveHeading(node)
    case CMARK_NODE_BLOCK_QUOTE: out.append("</blockquote>\n")
    case CMARK_NODE_LIST:
      out.append(cmark_node_get_list_type(node.pointer) == CMARK_ORDERED_LIST ? "</ol>\n" : "</ul>\n")
    case CMARK_NODE_ITEM: out.append("</li>\n")
    default: break
    }
  }

  private func open(_ tag: StaticString, _ node: CMarkNode) {
    out.append(tag)
    if let list = attributes(after: node)?.list { out.append(attributes: list) }
    out.append(">")
  }

  private func close(_ tag: StaticString, _ node: CMarkNode) {
    out.append(tag)
    if let bytes = attributes(after: node)?.bytes { skipped = bytes }
  }

  // MARK: Paragraphs

  private func enterParagraph(_ node: CMarkNode) -> Bool {
    skipped = 0
    out.lastProse = UInt8(ascii: " ")
    page.search.separate()
    if let image = node.firstChild, image.type == CMARK_NODE_IMAGE, image.next == nil, image.url.has("figure:", at: 0) {
      renderFigure(image)
      return false
    }
    if isWrapped(node) {
      out.append("<p")
      if let attributes = blockAttributes(of: node) {
        out.append(attributes: attributes)
        if let id = attributes.id {
          page.ids.append(id)
          if !ids.take(id) { report("id used twice on the page: \(id)", line: line(of: node), .warning) }
        }
      }
      out.append(">")
    }
    if let checked = pendingTask {
      pendingTask = nil
      out.append(checked ? "<input type=\"checkbox\" disabled checked> " : "<input type=\"checkbox\" disabled> ")
      skipped = 4
    }
    return true
  }

  private func leaveParagraph(_ node: CMarkNode) {
    skipped = 0
    if isWrapped(node) {
      out.append("</p>\n")
    } else if node.next != nil {
      out.append("\n")
    }
  }

  /// Whether a paragraph shows as one: not in a tight list, and not when it is but the image of a figure.
  private func isWrapped(_ node: CMarkNode) -> Bool {
    if figureDepth > 0, node.firstChild?.type == CMARK_NODE_IMAGE || isLinkedImage(node.firstChild) { return false }
    guard let list = node.parent?.parent, list.type == CMARK_NODE_LIST else { return true }
    return cmark_node_get_list_tight(list.pointer) == 0
  }

  private func isLinkedImage(_ node: CMarkNode?) -> Bool {
    node?.type == CMARK_NODE_LINK && node?.firstChild?.type == CMARK_NODE_IMAGE
  }

  /// What `{ … }` at the end of a heading, or on a line below a paragraph, says.
  private func blockAttributes(of node: CMarkNode) -> AttributeList? {
    guard !part.blockAttributes.isEmpty else { return nil }
    let lines = max(0, Int(node.line) - 1)..<max(1, Int(node.endLine))
    return lines.reversed().lazy.compactMap { self.part.blockAttributes[$0] }.first
  }

  // MARK: Headings

  private func enterHeading(_ node: CMarkNode) {
    let level = Int(cmark_node_get_heading_level(node.pointer))
    var attributes = blockAttributes(of: node) ?? AttributeList()
    let text = plainText(of: node)
    let id: String
    if let given = attributes.id {
      id = given
      if !ids.take(given) { report("id used twice on the page: \(given)", line: line(of: node), .warning) }
    } else {
      id = ids.make(for: text)
    }
    attributes.id = id
    page.ids.append(id)
    page.headings.append(RenderedPage.Heading(level: level, id: id, text: text))
    page.search.begin(section: id, title: text, level: level)
    out.lastProse = UInt8(ascii: " ")
    skipped = 0
    out.append("<h")
    out.append(number: level)
    out.append(attributes: attributes)
    out.append(">")
  }

  private func leaveHeading(_ node: CMarkNode) {
    let level = Int(cmark_node_get_heading_level(node.pointer))
    skipped = 0
    if level > 1, let heading = page.headings.last {
      out.append("<a class=\"anchor\" href=\"#")
      out.append(url: heading.id)
      out.append("\" aria-label=\"Link to this section\">#</a>")
    }
    out.append("</h")
    out.append(number: level)
    out.append(">\n")
    page.search.endTitle()
  }

  /// The text of a heading, footnote marks left out.
  private func plainText(of node: CMarkNode) -> String {
    var text = node.plainText
    guard text.utf8.contains(UInt8(ascii: "[")) else { return text }
    while let open = text.range(of: "[^"), let close = text[open.upperBound...].firstIndex(of: "]"),
      footnotes.isDefined(String(text[open.upperBound..<close]))
    {
      text.removeSubrange(open.lowerBound...close)
    }
    return text
  }

  // MARK: Lists

  private func enterList(_ node: CMarkNode) {
    guard cmark_node_get_list_type(node.pointer) == CMARK_ORDERED_LIST else {
      out.append("<ul>\n")
      return
    }
    let start = Int(cmark_node_get_list_start(node.pointer))
    out.append("<ol")
    if start != 1 {
      out.append(" start=\"")
      out.append(number: start)
      out.append("\"")
    }
    out.append(">\n")
  }

  private func enterItem(_ node: CMarkNode) {
    guard let paragraph = node.firstChild, paragraph.type == CMARK_NODE_PARAGRAPH,
      let first = paragraph.firstChild, first.type == CMARK_NODE_TEXT, first.literal.has("[", at: 0)
    else {
      out.append("<li>")
      return
    }
    switch siblingText(from: first, limit: 4) {
    case "[ ] ": startTask(checked: false)
    case "[x] ", "[X] ": startTask(checked: true)
    default: out.append("<li>")
    }
  }

  private func startTask(checked: Bool) {
    out.append(checked ? "<li class=\"task done\">" : "<li class=\"task\">")
    pendingTask = checked
  }

  // MARK: Raw HTML

  /// A block of raw HTML: as it is, but for the comments that stand for lifted blocks.
  private func renderHTMLBlock(_ node: CMarkNode) {
    let first = max(0, Int(node.line) - 1)
    let last = min(part.feed.count, max(first + 1, Int(node.endLine)))
    guard first < last, part.feed[first..<last].contains(where: { $0.lifted >= 0 }) else {
      out.append(raw: node.literal)
      inspect(rawHTML: node.literal, line: line(of: node))
      return
    }
    for fed in part.feed[first..<last] {
      if fed.lifted >= 0 {
        render(part.lifted[fed.lifted])
      } else {
        let raw = Bytes(rebasing: text[fed.line.start..<fed.line.end])
        out.append(raw: raw)
        out.append("\n")
        inspect(rawHTML: raw, line: fed.line.number)
      }
    }
  }
}

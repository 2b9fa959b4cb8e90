import CCMark

/// What each node of the tree becomes.
extension PageRenderer {
  /// Begins a node; false if it has been dealt with and its children are to be passed over.
  func enter(_ node: CMarkNode) -> Bool {
    beginCaptioned(node)
    switch node.type {
    case CMARK_NODE_TEXT: renderText(node)
    case CMARK_NODE_SOFTBREAK:
      skipped = 0
      titleText?.append(UInt8(ascii: " "))
      page.search.separate()
      out.append("\n")
      out.lastProse = 0x0a
    case CMARK_NODE_LINEBREAK:
      out.append("<br>\n")
      out.lastProse = 0x0a
    case CMARK_NODE_CODE: renderCode(node)
    case CMARK_NODE_HTML_INLINE:
      append(rawHTML: node.literal, line: line(of: node))
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
    case CMARK_NODE_LIST: return enterList(node)
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
    case CMARK_NODE_LINK:
      linkDepth -= linkDepth > 0 ? 1 : 0
      close("</a>", node)
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
    if let list = attributes(after: node)?.list {
      out.append(attributes: list)
      take(id: list.id, line: line(of: node))
    }
    out.append(">")
    scanInlines(of: node)
  }

  func close(_ tag: StaticString, _ node: CMarkNode) {
    out.append(tag)
    if let bytes = attributes(after: node)?.bytes { skipped = bytes }
  }

  // MARK: Paragraphs

  private func enterParagraph(_ node: CMarkNode) -> Bool {
    skipped = !part.prefixed.isEmpty && part.prefixed.contains(part.index(node.line)) ? 1 : 0
    out.lastProse = UInt8(ascii: " ")
    page.search.separate()
    if let image = node.firstChild, image.type == CMARK_NODE_IMAGE, image.next == nil, image.url.has("figure:", at: 0) {
      renderFigure(image)
      return false
    }
    let attributes = blockAttributes(of: node)
    if isWrapped(node) {
      out.append("<p")
      if let attributes {
        out.append(attributes: attributes)
        take(id: attributes.id, line: line(of: node))
      }
      out.append(">")
    }
    if attributes?.has(class: "annotate") == true, let annotations = annotations(in: node.next) {
      annotated(by: annotations) { walkChildren(of: node) }
      leaveParagraph(node)
      return false
    }
    scanInlines(of: node)
    if let checked = pendingTask {
      pendingTask = nil
      out.append(
        checked
          ? "<input type=\"checkbox\" aria-label=\"Done\" disabled checked> "
          : "<input type=\"checkbox\" aria-label=\"To be done\" disabled> ")
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
    let first = max(0, part.index(node.line))
    let lines = first..<max(first + 1, part.index(node.endLine) + 1)
    return lines.reversed().lazy.compactMap { self.part.blockAttributes[$0] }.first
  }

  // MARK: Headings

  private func enterHeading(_ node: CMarkNode) {
    page.headings.append(
      RenderedPage.Heading(level: Int(cmark_node_get_heading_level(node.pointer)), id: "", text: ""))
    page.search.beginTitle()
    out.lastProse = UInt8(ascii: " ")
    skipped = 0
    titleText = []
    headingStart = out.count
    scanInlines(of: node)
  }

  /// Ends a heading: its id is made from what it says, so its tag is written last.
  private func leaveHeading(_ node: CMarkNode) {
    skipped = 0
    let level = Int(cmark_node_get_heading_level(node.pointer))
    let content = out.cut(from: headingStart)
    let text = String(decoding: titleText ?? [], as: UTF8.self).trimmed
    titleText = nil
    var attributes = blockAttributes(of: node) ?? AttributeList()
    let given = attributes.id
    let id = given ?? ids.make(for: text)
    if let given, !ids.take(given) {
      report("id used twice on the page: \(given)", line: line(of: node), .warning)
    }
    attributes.id = id
    page.ids.append(id)
    page.headings[page.headings.count - 1].id = id
    page.headings[page.headings.count - 1].text = attributes["data-toc-label"] ?? text
    page.search.begin(section: id, title: text, level: level)
    page.search.endTitle()
    out.append("<h")
    out.append(number: level)
    out.append(attributes: attributes)
    out.append(">")
    out.append(markup: content)
    if level > 1 {
      out.append("<a class=\"anchor\" href=\"#")
      out.append(url: id)
      out.append("\" aria-label=\"Link to this section\">#</a>")
    }
    out.append("</h")
    out.append(number: level)
    out.append(">\n")
  }

  // MARK: Lists

  /// Begins a list; false if it is done with, as one whose words have notes in a list below.
  private func enterList(_ node: CMarkNode) -> Bool {
    if annotations == nil, let item = node.children.last, let paragraph = item.firstChild,
      blockAttributes(of: paragraph)?.has(class: "annotate") == true, let annotations = annotations(in: node.next)
    {
      annotated(by: annotations) { walk(node) }
      return false
    }
    openList(node)
    return true
  }

  private func openList(_ node: CMarkNode) {
    let isAnnotating = node.firstChild.map { annotationItems[$0.pointer] != nil } ?? false
    guard cmark_node_get_list_type(node.pointer) == CMARK_ORDERED_LIST else {
      out.append("<ul>\n")
      return
    }
    let start = Int(cmark_node_get_list_start(node.pointer))
    out.append("<ol")
    if isAnnotating { out.append(" class=\"annotations\"") }
    if start != 1 {
      out.append(" start=\"")
      out.append(number: start)
      out.append("\"")
    }
    out.append(">\n")
  }

  private func enterItem(_ node: CMarkNode) {
    guard let paragraph = node.firstChild, paragraph.type == CMARK_NODE_PARAGRAPH else {
      openItem(node, "")
      return
    }
    var mark = ""
    if let first = paragraph.firstChild, first.type == CMARK_NODE_TEXT, first.literal.has("[", at: 0) {
      mark = siblingText(from: first, limit: 4)
    }
    switch mark {
    case "[ ] ": pendingTask = false
    case "[x] ", "[X] ": pendingTask = true
    default: break
    }
    let classes = pendingTask.map { $0 ? "task done" : "task" } ?? ""
    openItem(node, classes, isWrapped(paragraph) ? nil : blockAttributes(of: paragraph))
  }

  private func openItem(_ node: CMarkNode, _ classes: String, _ attributes: AttributeList? = nil) {
    var attributes = attributes ?? AttributeList()
    take(id: attributes.id, line: line(of: node))
    // Once: when its document is gone, another item may lie in its place.
    if let id = annotationItems.removeValue(forKey: node.pointer) { attributes.id = id }
    out.append("<li")
    out.append(attributes: attributes, classes: classes)
    out.append(">")
  }

  // MARK: Raw HTML

  /// A block of raw HTML: as it is, but for the comments that stand for lifted blocks.
  private func renderHTMLBlock(_ node: CMarkNode) {
    let lines = feedLines(of: node)
    guard lines.contains(where: { part.feed[$0].lifted >= 0 }) else {
      append(rawHTML: node.literal, line: line(of: node))
      return
    }
    for index in lines {
      let fed = part.feed[index]
      if fed.lifted >= 0 {
        render(part.lifted[fed.lifted], before: node.next)
      } else if fed.replacement == nil {
        append(rawHTML: Bytes(rebasing: text[fed.line.start..<fed.line.end]), line: fed.line.number)
        out.append("\n")
      }
    }
  }

  /// The indices in the feed of a block's lines.
  private func feedLines(of node: CMarkNode) -> Range<Int> {
    let first = max(0, part.index(node.line))
    let last = min(part.feed.count, max(first + 1, part.index(node.endLine) + 1))
    return first < last ? first..<last : 0..<0
  }

  // MARK: Captions

  /// Opens a figure around a block that a caption follows.
  private func beginCaptioned(_ node: CMarkNode) {
    guard part.hasCaptions, let caption = caption(node.next) else { return }
    figureDepth += 1
    captioned += 1
    out.append("<figure")
    out.append(attributes: caption.attributes)
    out.append(">\n")
    if caption.isAbove { renderCaption(caption) }
  }

  /// The caption that a node is.
  private func caption(_ node: CMarkNode?) -> Caption? {
    guard let node, node.type == CMARK_NODE_HTML_BLOCK, let index = feedLines(of: node).first,
      part.feed[index].lifted >= 0, case .caption(let caption) = part.lifted[part.feed[index].lifted]
    else { return nil }
    return caption
  }

  func renderCaption(_ caption: Caption) {
    out.append("<figcaption>\n")
    if let counted = caption.counted {
      counters.captions[counted, default: 0] += 1
      var label = "\(counted) \(caption.number ?? String(counters.captions[counted] ?? 1))."
      out.append("<p class=\"caption-label\">")
      out.append(text: label)
      out.append("</p>\n")
      label.withUTF8 { page.search.add(block: $0) }
    }
    renderBlocks(caption.body)
    out.append("</figcaption>\n")
  }
}

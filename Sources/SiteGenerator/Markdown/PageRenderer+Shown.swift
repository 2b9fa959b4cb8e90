/// Markdown with what becomes of it below, for pages about writing pages: `!!! shown "A table"`. Both are made of the same
/// lines.
extension PageRenderer {
  func renderShown(_ block: Admonition) {
    var source: [UInt8] = []
    for line in block.body {
      source += text[line.start..<line.end]
      source.append(0x0a)
    }
    while source.last == 0x0a { source.removeLast() }
    out.append("<div class=\"shown\">\n")
    source.withUnsafeBufferPointer {
      renderCode($0, language: "markdown", title: block.title, lines: Highlighter.Lines(), classes: [])
    }
    out.append("<div class=\"becomes\">\n")
    renderBlocks(block.body)
    out.append("</div>\n</div>\n")
  }
}

import CCMark

/// What the lifted blocks become.
extension PageRenderer {
  /// Renders a block; `next` is what stands below it.
  func render(_ block: LiftedBlock, before next: CMarkNode? = nil) {
    switch block {
    case .admonition(let admonition) where admonition.classes.first == "predict": renderQuestion(admonition)
    case .admonition(let admonition) where admonition.classes.first == "knob": renderKnob(admonition)
    case .admonition(let admonition) where admonition.classes.first == "shown": renderShown(admonition)
    case .admonition(let admonition) where admonition.classes.contains("annotate"):
      annotated(by: annotations(in: next)) { render(admonition) }
    case .admonition(let admonition): render(admonition)
    case .element(let element): render(element, before: next)
    case .table(let table) where table.attributes.has(class: "annotate"):
      annotated(by: annotations(in: next)) { render(table) }
    case .table(let table): render(table)
    case .tabs(let tabs): render(tabs)
    case .quote(let lines): renderQuote(lines)
    case .definitions(let groups): render(groups)
    case .caption(let caption): renderClosing(caption)
    case .mathematics(let lines): renderMathematics(lines)
    case .verbatim(let lines): renderVerbatim(lines)
    case .reference(let name, let line): renderReference(name, line: line)
    }
  }

  // MARK: Admonitions

  func render(_ admonition: Admonition) {
    let kind = admonition.classes.first ?? ""
    let isFolded = admonition.folding != .never
    let title = admonition.title ?? kind.prefix(1).uppercased() + kind.dropFirst()
    out.append(isFolded ? "<details class=\"" : "<div class=\"")
    out.append(text: (["admonition"] + admonition.classes).joined(separator: " "))
    out.append("\"")
    if admonition.folding == .open { out.append(" open") }
    out.append(">\n")
    page.search.separate()
    if !title.isEmpty || isFolded {
      out.append(isFolded ? "<summary>" : "<p class=\"admonition-title\">")
      renderRun(title.utf8, line: admonition.line)
      out.append(isFolded ? "</summary>\n" : "</p>\n")
    }
    page.search.separate()
    renderBlocks(admonition.body)
    out.append(isFolded ? "</details>\n" : "</div>\n")
  }

  /// `> [!NOTE]` is an admonition on code hosts, so it is one here; `[!tip]-` is a folded one in notebooks.
  private func renderQuote(_ lines: [Line]) {
    if let first = lines.first, let admonition = alert(first, body: Array(lines.dropFirst())) {
      render(admonition)
      return
    }
    out.append("<blockquote>\n")
    renderBlocks(lines)
    out.append("</blockquote>\n")
  }

  /// The note that a quote's first line makes it.
  private func alert(_ line: Line, body: [Line]) -> Admonition? {
    let text = self.text.string(line.trimmed(in: self.text))
    guard text.hasPrefix("[!"), let close = text.firstIndex(of: "]") else { return nil }
    let kind = text[..<close].dropFirst(2).lowercased()
    guard !kind.isEmpty, kind.utf8.allSatisfy({ (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-") }) else {
      return nil
    }
    var rest = text[text.index(after: close)...]
    let folding: Admonition.Folding = rest.first == "-" ? .closed : rest.first == "+" ? .open : .never
    if folding != .never { rest = rest.dropFirst() }
    // An address behind it makes it a link, or an image's text.
    guard rest.first.map(\.isWhitespace) ?? true else { return nil }
    let title = rest.trimmed
    return Admonition(
      folding: folding, classes: [kind], title: title.isEmpty ? nil : title, line: line.number, body: body)
  }

  // MARK: Elements

  private func render(_ element: MarkdownElement, before next: CMarkNode? = nil) {
    out.append("<")
    out.append(markup: element.tag)
    out.append(attributes: element.attributes)
    out.append(">")
    take(id: element.attributes.id, line: element.line)
    switch element.content {
    case .text:
      let joined = element.body.map { text[$0.start..<$0.end] }.joined(separator: [0x20])
      renderRun(joined, line: element.line)
    case .html: renderHTML(element.body)
    case .blocks:
      out.append("\n")
      figureDepth += element.tag == "figure" ? 1 : 0
      let hasCaption = element.body.contains { text.find("<figcaption", from: $0.start, to: $0.end) != nil }
      captionedElements += hasCaption ? 1 : 0
      if element.attributes.has(class: "annotate") {
        parseBlocks(element.body, inElement: true) { document in
          annotated(by: annotations(in: next) ?? annotations(in: document.children.last)) { walk(document) }
        }
      } else {
        renderBlocks(element.body, inElement: true)
      }
      figureDepth -= element.tag == "figure" ? 1 : 0
      captionedElements -= hasCaption ? 1 : 0
    }
    out.append("</")
    out.append(markup: element.tag)
    out.append(">\n")
  }

  /// HTML with Markdown in some of its elements.
  private func renderHTML(_ lines: [Line]) {
    var index = 0
    var start = lines.first?.start ?? 0
    while index < lines.count {
      let line = lines[index]
      guard let found = MarkdownElement.markedTag(text, start..<max(start, line.end)), depth < Self.maximumDepth,
        let end = MarkdownElement.end(of: found.tag, in: text, lines, from: index, at: found.end),
        var element = MarkdownElement(
          found.tag, AttributeList(parsing: text[found.attributes..<(found.end - 1)]), inElement: true)
      else {
        append(rawHTML: Bytes(rebasing: text[start..<max(start, line.end)]), line: line.number)
        out.append("\n")
        index += 1
        if index < lines.count { start = lines[index].start }
        continue
      }
      append(rawHTML: Bytes(rebasing: text[start..<found.start]), line: line.number)
      element.line = line.number
      element.body = end.body.trimmedBlank(in: text).dedented(in: text)
      // A line alone is text, as it is in a table.
      if element.body.count <= 1, element.content == .blocks, element.tag != "div" { element.content = .text }
      depth += 1
      render(element)
      depth -= 1
      index = end.line
      start = end.rest
    }
  }

  // MARK: Definitions, captions, sources

  private func render(_ groups: [DefinitionGroup]) {
    out.append("<dl>\n")
    for group in groups {
      for term in group.terms {
        var line = term.trimmedEnd(in: text)
        line.start = line.content(in: text).start
        var attributes = AttributeList()
        if let (start, list) = AttributeList.trailing(in: text, line.start..<line.end) {
          line.end = start
          attributes = list
        }
        if attributes.id == nil, setting.glossary?.path == setting.source {
          attributes.id = Glossary.id(of: text.string(line.start..<line.trimmedEnd(in: text).end))
        }
        out.append("<dt")
        out.append(attributes: attributes)
        out.append(">")
        take(id: attributes.id, line: line.number)
        page.search.separate()
        renderRun(text[line.start..<line.trimmedEnd(in: text).end], line: line.number)
        out.append("</dt>\n")
      }
      for body in group.bodies {
        out.append("<dd>\n")
        renderBlocks(body)
        out.append("</dd>\n")
      }
    }
    out.append("</dl>\n")
  }

  /// Ends the figure that was opened before the block above a caption.
  private func renderClosing(_ caption: Caption) {
    if !caption.isAbove { renderCaption(caption) }
    guard captioned > 0 else { return }
    captioned -= 1
    figureDepth -= 1
    out.append("</figure>\n")
  }

  private func renderMathematics(_ lines: [Line]) {
    var source = lines.map { text.string($0.start..<$0.end) }.joined(separator: "\n") + "\n"
    note("mathematics not drawn, shown as its source", source, line: lines.first?.number ?? 0)
    renderSource(&source, language: "tex", title: "Mathematics, as TeX")
  }

  /// What a program writes about code, as the name of the code.
  private func renderReference(_ name: String, line: Int) {
    note("reference that a plugin makes, shown as its name", name, line: line)
    out.append("<div id=\"")
    out.append(text: name)
    out.append("\">\n")
    take(id: name, line: line)
    // The plugin makes a place for everything in it.
    page.ids.append(name + ".*")
    var source = name + "\n"
    renderSource(&source, language: "", title: "Reference, made of the code by mkdocstrings")
    out.append("</div>\n")
  }

  /// Something that is not drawn, as its labelled source.
  func renderSource(_ source: inout String, language: String, title: String) {
    source.withUTF8 {
      renderCode($0, language: language, title: title, lines: Highlighter.Lines(), classes: ["undrawn"])
    }
  }

  private func renderVerbatim(_ lines: [Line]) {
    out.append("<pre class=\"verbatim\">")
    for line in lines {
      out.append(escaping: Bytes(rebasing: text[line.start..<line.end]))
      out.append("\n")
    }
    out.append("</pre>\n")
  }

  // MARK: Tables

  private func render(_ table: Table) {
    out.append("<div class=\"table\" tabindex=\"0\"><table")
    out.append(attributes: table.attributes)
    out.append(">\n<thead>\n")
    render(rows: [table.header], of: table, isHeader: true)
    out.append("</thead>\n")
    if !table.rows.isEmpty {
      out.append("<tbody>\n")
      render(rows: table.rows, of: table, isHeader: false)
      out.append("</tbody>\n")
    }
    out.append("</table></div>\n")
  }

  /// A cell as it is to be made.
  private struct Cell {
    var column: Int
    var attributes: AttributeList
    var isLast = false
    var isHeading: Bool
  }

  private func render(rows lines: [Line], of table: Table, isHeader: Bool) {
    let columns = table.alignments.count
    var runs = Runs(reserving: lines.reduce(0) { $0 + $1.end - $1.start + 8 })
    var cells: [Cell] = []
    for line in lines {
      for (column, content) in Table.cells(text, line).prefix(columns).enumerated() {
        var content = content
        var attributes = AttributeList()
        if content.last == UInt8(ascii: "}"),
          let (start, list) = AttributeList.trailing(in: text, content.startIndex..<content.endIndex),
          start == content.startIndex || text[start - 1] == 0x20
        {
          content = text[content.startIndex..<max(content.startIndex, start - 1)]
          attributes = list
        }
        runs.add(cell: prepared(content, line: line.number), line: line.number)
        // A corner without a word heads nothing.
        cells.append(
          Cell(column: column, attributes: attributes, isHeading: isHeader && !content.allSatisfy { $0 <= 0x20 }))
      }
      if !cells.isEmpty { cells[cells.count - 1].isLast = true }
    }
    var lacking = 0
    render(
      runs,
      before: { index in
        let cell = cells[index]
        if cell.column == 0 { out.append("<tr>") }
        open(cell, table)
        page.search.separate()
      },
      after: { index in
        let cell = cells[index]
        out.append(cell.isHeading ? "</th>" : "</td>")
        guard cell.isLast else { return }
        for column in (cell.column + 1)..<max(cell.column + 1, columns) {
          guard cellsLeft > 0 else {
            lacking += 1
            break
          }
          cellsLeft -= 1
          open(Cell(column: column, attributes: AttributeList(), isHeading: false), table)
          out.append("</td>")
        }
        out.append("</tr>\n")
      })
    if lacking > 0 {
      report("too many cells are missing: \(lacking) rows are shorter", line: table.header.number, .warning)
    }
  }

  private func open(_ cell: Cell, _ table: Table) {
    out.append(cell.isHeading ? "<th" : "<td")
    let side =
      switch table.alignments[cell.column] {
      case .none: ""
      case .left: "left"
      case .center: "center"
      case .right: "right"
      }
    out.append(attributes: cell.attributes, classes: side)
    take(id: cell.attributes.id, line: table.header.number)
    out.append(">")
  }

  // MARK: Tabs

  /// Tabs that need no script: one radio button each.
  private func render(_ tabs: [Tab]) {
    counters.tabs += 1
    // Capital letters are the site's: no heading's id has any.
    let group = "Tabs-\(counters.tabs)"
    let shown = tabs.firstIndex { $0.isSelected } ?? 0
    out.append("<div class=\"tabs\">\n")
    for (index, tab) in tabs.enumerated() {
      out.append(markup: "<input type=\"radio\" name=\"\(group)\" id=\"\(group)-\(index + 1)\"")
      if index == shown { out.append(" checked") }
      out.append(markup: "><label for=\"\(group)-\(index + 1)\"")
      if let id = tabID(tab) {
        out.append(" id=\"")
        out.append(text: id)
        out.append("\"")
      }
      out.append(">")
      renderRun(tab.title.utf8, line: tab.line)
      out.append("</label>\n<div class=\"tab\">\n")
      renderBlocks(tab.body)
      out.append("</div>\n")
    }
    out.append("</div>\n")
  }

  /// The id of a tab, where the site gives them any: its title's, below that of the section it stands in.
  private func tabID(_ tab: Tab) -> String? {
    guard let style = setting.dialect.tabIDs else { return nil }
    let title = HeadingIDs.letters(InlineScanner.plain(tab.title))
    let section = style == .belowSection ? page.headings.last.map { $0.id + "-" } ?? "" : ""
    let id = ids.make(for: section + title)
    page.ids.append(id)
    return id
  }
}

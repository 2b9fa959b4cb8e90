/// What the lifted blocks become.
extension PageRenderer {
  func render(_ block: LiftedBlock) {
    switch block {
    case .admonition(let admonition) where admonition.classes.first == "predict": renderQuestion(admonition)
    case .admonition(let admonition): render(admonition)
    case .element(let element): render(element)
    case .table(let table): render(table)
    case .tabs(let tabs): render(tabs)
    case .quote(let lines): renderQuote(lines)
    }
  }

  // MARK: Admonitions

  func render(_ admonition: Admonition) {
    let kind = admonition.classes.first ?? "note"
    let isFolded = admonition.folding != .never
    let title = admonition.title ?? kind.prefix(1).uppercased() + kind.dropFirst().replacing("-", with: " ")
    out.append(isFolded ? "<details class=\"admonition " : "<div class=\"admonition ")
    out.append(text: admonition.classes.joined(separator: " "))
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

  /// `> [!NOTE]` is an admonition on code hosts, so it is one here.
  private func renderQuote(_ lines: [Line]) {
    if let first = lines.first, let kind = alertKind(first) {
      render(
        Admonition(
          folding: .never, classes: [kind], title: nil, line: first.number, body: Array(lines.dropFirst())))
      return
    }
    out.append("<blockquote>\n")
    renderBlocks(lines)
    out.append("</blockquote>\n")
  }

  private func alertKind(_ line: Line) -> String? {
    let text = self.text.string(line.start..<line.trimmedEnd(in: self.text).end)
    return ["note", "tip", "important", "warning", "caution"].first { text.lowercased() == "[!\($0)]" }
  }

  // MARK: Elements

  private func render(_ element: MarkdownElement) {
    out.append("<")
    out.append(markup: element.tag)
    out.append(attributes: element.attributes)
    for word in element.attributes.words {
      out.append(" ")
      out.append(text: word)
    }
    out.append(">")
    if let id = element.attributes.id {
      page.ids.append(id)
      if !ids.take(id) { report("id used twice on the page: \(id)", line: element.line, .warning) }
    }
    if element.isInline {
      let joined = element.body.map { text[$0.start..<$0.end] }.joined(separator: [0x20])
      renderRun(joined, line: element.line)
    } else {
      out.append("\n")
      figureDepth += element.tag == "figure" ? 1 : 0
      renderBlocks(element.body, inElement: true)
      figureDepth -= element.tag == "figure" ? 1 : 0
    }
    out.append("</")
    out.append(markup: element.tag)
    out.append(">\n")
  }

  // MARK: Tables

  private func render(_ table: Table) {
    out.append("<div class=\"table\" tabindex=\"0\"><table>\n<thead>\n")
    render(row: [table.header], of: table, isHeader: true)
    out.append("</thead>\n")
    if !table.rows.isEmpty {
      out.append("<tbody>\n")
      render(row: table.rows, of: table, isHeader: false)
      out.append("</tbody>\n")
    }
    out.append("</table></div>\n")
  }

  private func render(row lines: [Line], of table: Table, isHeader: Bool) {
    let columns = table.alignments.count
    var runs = Runs(reserving: lines.reduce(0) { $0 + $1.end - $1.start + 3 * columns })
    // A corner without a word heads nothing.
    var isCorner: [Bool] = []
    for line in lines {
      let cells = Table.cells(text, line)
      for column in 0..<columns {
        let cell = column < cells.count ? cells[column] : text[0..<0]
        runs.add(cell: cell, line: line.number)
        if isHeader { isCorner.append(cell.allSatisfy { $0 <= 0x20 }) }
      }
    }
    render(
      runs,
      before: { index in
        if index % columns == 0 { out.append("<tr>") }
        out.append(isHeader && !isCorner[index] ? "<th" : "<td")
        switch table.alignments[index % columns] {
        case .none: break
        case .left: out.append(" class=\"left\"")
        case .center: out.append(" class=\"center\"")
        case .right: out.append(" class=\"right\"")
        }
        out.append(">")
        page.search.separate()
      },
      after: { index in
        out.append(isHeader && !isCorner[index] ? "</th>" : "</td>")
        if index % columns == columns - 1 { out.append("</tr>\n") }
      })
  }

  // MARK: Tabs

  /// Tabs that need no script: one radio button each.
  private func render(_ tabs: [Tab]) {
    counters.tabs += 1
    let group = "tabs-\(counters.tabs)"
    out.append("<div class=\"tabs\">\n")
    for (index, tab) in tabs.enumerated() {
      out.append(markup: "<input type=\"radio\" name=\"\(group)\" id=\"\(group)-\(index + 1)\"")
      if index == 0 { out.append(" checked") }
      out.append(markup: "><label for=\"\(group)-\(index + 1)\">")
      renderRun(tab.title.utf8, line: tab.line)
      out.append("</label>\n<div class=\"tab\">\n")
      renderBlocks(tab.body)
      out.append("</div>\n")
    }
    out.append("</div>\n")
  }
}

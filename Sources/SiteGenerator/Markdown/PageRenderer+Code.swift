import CCMark

/// Fenced code: as written, or included from the source that runs.
extension PageRenderer {
  func renderCodeBlock(_ node: CMarkNode) {
    let info = node.fenceInfo
    guard !info.isEmpty else {
      renderAnnotated(node, language: "", title: nil, lines: Highlighter.Lines(), classes: [])
      return
    }
    let list = AttributeList(parsing: info)
    var classes = list.classes
    let language = (list.words.first ?? (classes.isEmpty ? "" : classes.removeFirst())).lowercased()
    var lines = Highlighter.Lines()
    if let marked = list["hl_lines"] { lines.marked = LineNumbers(marked) }
    if let number = list["linenums"] { lines.firstNumber = Int(number.split(separator: " ").first ?? "") ?? 1 }
    if let id = list.id {
      take(id: id, line: line(of: node))
      out.append("<div id=\"")
      out.append(text: id)
      out.append("\">\n")
    }
    defer { if list.id != nil { out.append("</div>\n") } }
    if language == "mermaid" {
      var source = node.literal.string
      note("diagram not drawn, shown as its source", "mermaid", line: line(of: node))
      return renderSource(&source, language: language, title: "Diagram, as Mermaid")
    }
    if let capture = list["from"] { return renderTranscript(node, of: capture, list, lines) }
    guard let file = list["file"] else {
      renderAnnotated(node, language: language, title: list["title"], lines: lines, classes: classes)
      return
    }
    renderIncluded(file, list, language, lines, at: line(of: node), fallback: node.literal)
  }

  /// Code as it stands in the page, the notes on its lines linked to.
  private func renderAnnotated(
    _ node: CMarkNode, language: String, title: String?, lines: Highlighter.Lines, classes: [String]
  ) {
    guard let (annotations, code) = annotations(of: node) else {
      renderCode(node.literal, language: language, title: title, lines: lines, classes: classes)
      return
    }
    let start = out.count
    code.withUnsafeBufferPointer {
      renderCode($0, language: language, title: title, lines: lines, classes: classes)
    }
    link(from: start, annotations)
  }

  /// Code between two marks of a source file, or the difference between two such regions.
  private func renderIncluded(
    _ file: String, _ list: AttributeList, _ language: String, _ lines: Highlighter.Lines, at line: Int, fallback: Bytes
  ) {
    var lines = lines
    do {
      var region = try source(file, list["region"])
      if let other = list["diff"] {
        let parts = other.split(separator: "#", maxSplits: 1)
        let after =
          parts.count == 2
          ? try source(String(parts[0]), String(parts[1]))
          : other.contains("/") ? try source(other, nil) : try source(file, other)
        let difference = LineDifference(from: region.text, to: after.text)
        region.text = difference.text
        lines.changes = difference.changes
      } else if list.words.contains("linenums") || list["linenums"] != nil {
        lines.firstNumber = region.firstLine
      }
      let language = language.isEmpty ? Self.language(of: file) : language
      var text = region.text
      text.withUTF8 {
        renderCode(
          $0, language: language, title: list["title"] ?? file, lines: lines, classes: ["from-source"],
          source: list["diff"] == nil ? list["region"].map { "\(file)#\($0)" } ?? file : nil)
      }
    } catch {
      report("\(error)", line: line)
      renderCode(fallback, language: language, title: list["title"], lines: lines, classes: [])
    }
  }

  private func source(_ file: String, _ region: String?) throws -> SourceRegion {
    page.references.append("source:\(file)\(region.map { "#" + $0 } ?? "")")
    return try setting.evidence.source(SourceReference(file: file, region: region))
  }

  func renderCode(
    _ code: Bytes, language: String, title: String?, lines: Highlighter.Lines, classes: [String], source: String? = nil
  ) {
    out.append("<div class=\"code")
    for name in classes {
      out.append(" ")
      out.append(text: name)
    }
    if lines.firstNumber != nil { out.append(" numbered") }
    out.append("\"")
    if !language.isEmpty {
      out.append(" data-language=\"")
      out.append(text: language)
      out.append("\"")
    }
    // Where it can be edited: see `lab serve`.
    if let source {
      out.append(" data-source=\"")
      out.append(text: source)
      out.append("\"")
    }
    out.append(">")
    if var title, !title.isEmpty {
      title.withUTF8 { page.search.add(block: $0) }
      out.append("<div class=\"code-title\">")
      out.append(text: title)
      out.append("</div>")
    }
    out.append("<pre tabindex=\"0\"")
    if let first = lines.firstNumber, first != 1 {
      out.append(" style=\"counter-reset:line ")
      out.append(number: first &- 1)
      out.append("\"")
    }
    out.append("><code>")
    page.search.add(block: code)
    Highlighter.append(code, language: language, lines: lines, to: out)
    out.append("</code></pre></div>\n")
  }

  private static func language(of file: String) -> String {
    guard let dot = file.lastIndex(of: ".") else { return "" }
    return String(file[file.index(after: dot)...])
  }
}

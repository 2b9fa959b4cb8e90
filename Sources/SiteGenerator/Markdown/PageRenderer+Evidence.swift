import CCMark

/// Figures and claims: what the lab measured, asked for by an image or a link.
extension PageRenderer {
  /// `![caption](figure:capture?parameters "Figure 7")`, alone in its paragraph.
  func renderFigure(_ node: CMarkNode) {
    counters.figures += 1
    let url = node.url.string
    let line = line(of: node)
    let (capture, parameters) = Self.reference(url.dropFirst("figure:".count))
    let title = node.title.string
    let id = ids.make(for: title.isEmpty ? "figure-\(counters.figures)" : title)
    page.ids.append(id)
    page.references.append(url)
    let reference = FigureReference(
      capture: capture, parameters: parameters, caption: node.plainText, title: title, id: id,
      code: node.codeSpans, isPicture: drawsPictures > 0)
    if reference.caption.isEmpty { report("figure without a caption: \(url)", line: line, .warning) }
    let caption = fragment { walkChildren(of: node) }
    pendingFigures.append(
      PendingFigure(
        reference: reference, url: url, caption: caption, line: line, place: out.count,
        section: page.headings.count, searchSection: page.search.sections.count - 1))
  }

  /// `[prose](claim:capture?parameters)`, and the punctuation that must not be parted from it.
  func renderClaim(_ node: CMarkNode) {
    counters.claims += 1
    let url = node.url.string
    let line = line(of: node)
    let (capture, parameters) = Self.reference(url.dropFirst("claim:".count))
    let opening = out.last == UInt8(ascii: "(") ? out.cut(from: out.count - 1) : ""
    let prose = fragment { walkChildren(of: node) }
    if prose.contains("<a ") { report("a link or a footnote cannot stand in a claim", line: line, .warning) }
    page.references.append(url)
    let reference = ClaimReference(capture: capture, parameters: parameters, line: line)
    claims[page.headings.count, default: []].append(reference)
    let attributes = attributes(after: node)?.bytes ?? 0
    let closing = punctuation(after: node, from: attributes)
    do {
      let claim = try setting.evidence.claim(reference)
      switch claim.verdict {
      case .holds: break
      case .differsHere(let reason):
        report("differs here: \(claim.question) is \(claim.measured), not \(claim.bound): \(reason)", line: line, .note)
      case .notMeasuredHere(let reason): report("not measured here: \(claim.question): \(reason)", line: line, .note)
      case .fails: report("false: \(claim.question) is \(claim.measured), not \(claim.bound)", line: line)
      }
      let plain = node.plainText
      if let fault = StatedNumber.fault(in: plain, measured: claim) { report(fault, line: line, .warning) }
      if firstMeasured == nil, StatedNumber(plain) != nil {
        (firstMeasured, firstQuestion) = (claim.number, claim.question)
      }
      let id = ids.make(for: "claim-\(counters.claims)")
      page.ids.append(id)
      let said = Self.said(plain, claim)
      out.append(
        markup: setting.markup.claim(
          claim, capture: capture, prose: said.map { Self.said(prose, claim) ?? HTMLBuffer.escaped($0) } ?? prose,
          plain: said ?? plain, id: id, opening: opening, closing: closing))
    } catch {
      report("\(error)", line: line)
      out.append(markup: opening)
      out.append("<span class=\"claim failed\">")
      out.append(markup: prose)
      out.append("</span>")
      out.append(markup: closing)
    }
    skipped = attributes + closing.utf8.count
  }

  /// A claim's prose with the measured number in the place of the written one; nil if it begins with none.
  private static func said(_ prose: String, _ claim: CheckedClaim) -> String? {
    guard let number = claim.number, let stated = StatedNumber(prose) else { return nil }
    return stated.saying(number).replacing(" %", with: "\u{A0}%").replacing(" ± ", with: "\u{A0}±\u{A0}")
  }

  /// The punctuation right behind a node, `from` bytes of its attributes passed over.
  private func punctuation(after node: CMarkNode, from: Int) -> String {
    let text = siblingText(from: node.next, limit: from + 4).utf8.dropFirst(from)
    let marks = text.prefix { ".,;:!?)".utf8.contains($0) }
    // Three dots are one mark, made of them where prose is set.
    guard !marks.starts(with: "...".utf8) else { return "" }
    let punctuation = String(decoding: marks, as: UTF8.self)
    var found = punctuation
    found.withUTF8 { page.search.add($0) }
    return punctuation
  }

  /// What rendering something appends, taken out of the page again.
  private func fragment(_ render: () -> Void) -> String {
    let start = out.count
    render()
    return out.cut(from: start)
  }

  /// `path?name=value&…` taken apart and percent-decoded.
  static func reference(_ text: Substring) -> (path: String, parameters: [QueryItem]) {
    let question = text.firstIndex(of: "?") ?? text.endIndex
    let items = text[question...].dropFirst().split(separator: "&").map { item in
      let equals = item.firstIndex(of: "=") ?? item.endIndex
      return QueryItem(
        name: SitePath.decoded(item[..<equals]), value: SitePath.decoded(item[equals...].dropFirst()))
    }
    return (SitePath.decoded(text[..<question]), items)
  }
}

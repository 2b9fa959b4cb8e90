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
      code: node.codeSpans)
    if reference.caption.isEmpty { report("figure without a caption: \(url)", line: line, .warning) }
    let caption = fragment { walkChildren(of: node) }
    pendingFigures.append(
      PendingFigure(
        reference: reference, url: url, caption: caption, line: line, place: out.count,
        section: page.headings.count, searchSection: page.search.sections.count - 1))
  }

  /// `[prose](claim:capture?parameters)`.
  func renderClaim(_ node: CMarkNode) {
    counters.claims += 1
    let url = node.url.string
    let line = line(of: node)
    let (capture, parameters) = Self.reference(url.dropFirst("claim:".count))
    let prose = fragment { walkChildren(of: node) }
    page.references.append(url)
    let reference = ClaimReference(capture: capture, parameters: parameters, line: line)
    claims[page.headings.count, default: []].append(reference)
    do {
      let claim = try setting.evidence.claim(reference)
      switch claim.verdict {
      case .holds: break
      case .differsHere(let reason):
        report("differs here: \(claim.question) is \(claim.measured), not \(claim.bound): \(reason)", line: line, .note)
      case .fails: report("false: \(claim.question) is \(claim.measured), not \(claim.bound)", line: line)
      }
      let id = ids.make(for: "claim-\(counters.claims)")
      page.ids.append(id)
      out.append(markup: setting.markup.claim(claim, capture: capture, prose: prose, id: id))
    } catch {
      report("\(error)", line: line)
      out.append("<span class=\"claim failed\">")
      out.append(markup: prose)
      out.append("</span>")
    }
    if let bytes = attributes(after: node)?.bytes { skipped = bytes }
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

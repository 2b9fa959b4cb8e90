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
      capture: capture, parameters: parameters, caption: node.plainText, title: title, id: id)
    if reference.caption.isEmpty { report("figure without a caption: \(url)", line: line, .warning) }
    do {
      let figure = try setting.evidence.figure(reference)
      if figure.alt.isEmpty { report("figure without alt text: \(url)", line: line, .warning) }
      let download = figure.download.map { keep(download: $0, for: capture) }
      let caption = fragment { walkChildren(of: node) }
      out.append(markup: setting.markup.figure(figure, reference, caption: caption, download: download))
    } catch {
      report("\(error)", line: line)
      renderFailure("This figure could not be drawn: \(error)")
    }
  }

  /// `[prose](claim:capture?parameters)`.
  func renderClaim(_ node: CMarkNode) {
    counters.claims += 1
    let url = node.url.string
    let line = line(of: node)
    let (capture, parameters) = Self.reference(url.dropFirst("claim:".count))
    let prose = fragment { walkChildren(of: node) }
    page.references.append(url)
    do {
      let claim = try setting.evidence.claim(ClaimReference(capture: capture, parameters: parameters))
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

  private func renderFailure(_ message: String) {
    out.append("<p class=\"failure\">")
    out.append(text: message)
    out.append("</p>\n")
  }

  /// What rendering something appends, taken out of the page again.
  private func fragment(_ render: () -> Void) -> String {
    let start = out.count
    render()
    return out.cut(from: start)
  }

  /// Has a raw capture copied into the site; returns how this page links to it.
  private func keep(download path: String, for capture: String) -> String {
    let name = path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
    let suffix = name.firstIndex(of: ".").map { name[$0...] } ?? ""
    let target = "captures/" + capture.replacing("/", with: "-") + suffix
    page.downloads.append(RenderedPage.Download(from: path, to: target))
    return SitePath.relative(target, from: SitePath.directory(of: setting.source))
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

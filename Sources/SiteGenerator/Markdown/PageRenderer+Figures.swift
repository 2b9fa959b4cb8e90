import CCMark

/// A figure whose place on the page is known, to be drawn when the whole page has been read.
struct PendingFigure {
  var reference: FigureReference
  /// The address it was asked for by.
  var url: String
  /// The caption's HTML.
  var caption: String
  var line: Int
  /// How much of the page stands before it, in bytes.
  var place: Int
  /// The section it stands in, counted in headings before it.
  var section: Int
  /// The same for the search index.
  var searchSection: Int
}

/// Figures are drawn last: one has to show the functions that the claims around it are about, below it too.
extension PageRenderer {
  /// The page, figures put in their places.
  func drawFigures() -> [UInt8] {
    let bytes = out.bytes
    guard !pendingFigures.isEmpty else { return bytes }
    var page: [UInt8] = []
    var from = 0
    for figure in pendingFigures {
      page += bytes[from..<figure.place]
      page += draw(figure).utf8
      from = figure.place
    }
    return page + bytes[from...]
  }

  private func draw(_ pending: PendingFigure) -> String {
    var reference = pending.reference
    reference.claims = claims[pending.section] ?? []
    do {
      var figure = try setting.evidence.figure(reference)
      if reference.isPicture { figure.body = keep(pictures: figure.pictures, of: figure, reference) }
      if figure.alt.isEmpty { report("figure without alt text: \(pending.url)", line: pending.line, .warning) }
      for flaw in figure.flaws { report(flaw.message, line: pending.line, flaw.severity) }
      var words = ([figure.command] + figure.functions).joined(separator: " ")
      words.withUTF8 { page.search.add(block: $0, toSection: pending.searchSection) }
      let download = figure.download.map { keep(download: $0, for: reference.capture) }
      let walk = figure.walk.map { keep(walk: $0, for: reference.capture) }
      return setting.markup.figure(figure, reference, caption: pending.caption, download: download, walk: walk)
    } catch {
      report("\(error)", line: pending.line)
      let message = HTMLBuffer()
      message.append("<p class=\"failure\">")
      message.append(text: "This figure could not be drawn: \(error)")
      message.append("</p>\n")
      return String(decoding: message.bytes, as: UTF8.self)
    }
  }

  /// Has the page that goes with a figure written into the site; returns how this page links to it.
  private func keep(walk: RenderedFigure.Walk, for capture: String) -> String {
    let target = "walks/" + capture.replacing("/", with: "-") + "-" + walk.name + ".html"
    page.companions.append(RenderedPage.Companion(path: target, contents: Array(walk.page.utf8)))
    return SitePath.relative(target, from: SitePath.directory(of: setting.source))
  }

  /// Has the drawings of a figure written as files of their own; returns what shows them. A screen that is too narrow for
  /// one shows the next.
  private func keep(pictures: [RenderedFigure.Picture], of figure: RenderedFigure, _ reference: FigureReference)
    -> String
  {
    let page = String(SitePath.stem(setting.source) ?? setting.source[...]).replacing("/", with: "-")
    let files = pictures.sorted { $0.width > $1.width }.map {
      picture -> (picture: RenderedFigure.Picture, link: String) in
      let path = "figures/\(page)-\(reference.id)-\(picture.width).svg"
      self.page.companions.append(RenderedPage.Companion(path: path, contents: Array(picture.svg.utf8)))
      return (picture, SitePath.relative(path, from: SitePath.directory(of: setting.source)))
    }
    guard let widest = files.first else { return figure.body }
    var markup = "<picture>"
    for (wider, file) in zip(files, files.dropFirst()).reversed() {
      let size = "width=\"\(file.picture.width)\" height=\"\(file.picture.height)\""
      markup += "<source media=\"(max-width: \(wider.picture.width)px)\" srcset=\"\(file.link)\" \(size)>"
    }
    return markup + "<img src=\"\(widest.link)\" width=\"\(widest.picture.width)\" height=\"\(widest.picture.height)\" "
      + "loading=\"lazy\" alt=\"\(HTMLBuffer.escaped(figure.alt))\"></picture>"
  }

  /// Has a raw capture copied into the site; returns how this page links to it.
  private func keep(download path: String, for capture: String) -> String {
    let name = path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
    let suffix = name.firstIndex(of: ".").map { name[$0...] } ?? ""
    let target = "captures/" + capture.replacing("/", with: "-") + suffix
    page.downloads.append(RenderedPage.Download(from: path, to: target))
    return SitePath.relative(target, from: SitePath.directory(of: setting.source))
  }
}

extension CMarkNode {
  /// The texts of the code spans in the node.
  var codeSpans: [String] {
    var spans: [String] = []
    forEachDescendant { node in
      if node.type == CMARK_NODE_CODE { spans.append(node.literal.string) }
    }
    return spans
  }
}

import Mustache

/// Makes one page after another, on any thread: text to HTML, into the template, onto the disk.
struct PageMaker: Sendable {
  let generator: SiteGenerator
  let theme: Theme
  let site: SiteMap
  let navigation: Navigation
  let environment: String
  let writes: Bool
  let snippets: Snippets
  let dialect: Dialect
  let glossary: Glossary?

  /// A page and whether it was made anew.
  struct Made: Sendable {
    var record: PageRecord
    var isNew: Bool
  }

  /// Makes a page unless nothing it depends on has changed.
  func make(_ index: Int, _ read: ReadSource, last: PageRecord?) -> Result<Made, any Error> {
    let page = navigation.pages[index]
    let target = generator.output + "/" + page.page
    if let last, last.contentHash == read.contentHash, last.source == page,
      !last.problems.contains(where: { $0.severity == .error }),
      last.key == key(index, read, last.references, last.assets), FileStamp(target) == last.output,
      last.companions.allSatisfy({ FileStamp(generator.output + "/" + $0.path) == $0.stamp })
    {
      var record = last
      record.stamp = read.stamp
      return .success(Made(record: record, isNew: false))
    }
    return Result {
      let rendered = render(page, read)
      let html = assemble(index, rendered)
      if writes { try Files.write(html, to: target) }
      let companions = try rendered.companions.map(write)
      let record = PageRecord(
        source: page, stamp: read.stamp, contentHash: read.contentHash,
        key: key(index, read, rendered.references, rendered.assets),
        output: FileStamp(target) ?? FileStamp(size: 0, modified: 0), ids: rendered.ids.joined(separator: "\n"),
        places: rendered.links.filter { !$0.fragment.isEmpty },
        references: rendered.references, assets: rendered.assets, downloads: rendered.downloads,
        companions: companions, included: read.included,
        problems: rendered.problems, search: SearchIndex.entry(for: page, rendered.search))
      return Made(record: record, isNew: true)
    }
  }

  private func write(_ companion: RenderedPage.Companion) throws -> PageRecord.Companion {
    let target = generator.output + "/" + companion.path
    if writes {
      try Files.makeDirectory(String(SitePath.directory(of: target)))
      _ = try Files.update(target, with: companion.contents)
    }
    return PageRecord.Companion(
      path: companion.path, stamp: FileStamp(target) ?? FileStamp(size: 0, modified: 0))
  }

  /// A hash of all that a page is made from.
  private func key(_ index: Int, _ read: ReadSource, _ references: [String], _ assets: [String]) -> String {
    var hash = ContentHash()
    hash.add(environment)
    hash.add(read.contentHash)
    navigation.add(index, to: &hash)
    if !references.isEmpty { hash.add(generator.evidence.fingerprint(references)) }
    for path in assets {
      hash.add(path)
      hash.add(site.assets[path]?.modified ?? 0)
      hash.add(site.assets[path]?.size ?? 0)
    }
    return hash.hex
  }

  private func render(_ source: PageSource, _ read: ReadSource) -> RenderedPage {
    let file = generator.content + "/" + source.path
    let text: PageText
    do {
      text = try read.text ?? PageText(Files.read(file), of: file, snippets: snippets)
    } catch {
      var page = RenderedPage()
      page.problems = [Problem(file: file, line: 0, message: "\(error)")]
      return page
    }
    let setting = PageRenderer.Setting(
      source: source.path, file: file, site: site, evidence: generator.evidence,
      images: ImageSizes(root: generator.content), markup: EvidenceMarkup(templates: theme.templates),
      dialect: dialect, glossary: glossary, origins: text.expansion?.origins ?? [])
    return text.bytes.withUnsafeBufferPointer { bytes in
      let renderer = PageRenderer(text: bytes, setting: setting)
      if let problem = text.problem { renderer.report(problem.message, line: problem.line) }
      for problem in text.expansion?.problems ?? [] { renderer.report(problem.message, line: problem.line) }
      for code in text.shortcodes {
        renderer.note("shortcode that a hook makes, shown as its words", "md:\(code.name)", line: code.line)
      }
      if text.isRepaired { renderer.report("not UTF-8 throughout", line: 0, .warning) }
      return renderer.render(
        Line.split(bytes, from: text.front.textStart, firstNumber: text.front.firstLine))
    }
  }

  // MARK: The template

  static let contentMark = "<!--content-->"

  /// The page's template around the page's text.
  private func assemble(_ index: Int, _ rendered: RenderedPage) -> [ArraySlice<UInt8>] {
    let context = PageContext(maker: self, index: index, page: rendered).values
    let shell = Array((theme.templates.render(context, withTemplate: "page") ?? "").utf8)
    let mark = Array(Self.contentMark.utf8)
    let at = shell.withUnsafeBufferPointer { $0.find("<!--content-->", from: 0, to: $0.count) } ?? shell.count
    return [shell[..<at], rendered.html[...], shell[min(at + mark.count, shell.count)...]]
  }
}

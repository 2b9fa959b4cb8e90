import CCMark

/// Turns one page's Markdown into HTML: lifts the blocks CommonMark lacks, lets libcmark parse the rest, walks its tree.
///
/// One renderer makes one page. It appends to one buffer and keeps what the site needs to know of the page: headings,
/// ids, links, references to evidence, problems.
final class PageRenderer {
  /// What a page is rendered in.
  struct Setting {
    /// The Markdown file's path in the content.
    var source: String
    /// The file as problems name it.
    var file: String
    var site: SiteMap
    var evidence: Evidence
    var images: ImageSizes
    var markup: EvidenceMarkup
  }

  static let maximumDepth = 48

  let setting: Setting
  let text: Bytes
  var page = RenderedPage()
  let out: HTMLBuffer
  var ids = HeadingIDs()
  var footnotes = Footnotes()
  let definitions: LinkDefinitions
  let abbreviations: Abbreviations
  /// How deep in lifted blocks we are.
  var depth = 0
  /// How deep in figures: there a paragraph that holds but an image is not wrapped.
  var figureDepth = 0
  /// Bytes of the following text nodes that were already read as attributes, footnote labels or check boxes.
  var skipped = 0
  /// A list item's check box, until its first paragraph begins.
  var pendingTask: Bool?
  var part = Part()
  var counters = Counters()
  var pendingFigures: [PendingFigure] = []
  /// The claims of each section, by how many headings stand before it.
  var claims: [Int: [ClaimReference]] = [:]

  /// The first number that claims measured since this was set to nil: what an option of a question is drawn with.
  var firstMeasured: MeasuredNumber?

  struct Counters {
    var figures = 0
    var claims = 0
    var tabs = 0
    var questions = 0
  }

  init(text: Bytes, setting: Setting) {
    self.text = text
    out = HTMLBuffer(reserving: text.count * 2 + 4096)
    self.setting = setting
    definitions = LinkDefinitions(in: text)
    abbreviations = Abbreviations(in: text)
    page.search = SearchText(budget: SearchText.Budget(pages: setting.site.pages.count))
  }

  /// Renders the whole text from a line on.
  func render(_ lines: [Line]) -> RenderedPage {
    renderBlocks(lines)
    renderFootnotes()
    page.html = drawFigures()
    return page
  }

  func report(_ message: String, line: Int, _ severity: Problem.Severity = .error) {
    page.problems.append(Problem(file: setting.file, line: line, message: message, severity: severity))
  }

  // MARK: Blocks

  /// Renders lines as blocks, what was lifted from them included.
  func renderBlocks(_ lines: [Line], inElement: Bool = false) { parseBlocks(lines, inElement: inElement, walk) }

  /// Parses lines as blocks and hands over the document, with all it takes to walk its nodes.
  func parseBlocks(_ lines: [Line], inElement: Bool = false, _ visit: (CMarkNode) -> Void) {
    guard depth < Self.maximumDepth else {
      report("nested more than \(Self.maximumDepth) deep", line: lines.first?.number ?? 0)
      return
    }
    var lifter = BlockLifter(text: text, lines: lines)
    lifter.inElement = inElement
    lifter.liftsQuotes = depth < Self.maximumDepth - 1
    let inner = lifter.lift()
    for problem in inner.problems { report(problem.message, line: problem.line, .warning) }
    for note in inner.footnotes where !footnotes.define(note) {
      report("footnote defined twice: \(note.label)", line: note.line, .warning)
    }
    guard let tree = parse(inner) else { return }
    let outer = part
    part = inner
    depth += 1
    visit(CMarkNode(tree.root))
    depth -= 1
    part = outer
  }

  private func parse(_ part: Part) -> CMarkTree? {
    let needed = depth == 0 ? [] : definitions.used(in: part, of: text)
    return CMarkTree { parser in
      var at = 0
      while at < part.feed.count {
        let fed = part.feed[at]
        if fed.lifted >= 0 {
          for _ in 0..<fed.indent { cmark_parser_feed(parser, " ", 1) }
          cmark_parser_feed(parser, "<!-- -->\n", 9)
          at += 1
          continue
        }
        var end = fed.line.end
        at += 1
        while at < part.feed.count, part.feed[at].lifted < 0, part.feed[at].line.start == end + 1 {
          end = part.feed[at].line.end
          at += 1
        }
        feed(parser, fed.line.start..<end)
      }
      if !needed.isEmpty { cmark_parser_feed(parser, "\n", 1) }
      for range in needed { feed(parser, range) }
    }
  }

  /// Feeds a range and the newline that ends it.
  private func feed(_ parser: OpaquePointer, _ range: Range<Int>) {
    guard let base = text.baseAddress else { return }
    let hasNewline = range.upperBound < text.count && text[range.upperBound] == 0x0a
    base.withMemoryRebound(to: CChar.self, capacity: text.count) {
      cmark_parser_feed(parser, $0 + range.lowerBound, range.count + (hasNewline ? 1 : 0))
    }
    if !hasNewline { cmark_parser_feed(parser, "\n", 1) }
  }

  // MARK: Inline text

  /// Runs of text, each without block structure, made ready to be parsed at once.
  ///
  /// Every run becomes a paragraph that begins with `;`, so that none can begin a list, heading or the like; the mark
  /// is skipped when the paragraph is walked.
  struct Runs {
    fileprivate var source: [UInt8] = []
    fileprivate var lines: [Part.FedLine] = []
    fileprivate(set) var count = 0

    init(reserving bytes: Int = 0) { source.reserveCapacity(bytes) }

    /// Adds a run that stands in the given line of the page's source.
    mutating func add(_ run: some Sequence<UInt8>, line: Int) {
      source.append(UInt8(ascii: ";"))
      for byte in run { source.append(byte == 0x0a ? 0x20 : byte) }
      source.append(0x0a)
      source.append(0x0a)
      let fed = Part.FedLine(line: Line(start: 0, end: 0, number: line))
      lines.append(fed)
      lines.append(fed)
      count += 1
    }
  }

  /// Renders runs of text, calling `before` and `after` around each.
  func render(_ runs: Runs, before: (Int) -> Void, after: (Int) -> Void) {
    var source = runs.source
    if !definitions.isEmpty {
      runs.source.withUnsafeBufferPointer { runs in
        for range in definitions.used(in: runs, of: text) {
          source.append(contentsOf: text[range])
          source.append(0x0a)
        }
      }
    }
    let tree = CMarkTree { parser in
      source.withUnsafeBytes {
        cmark_parser_feed(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
    }
    guard let tree else { return }
    let outer = part
    part = Part()
    part.feed = runs.lines
    var paragraph = CMarkNode(tree.root).firstChild
    for index in 0..<runs.count {
      before(index)
      if let node = paragraph, node.type == CMARK_NODE_PARAGRAPH {
        skipped = 1
        out.lastProse = UInt8(ascii: " ")
        walkChildren(of: node)
        skipped = 0
      }
      after(index)
      paragraph = paragraph?.next
    }
    part = outer
  }

  /// Renders one run of text.
  func renderRun(_ run: some Sequence<UInt8>, line: Int) {
    var runs = Runs()
    runs.add(run, line: line)
    render(runs, before: { _ in }, after: { _ in })
  }

  // MARK: The walk

  func walkChildren(of node: CMarkNode) {
    var child = node.firstChild
    while let current = child {
      walk(current)
      child = current.next
    }
  }

  /// Visits a node and all below it, without recursion.
  func walk(_ root: CMarkNode) {
    guard let iterator = cmark_iter_new(root.pointer) else { return }
    defer { cmark_iter_free(iterator) }
    while true {
      let event = cmark_iter_next(iterator)
      guard event != CMARK_EVENT_DONE, let node = CMarkNode(cmark_iter_get_node(iterator)) else { return }
      if event == CMARK_EVENT_ENTER {
        if !enter(node) { cmark_iter_reset(iterator, node.pointer, CMARK_EVENT_EXIT) }
      } else {
        leave(node)
      }
    }
  }

  /// The line of the source a node begins in.
  func line(of node: CMarkNode) -> Int {
    var node = node
    while node.line == 0, let parent = node.parent { node = parent }
    return part.sourceLine(node.line)
  }
}

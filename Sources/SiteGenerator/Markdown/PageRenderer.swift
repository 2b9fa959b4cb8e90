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
    /// What the site's extensions make of signs that are plain text without them.
    var dialect = Dialect()
    /// The site's terms.
    var glossary: Glossary?
    /// Where the lines of a text come from that holds other files; empty if each is its own file's.
    var origins: [LineOrigin] = []
  }

  static let maximumDepth = 48

  let setting: Setting
  let text: Bytes
  var page = RenderedPage()
  let out: HTMLBuffer
  var ids = HeadingIDs()
  var footnotes = Footnotes()
  private(set) var definitions = LinkDefinitions()
  let abbreviations: Abbreviations
  /// Which inline marks the page has.
  var syntax: InlineSyntax
  /// What is to be put where in the text nodes of the tree that is walked.
  var edits: [OpaquePointer: [InlineEdit]] = [:]
  /// How deep in links we are.
  var linkDepth = 0
  /// The text of the heading that is being made.
  var titleText: [UInt8]?
  /// Where in the page, in bytes, the heading begins that is being made.
  var headingStart = 0
  /// The list that `(1)` leads to, and the ids of the items of such lists.
  var annotations: Annotations?
  var annotationItems: [OpaquePointer: String] = [:]
  private let hasMathematics: Bool
  private let mayHaveSpacedReferences: Bool
  /// Whether the page has more brackets than libcmark may be given at once.
  private let hasManyBrackets: Bool
  /// Cells of tables that may yet be filled in for those that a row lacks.
  var cellsLeft = 20_000
  /// What is shown as its source, with how often and where first.
  private var notes: [(kind: String, source: String, line: Int, count: Int)] = []
  private var placeOfNote: [String: Int] = [:]
  /// How deep in lifted blocks we are.
  var depth = 0
  /// How deep in figures: there a paragraph that holds but an image is not wrapped.
  var figureDepth = 0
  /// How many figures are open whose caption comes, and how many elements that hold theirs.
  var captioned = 0
  var captionedElements = 0
  /// Bytes of the following text nodes that were already read as attributes, footnote labels or check boxes.
  var skipped = 0
  /// A list item's check box, until its first paragraph begins.
  var pendingTask: Bool?
  var part = Part()
  var counters = Counters()
  var pendingFigures: [PendingFigure] = []
  /// The claims of each section, by how many headings stand before it.
  var claims: [Int: [ClaimReference]] = [:]

  /// The first number that claims stated since this was set to nil: what an option of a question, or
  /// a stop of a knob, is drawn with.
  var firstMeasured: MeasuredNumber?
  /// What that number is of.
  var firstQuestion = ""
  /// How deep in blocks whose figures are files of their own.
  var drawsPictures = 0

  struct Counters {
    var figures = 0
    var claims = 0
    var tabs = 0
    var questions = 0
    var knobs = 0
    var annotations = 0
    var captions: [String: Int] = [:]
  }

  init(text: Bytes, setting: Setting) {
    self.text = text
    out = HTMLBuffer(reserving: text.count * 2 + 4096)
    self.setting = setting
    abbreviations = Abbreviations(in: text)
    syntax = InlineSyntax(in: text)
    syntax.hasShortMarks = setting.dialect.hasShortMarks
    syntax.hasKeys = setting.dialect.hasKeys
    syntax.hasSymbols = setting.dialect.hasSymbols
    syntax.hasOrdinals = setting.dialect.hasOrdinals
    out.hasPrintersQuotes = setting.dialect.hasPrintersQuotes
    ids.keepsLetters = setting.dialect.keepsLetters
    syntax.hasForeignReferences = setting.dialect.hasForeignReferences
    hasMathematics = setting.dialect.hasMathematics && Mathematics.mayStand(in: text)
    mayHaveSpacedReferences = setting.dialect.isMkDocs && Part.mayHaveSpacedReferences(text)
    hasManyBrackets = text.count { $0 == UInt8(ascii: "[") } > Part.maximumBrackets
    page.search = SearchText(budget: SearchText.Budget(pages: setting.site.pages.count))
  }

  /// Renders the whole text from a line on.
  func render(_ lines: [Line]) -> RenderedPage {
    let outside = lift(lines)
    if LinkDefinitions.mayStand(in: text) { collectDefinitions(outside) }
    render(outside, isOutside: true, walk)
    renderFootnotes()
    for note in notes {
      let more = note.count > 1 ? " (\(note.count) times on this page)" : ""
      report("\(note.kind): \(note.source)\(more)", line: note.line, .note)
    }
    page.html = drawFigures()
    return page
  }

  func report(_ message: String, line: Int, _ severity: Problem.Severity = .error) {
    let origin = setting.origins.indices.contains(line - 1) ? setting.origins[line - 1] : nil
    page.problems.append(
      Problem(
        file: origin?.file ?? setting.file, line: origin?.line ?? line, message: message, severity: severity))
  }

  /// Says that something is shown as its source, once a page for each source.
  func note(_ kind: String, _ source: String, line: Int) {
    let source = source.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let short = source.count > 60 ? source.prefix(60) + "…" : source
    if let known = placeOfNote["\(kind): \(short)"] {
      notes[known].count += 1
    } else {
      placeOfNote["\(kind): \(short)"] = notes.count
      notes.append((kind, String(short), line, 1))
    }
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
    render(lift(lines, inElement: inElement), isOutside: false, visit)
  }

  private func lift(_ lines: [Line], inElement: Bool = false) -> Part {
    var lifter = BlockLifter(text: text, lines: lines)
    lifter.inElement = inElement
    lifter.liftsQuotes = depth < Self.maximumDepth - 1
    lifter.protectsMathematics = hasMathematics
    lifter.hasSureMathematics = setting.dialect.hasSureMathematics
    lifter.isMkDocs = setting.dialect.isMkDocs
    var part = lifter.lift()
    if hasManyBrackets { part.setAsideBrackets(of: text) }
    return part
  }

  private func render(_ inner: Part, isOutside: Bool, _ visit: (CMarkNode) -> Void) {
    var inner = inner
    for problem in inner.problems { report(problem.message, line: problem.line, .warning) }
    for note in inner.notes { self.note(note.kind, note.source, line: note.line) }
    for note in inner.footnotes where !footnotes.define(note) {
      report("footnote defined twice: \(note.label)", line: note.line, .warning)
    }
    if mayHaveSpacedReferences, !definitions.isEmpty { inner.joinSpacedReferences(of: text, definitions) }
    let needed = definitions.used(in: inner, of: text, isOutside: isOutside)
    inner.leadingLines = needed.isEmpty ? 0 : needed.reduce(1) { $0 + $1.count { $0 == 0x0a } }
    guard let tree = parse(inner, after: needed) else { return }
    let outer = (part, edits)
    (part, edits) = (inner, [:])
    depth += 1
    visit(CMarkNode(tree.root))
    depth -= 1
    (part, edits) = outer
  }

  /// Takes the link definitions of a part and of what was lifted from it.
  private func collectDefinitions(_ part: Part, isOutside: Bool = true) {
    definitions.collect(from: part, of: text, isOutside: isOutside)
    guard depth < Self.maximumDepth else { return }
    depth += 1
    for lines in part.lifted.flatMap(\.bodies) + part.footnotes.map(\.body) {
      collectDefinitions(lift(lines, inElement: true), isOutside: false)
    }
    depth -= 1
  }

  private func parse(_ part: Part, after needed: [[UInt8]]) -> CMarkTree? {
    CMarkTree { parser in
      for definition in needed { feed(parser, bytes: definition) }
      if !needed.isEmpty { cmark_parser_feed(parser, "\n", 1) }
      var at = 0
      while at < part.feed.count {
        let fed = part.feed[at]
        at += 1
        if fed.lifted >= 0 {
          if let markers = fed.markers {
            feed(parser, bytes: Array(text[markers]))
          } else {
            for _ in 0..<fed.indent { cmark_parser_feed(parser, " ", 1) }
          }
          cmark_parser_feed(parser, "<!-- -->\n", 9)
          continue
        }
        if let replacement = fed.replacement {
          feed(parser, bytes: replacement + [0x0a])
          continue
        }
        var end = fed.line.end
        while at < part.feed.count, part.feed[at].lifted < 0, part.feed[at].replacement == nil,
          part.feed[at].line.start == end + 1
        {
          end = part.feed[at].line.end
          at += 1
        }
        feed(parser, fed.line.start..<end)
      }
    }
  }

  private func feed(_ parser: OpaquePointer, bytes: [UInt8]) {
    bytes.withUnsafeBytes { cmark_parser_feed(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
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
      for definition in runs.source.withUnsafeBufferPointer({ definitions.used(in: $0) }) { source += definition }
    }
    guard let tree = CMarkTree(feeding: { feed($0, bytes: source) }) else { return }
    let outer = (part, edits)
    (part, edits) = (Part(), [:])
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
    (part, edits) = outer
  }

  /// Renders one run of text.
  func renderRun(_ run: some Sequence<UInt8>, line: Int) {
    var runs = Runs()
    runs.add(prepared(run, line: line), line: line)
    render(runs, before: { _ in }, after: { _ in })
  }

  /// A run with its mathematics kept from libcmark; empty, and reported, if it has too many brackets.
  func prepared(_ run: some Sequence<UInt8>, line: Int) -> [UInt8] {
    let run = Array(run)
    guard hasMathematics || hasManyBrackets else { return run }
    return run.withUnsafeBufferPointer { bytes in
      if hasManyBrackets, Part.unmatchedBrackets(bytes[...]) > Part.maximumBrackets {
        report(Part.tooManyBrackets, line: line)
        return []
      }
      return (hasMathematics ? Mathematics.protected(bytes[...], isSure: setting.dialect.hasSureMathematics) : nil)
        ?? run
    }
  }

  // MARK: The walk

  func walkChildren(of node: CMarkNode) {
    scanInlines(of: node)
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

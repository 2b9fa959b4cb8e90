/// A block that CommonMark does not know, taken out of the text before libcmark sees it.
enum LiftedBlock {
  case admonition(Admonition)
  case element(MarkdownElement)
  case table(Table)
  case quote([Line])
  case tabs([Tab])
  case definitions([DefinitionGroup])
  case caption(Caption)
  /// Mathematics as it was written.
  case mathematics([Line])
  /// What is shown as it was written, since libcmark would take too long over it.
  case verbatim([Line])
  /// `::: name`, in whose place mkdocstrings puts what it knows of a piece of code.
  case reference(name: String, line: Int)
}

extension LiftedBlock {
  /// The lines of what it holds as Markdown, for each body.
  var bodies: [[Line]] {
    switch self {
    case .admonition(let admonition): [admonition.body]
    case .element(let element): element.content == .blocks ? [element.body] : []
    case .quote(let lines): [lines]
    case .tabs(let tabs): tabs.map(\.body)
    case .definitions(let groups): groups.flatMap(\.bodies)
    case .caption(let caption): [caption.body]
    case .table, .mathematics, .verbatim, .reference: []
    }
  }
}

/// `!!! note "Title"` or `??? note "Title"`, and the lines indented below it.
struct Admonition {
  enum Folding { case never, closed, open }

  var folding: Folding
  /// The words after the marker; the first is the kind.
  var classes: [String]
  /// The text between the quotation marks; nil if there are none.
  var title: String?
  var line: Int
  var body: [Line]
}

/// `<figure markdown>` or another element whose content is Markdown, or has such elements in it.
struct MarkdownElement {
  /// What an element's content is: blocks, one run of text, or HTML with Markdown somewhere in it.
  enum Content { case blocks, text, html }

  var tag: String
  var attributes: AttributeList
  var content: Content
  var line: Int
  var body: [Line]
}

/// A pipe table.
struct Table {
  enum Alignment { case none, left, center, right }

  var alignments: [Alignment]
  var header: Line
  var rows: [Line]
  var attributes = AttributeList()
}

/// One of several `=== "Title"` blocks in a row.
struct Tab {
  var title: String
  var line: Int
  var body: [Line]
  /// Whether it is the one shown first.
  var isSelected = false
}

/// Terms, one a line, and what each of the `:   …` below them says.
struct DefinitionGroup {
  var terms: [Line]
  var bodies: [[Line]]
}

/// `/// caption`: what stands below, or above, the block before it.
struct Caption {
  /// What is counted, `Figure` or `Table`; nil if nothing is.
  var counted: String?
  /// The number that its author gives it; nil for the next one.
  var number: String?
  var isAbove = false
  var attributes = AttributeList()
  var body: [Line]
}

/// `[^label]: text`, with its indented continuation.
struct FootnoteDefinition {
  var label: String
  var line: Int
  var body: [Line]
}

/// What is left for libcmark: lines as they are, and a comment wherever a block was lifted.
struct Part {
  struct FedLine {
    var line: Line
    /// Which of `lifted` stands here; -1 if none.
    var lifted = -1
    /// How far the comment must be indented to stay in its list item.
    var indent = 0
    /// Whether libcmark reads it as text: no code, no raw HTML, not blank.
    var isText = false
    /// What is fed in its place; nil for the line itself.
    var replacement: [UInt8]?
  }

  var feed: [FedLine] = []
  var lifted: [LiftedBlock] = []
  /// The lines, by index in `feed`, that are definitions of links though they stand in a paragraph.
  var interrupting: Set<Int> = []
  /// The lines, by index in `feed`, that begin with a `;` so that they begin a paragraph.
  var prefixed: Set<Int> = []
  /// Whether one of them is a caption of the block before it.
  var hasCaptions = false
  /// The attributes taken off headings and paragraphs, by index in `feed`.
  var blockAttributes: [Int: AttributeList] = [:]
  var footnotes: [FootnoteDefinition] = []
  var problems: [(line: Int, message: String)] = []
  /// What is shown otherwise than its author meant.
  var notes: [(kind: String, source: String, line: Int)] = []
  /// How many lines libcmark was fed before these.
  var leadingLines = 0

  /// The index in `feed` of a line (from 1) that libcmark counted; it may lie outside.
  func index(_ fed: Int32) -> Int { Int(fed) - 1 - leadingLines }

  /// The line of the source behind a line that libcmark counted.
  func sourceLine(_ fed: Int32) -> Int {
    guard !feed.isEmpty else { return 1 }
    return feed[max(0, min(index(fed), feed.count - 1))].line.number
  }
}

/// A block that CommonMark does not know, taken out of the text before libcmark sees it.
enum LiftedBlock {
  case admonition(Admonition)
  case element(MarkdownElement)
  case table(Table)
  case quote([Line])
  case tabs([Tab])
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

/// `<figure markdown>` or another block element whose content is Markdown.
struct MarkdownElement {
  var tag: String
  var attributes: AttributeList
  /// Whether the content is one run of text instead of blocks.
  var isInline: Bool
  var line: Int
  var body: [Line]
}

/// A pipe table.
struct Table {
  enum Alignment { case none, left, center, right }

  var alignments: [Alignment]
  var header: Line
  var rows: [Line]
}

/// One of several `=== "Title"` blocks in a row.
struct Tab {
  var title: String
  var line: Int
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
  }

  var feed: [FedLine] = []
  var lifted: [LiftedBlock] = []
  /// The attributes taken off headings and paragraphs, by index in `feed`.
  var blockAttributes: [Int: AttributeList] = [:]
  var footnotes: [FootnoteDefinition] = []
  var problems: [(line: Int, message: String)] = []

  /// The line of the source behind a line (from 1) that libcmark counted.
  func sourceLine(_ fed: Int32) -> Int {
    guard !feed.isEmpty else { return 1 }
    return feed[max(0, min(Int(fed) - 1, feed.count - 1))].line.number
  }
}

/// Which signs of plain text mean something: all of them, unless the site says which extensions it has.
struct Dialect: Equatable, Sendable {
  /// `H~2~O`, `x^2^`.
  var hasShortMarks = true
  /// `++ctrl++`.
  var hasKeys = true
  /// `-->`, `(c)`, `1/2`.
  var hasSymbols = true
  /// `$x$`.
  var hasMathematics = true
  /// Whether `\(…\)` is mathematics for sure, and no parentheses that somebody escaped.
  var hasSureMathematics = false
  /// Whether a plugin makes references, so that `[text][name]` is one though the page does not define it.
  var hasForeignReferences = false
  /// Whether the ids of headings keep letters of all scripts.
  var keepsLetters = false
  /// Whether straight quotation marks become those that English is printed with.
  var hasPrintersQuotes = true
  /// Whether the text was written for Python-Markdown, in which `[text] [label]` is a reference with a space in it.
  var isMkDocs = false
  /// How tabs are called, if they can be linked to.
  var tabIDs: TabIDs?

  /// The id of a tab: its title's, or that below the id of the section it stands in.
  enum TabIDs: Equatable, Sendable { case ofTitle, belowSection }

  /// Everything.
  init() {}

  /// What the extensions of a `mkdocs.yml` make of plain text.
  init(extensions: Set<String>) {
    hasShortMarks = extensions.contains("pymdownx.tilde") || extensions.contains("pymdownx.caret")
    hasKeys = extensions.contains("pymdownx.keys")
    hasSymbols = extensions.contains("pymdownx.smartsymbols")
    hasMathematics = extensions.contains("pymdownx.arithmatex")
    hasSureMathematics = hasMathematics
  }
}

/// The file and the line that a line of a page comes from.
struct LineOrigin: Equatable, Sendable {
  var file: String
  var line: Int
}

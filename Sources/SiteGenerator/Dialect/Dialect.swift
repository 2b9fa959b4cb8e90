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

  /// Everything.
  init() {}

  /// What the extensions of a `mkdocs.yml` make of plain text.
  init(extensions: Set<String>) {
    hasShortMarks = extensions.contains("pymdownx.tilde") || extensions.contains("pymdownx.caret")
    hasKeys = extensions.contains("pymdownx.keys")
    hasSymbols = extensions.contains("pymdownx.smartsymbols")
    hasMathematics = extensions.contains("pymdownx.arithmatex")
  }
}

/// The file and the line that a line of a page comes from.
struct LineOrigin: Equatable, Sendable {
  var file: String
  var line: Int
}

/// A figure as a page of its own: one file that asks for nothing from elsewhere and can be read without its script.
///
/// The page's policy lets the one script run that is in it, known by its hash, and nothing be fetched: were a name to
/// become markup in spite of `Markup`, it could do no harm.
public struct FigurePage: Sendable {
  /// What such a page may load and run: its own styles, and the script whose hash is named.
  static let policy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; script-src 'sha256-"
    + SHA256.digest(of: PackageResources.figures_js).base64 + "'"

  /// The same of a timeline that can be zoomed.
  public static let walkPolicy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; script-src 'sha256-"
    + SHA256.digest(of: PackageResources.trace_js).base64 + "'"

  private let figure: Figure
  private let walks: Bool
  private let title: String
  private let facts: [String]

  /// - Parameters:
  ///   - facts: what is shown, a line each; plain text, as is the title.
  ///   - walks: whether it is a timeline of a view, which can be zoomed.
  public init(_ figure: Figure, title: String, facts: [String] = [], walks: Bool = false) {
    self.walks = walks
    self.figure = figure
    self.title = title
    self.facts = facts
  }

  /// The page. The same figure gives the same bytes.
  public var html: String {
    var out = Markup()
    let script = walks ? PackageResources.trace_js : PackageResources.figures_js
    out.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    out.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"")
    out.text(walks ? Self.walkPolicy : Self.policy)
    out.raw("\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
    out.text(title)
    out.raw("</title><style>")
    out.code(Array(FigureStyle.css.utf8) + PackageResources.page_css + PackageResources.trace_css)
    out.raw("</style></head>\n<body><main><h1>")
    out.text(title)
    out.raw("</h1>")
    if !facts.isEmpty {
      out.raw("<p class=\"facts\">")
      for (number, fact) in facts.enumerated() {
        if number > 0 { out.raw("<br>") }
        out.text(fact)
      }
      out.raw("</p>")
    }
    out.markup(figure.body)
    out.raw("<details><summary>In numbers</summary><div class=\"numbers\">")
    out.markup(figure.table.html)
    out.raw("</div></details></main>\n<script>")
    out.code(script)
    out.raw("</script></body></html>\n")
    return out.string
  }
}

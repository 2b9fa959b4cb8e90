/// Figures as they were published, and the same drawn from what was captured elsewhere, side by side: one file that asks
/// for nothing and needs no script.
public struct BesidePage: Sendable {
  /// Two drawings of one figure.
  public struct Pair: Sendable {
    /// What it shows, plain text.
    public var caption: String
    /// As it was published.
    public var published: Drawing
    /// As it comes out here.
    public var here: Drawing

    /// Both drawings under one caption.
    public init(caption: String, published: Drawing, here: Drawing) {
      (self.caption, self.published, self.here) = (caption, published, here)
    }
  }

  /// A figure, or why there is none.
  public enum Drawing: Sendable {
    /// The markup of `Figure.body`.
    case drawn(String)
    /// Why it could not be drawn, plain text.
    case failed(String)
  }

  private let title: String
  private let verdict: String
  private let facts: [String]
  private let columns: [String]
  private let rows: [[String]]
  private let pairs: [Pair]
  private let names: (published: String, here: String)

  /// - Parameters:
  ///   - facts: what differs, a line each; plain text as all the others.
  ///   - rows: a table of what was measured, of as many columns as have titles.
  ///   - names: what the two drawings of a pair are called.
  public init(
    title: String, verdict: String, facts: [String], columns: [String], rows: [[String]], pairs: [Pair],
    names: (published: String, here: String) = ("Published", "Here")
  ) {
    self.names = names
    (self.title, self.verdict, self.facts) = (title, verdict, facts)
    (self.columns, self.rows, self.pairs) = (columns, rows, pairs)
  }

  /// The page. The same contents give the same bytes.
  public var html: String {
    var out = Markup()
    out.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    out.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; ")
    out.raw("form-action 'none'; style-src 'unsafe-inline'\">")
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
    out.text(title)
    out.raw("</title><style>")
    out.code(Array(FigureStyle.css.utf8) + PackageResources.page_css + PackageResources.beside_css)
    out.raw("</style></head>\n<body class=\"beside\"><main><h1>")
    out.text(title)
    out.raw("</h1><p class=\"verdict\">")
    out.text(verdict)
    out.raw("</p>")
    if !facts.isEmpty {
      out.raw("<ul class=\"facts\">")
      for fact in facts {
        out.raw("<li>")
        out.text(fact)
        out.raw("</li>")
      }
      out.raw("</ul>")
    }
    for pair in pairs { paint(pair, into: &out) }
    paintTable(into: &out)
    out.raw("</main></body></html>\n")
    return out.string
  }

  private func paint(_ pair: Pair, into out: inout Markup) {
    out.raw("<section><h2>")
    out.text(pair.caption)
    out.raw("</h2><div class=\"pair\">")
    for (name, drawing) in [(names.published, pair.published), (names.here, pair.here)] {
      out.raw("<figure><figcaption>")
      out.text(name)
      out.raw("</figcaption>")
      switch drawing {
      case .drawn(let markup): out.markup(markup)
      case .failed(let reason):
        out.raw("<p class=\"failed\">")
        out.text(reason)
        out.raw("</p>")
      }
      out.raw("</figure>")
    }
    out.raw("</div></section>")
  }

  private func paintTable(into out: inout Markup) {
    guard !rows.isEmpty else { return }
    out.raw("<h2>What was measured</h2><div class=\"numbers\" tabindex=\"0\"><table><thead><tr>")
    for column in columns {
      out.raw("<th scope=\"col\">")
      out.text(column)
      out.raw("</th>")
    }
    out.raw("</tr></thead><tbody>")
    for row in rows {
      out.raw("<tr>")
      for cell in row {
        out.raw("<td>")
        out.text(cell)
        out.raw("</td>")
      }
      out.raw("</tr>")
    }
    out.raw("</tbody></table></div>")
  }
}

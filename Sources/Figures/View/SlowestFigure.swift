import Analysis

/// The user tasks and regions that took the longest, one by one, each with the way to where it is seen.
public struct SlowestFigure: Sendable {
  private struct Row {
    var what, name: String
    var span: TraceSummary.NamedSpan
  }

  private let rows: [Row]
  private let window: TraceWindow
  private let at: (@Sendable (WindowSteps.Window) -> String)?
  /// Of all names together.
  private static let most = 40

  /// - Parameter at: Where a window is shown; nil for a file in which no link leads anywhere.
  public init(_ summary: TraceSummary, at: (@Sendable (WindowSteps.Window) -> String)? = nil) {
    func slowest(_ what: String, _ named: [TraceSummary.NamedSpans]) -> [Row] {
      named.flatMap { spans in spans.slowest.map { Row(what: what, name: spans.name, span: $0) } }
    }
    // Of user tasks somebody waits for the answer; regions tell where in them.
    rows = Array((slowest("user task", summary.userTasks) + slowest("region", summary.regions)).prefix(Self.most))
    (window, self.at) = (summary.window, at)
  }

  /// The list; nil if there is nothing to be listed.
  public var figure: Figure? {
    guard let first = rows.first else { return nil }
    var out = Markup()
    out.raw("<ol class=\"slowest\">")
    for row in rows {
      out.element("li") { out in
        out.element("b", text: TraceTime.text(row.span.length))
        out.raw(" <code>")
        out.text(row.name)
        out.raw("</code> ")
        out.element("small", text: words(row.what, row.span))
        guard let at else { return }
        out.raw(" ")
        let place = WindowSteps.Window(start: row.span.start, length: max(row.span.length, 1))
        out.element("a", ["href": at(WindowSteps(window).window(around: place))], text: "Show where")
      }
    }
    out.raw("</ol>")
    let table = DataTable(
      columns: [
        .init("what"), .init("name"), .init("took", alignment: .trailing), .init("began", alignment: .trailing),
        .init("task", alignment: .trailing),
      ],
      rows: rows.map { row in
        [
          row.what, row.name, TraceTime.text(row.span.length), place(row.span),
          row.span.task == 0 ? "" : String(row.span.task),
        ]
      })
    let alt = "The longest \(first.what) took \(TraceTime.text(first.span.length)): \(first.name)."
    return Figure(body: out.string, alt: alt, table: table)
  }

  private func words(_ what: String, _ span: TraceSummary.NamedSpan) -> String {
    "\(what), from \(place(span))" + (span.task == 0 ? "" : ", in task \(span.task)")
      + (span.isCut ? ", with more of it outside of this window" : "")
  }

  private func place(_ span: TraceSummary.NamedSpan) -> String { TraceTime.place(span.start, within: span.length) }
}

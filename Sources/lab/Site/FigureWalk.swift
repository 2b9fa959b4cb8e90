import Analysis
import Figures
import LocalServer
import SiteGenerator

/// The part of a trace around a figure of it, as the page that `lab trace --save` makes: readers zoom and pan in it.
struct FigureWalk {
  private let views: TraceViews
  private let query: URLQuery
  private let name: String

  /// - Parameter length: How long the part is. It begins at a multiple of that, so that figures near one another share it.
  /// - Throws: if the capture is no trace, or nothing of it lies there.
  init(_ capture: Capture, _ options: FigureOptions, length: Int64) throws {
    guard let trace = capture.trace else { throw FigureError.noTrace(kind: options.view) }
    let length = max(length, 1)
    let start = (options.start ?? 0) / length * length
    query = URLQuery([("start", TraceTime.exact(start)), ("length", TraceTime.exact(length))])
    var views = TraceViews(source: try TraceViews.Source(trace), name: "\(capture.name)")
    views.command = capture.provenance.command
    self.views = views
    name = "\(TraceTime.exact(start))-\(TraceTime.exact(length))"
  }

  /// The page.
  /// - Throws: if the figure cannot be drawn.
  var page: RenderedFigure.Walk {
    get throws {
      let asked = try TraceWebQuery(query, views.source.trace)
      return RenderedFigure.Walk(
        name: name, title: "\(TraceTime.text(asked.window.length)) of \(views.title)",
        page: try views.savedPage(.timeline, query, asked))
    }
  }
}

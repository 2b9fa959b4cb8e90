import Analysis
import ExecutionTrace
import Figures
import LocalServer
import Pprof

/// The web view of a trace: what is answered to each request.
actor TraceWeb {
  private var views: TraceViews
  /// Reads the file anew while it is written to; nil if nobody writes to it.
  private let reload: (@Sendable () throws -> TraceViews)?
  private var read = ContinuousClock.now
  private var pages = ViewPages(keeping: 24)

  /// - Parameter reload: reads a file that is still written to. What was read before is let go of.
  init(_ views: TraceViews, reload: (@Sendable () throws -> TraceViews)? = nil) {
    self.views = views
    self.reload = reload
  }

  /// Takes what was written meanwhile, once in a while. A file that cannot be read for a moment is left as it was.
  private func renew() {
    guard let reload, ContinuousClock.now - read > Self.patience else { return }
    if let new = try? reload() {
      views = new
      pages.forget()
    }
    read = ContinuousClock.now
  }
  private static let patience = Duration.milliseconds(500)

  /// Answers a request.
  func response(to asked: Request) -> Response {
    ViewPages.response(to: asked, words: Self.words) { path in
      renew()
      switch path {
      case "save": return try save(asked.query)
      case "profile": return try profile(asked.query)
      case "perfetto": return try perfetto()
      default: return TraceWebView(path: path).map { page($0, asked.query) }
      }
    }
  }

  private func page(_ view: TraceWebView, _ query: URLQuery) -> Response {
    let target = query.target(view.rawValue)
    if let known = pages[target] { return known }
    var page = ViewPage()
    do {
      let asked = try TraceWebQuery(query, views.source.trace, isLive: views.isLive)
      page = views.frame(view, query, asked)
      let contents = try views.contents(view, query, asked)
      page.figures = contents.figures
      page.notices = contents.notices
      page.facts = views.facts
    } catch {
      if page.title.isEmpty { page = views.frame(view, query, nil) }
      page.problem = Self.words(error)
    }
    return pages.response(page, of: target)
  }

  /// What went wrong, without the word for whom.
  static func words(_ error: any Error) -> String {
    if case .usage(let words)? = error as? LabError { return words }
    return "\(error)"
  }

  /// The timeline, or another view, as one file that can be read and zoomed anywhere.
  private func save(_ query: URLQuery) throws -> Response {
    guard let view = TraceWebView(path: query["view"] ?? "") else {
      return .text("There is no such view to save.\n", status: 404)
    }
    let asked = try TraceWebQuery(query, views.source.trace, isLive: views.isLive)
    let page = try views.savedPage(view, query, asked)
    return .file(Array(page.utf8), name: "\(view.rawValue).html", type: "text/html; charset=utf-8")
  }

  /// A window as a profile in pprof's format.
  private func profile(_ query: URLQuery) throws -> Response {
    let asked = try TraceWebQuery(query, views.source.trace, isLive: views.isLive)
    let kind = asked.profile ?? views.usualProfile
    let profile = kind.profile(of: views.source.trace, in: asked.window, from: views.source.checkpoints)
    return .file(try profile.encoded(), name: "\(kind.rawValue).pb.gz", type: "application/octet-stream")
  }

  /// All of it for Perfetto's viewer.
  private func perfetto() throws -> Response {
    let bytes = PerfettoTrace(views.source.trace, in: views.source.checkpoints.summary.window).bytes
    return .file(bytes, name: "trace.perfetto-trace", type: "application/octet-stream")
  }
}

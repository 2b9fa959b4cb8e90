import Analysis
import ExecutionTrace
import Figures
import LocalServer
import Pprof

/// The web view of a trace: what is answered to each request.
///
/// One request is answered after the other; who has given up waiting, since another window is looked at meanwhile, is passed
/// over.
actor TraceWeb {
  private var views: TraceViews
  /// Reads the file anew while it is written to; nil if nobody writes to it.
  private let reload: (@Sendable () throws -> TraceViews)?
  private var read = ContinuousClock.now
  /// The pages that were asked for last, for the way back.
  private var pages: [(target: String, html: String)] = []
  private static let keptPages = 24

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
      pages = []
    }
    read = ContinuousClock.now
  }
  private static let patience = Duration.milliseconds(500)

  /// Answers a request.
  func response(to asked: Request) -> Response {
    guard asked.method != .post else {
      var response = Response.text("Nothing can be sent here.\n", status: 405)
      response.headers.append(Response.Header("Allow", "GET, HEAD"))
      return response
    }
    if Task.isCancelled { return .text("", status: 503) }
    renew()
    let path = String(asked.path.drop { $0 == "/" })
    do {
      switch path {
      case "save": return try save(asked.query)
      case "profile": return try profile(asked.query)
      case "perfetto": return try perfetto()
      default:
        guard let view = TraceWebView(path: path) else {
          return .text("There is no view “\(path)” here.\n", status: 404)
        }
        return page(view, asked.query)
      }
    } catch {
      return .text("\(Self.words(error))\n", status: 400)
    }
  }

  private func page(_ view: TraceWebView, _ query: URLQuery) -> Response {
    let target = query.target(view.rawValue)
    if let known = pages.first(where: { $0.target == target }) { return .html(known.html, policy: ViewPage.policy) }
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
      return .html(page.html, status: 400, policy: ViewPage.policy)
    }
    let html = page.html
    pages = pages.suffix(Self.keptPages - 1) + [(target, html)]
    return .html(html, policy: ViewPage.policy)
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

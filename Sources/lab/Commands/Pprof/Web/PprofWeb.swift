import Analysis
import Figures
import Findings
import LocalServer
import Pprof
import PprofOperations

/// The web view of a profile, or of the difference of two: what is answered to each request.
actor PprofWeb {
  /// What was asked for on the command line.
  let request: PprofRequest
  /// The profile and what it is compared with.
  let profile: Profile
  let base: Profile?

  private var pages = ViewPages(keeping: 8)

  init(_ request: PprofRequest, profile: Profile, base: Profile?) {
    self.request = request
    self.profile = profile
    self.base = base
  }

  /// Answers a request.
  func response(to asked: Request) -> Response {
    ViewPages.response(to: asked) { path in
      // pprof's own paths begin with /ui/.
      let name = path == "ui" ? "" : path.hasPrefix("ui/") ? String(path.dropFirst(3)) : path
      switch name {
      case "download": return try download()
      case "save": return try save(asked.query)
      case "svg": return try picture(asked.query)
      default: return PprofWebView(path: name).map { page($0, asked.query) }
      }
    }
  }

  private func page(_ view: PprofWebView, _ query: URLQuery) -> Response {
    let target = query.target(view.rawValue)
    if let known = pages[target] { return known }
    var page = frame(view, query)
    do {
      let contents = try contents(view, query)
      page.figures = contents.figures
      page.notices = contents.notices + Finding.all(in: profile.comments).map { "Finding: \($0)" }
      page.facts = contents.facts
    } catch {
      page.problem = "\(error)"
    }
    // Sources and binaries may change while the view is open.
    return pages.response(page, of: target, isKept: view != .source && view != .disasm)
  }

  /// The whole profile, as pprof's own view hands it out.
  private func download() throws -> Response {
    var whole = profile
    if let base { whole = try profile.difference(from: base, isLabelled: true, isNormalized: false) }
    return .file(try whole.encoded(), name: "profile.pb.gz", type: "application/octet-stream")
  }

  /// A view as one file that can be read anywhere.
  private func save(_ query: URLQuery) throws -> Response {
    guard let view = PprofWebView(path: query["view"] ?? "") else {
      return .text("There is no such view to save.\n", status: 404)
    }
    let contents = try contents(view, query, isSaved: true)
    guard var figure = contents.figures.first?.figure else { return .text("There is nothing to save.\n", status: 404) }
    for other in contents.figures.dropFirst() {
      figure.body += other.figure.body
      figure.alt += " " + other.figure.alt
    }
    let page = FigurePage(figure, title: "\(view.title) of \(title(query))", facts: contents.facts)
    return .file(Array(page.html.utf8), name: "\(view.rawValue).html", type: "text/html; charset=utf-8")
  }

  /// The call graph as pprof's `-svg` is, which a browser pans and zooms.
  private func picture(_ query: URLQuery) throws -> Response {
    var request = try request.asked(by: query)
    request.kind = .svg
    var shown = profile
    if let base { shown = try profile.difference(from: base, isLabelled: true, isNormalized: request.normalize) }
    let svg = try request.contents(of: try request.report(of: shown))
    return Response(
      headers: [
        Response.Header("Content-Type", "image/svg+xml"),
        Response.Header("Content-Security-Policy", PannedDrawing.policy),
      ], body: .bytes(svg))
  }

  /// What the profile is of, e.g. `burn cpu`.
  func title(_ query: URLQuery) -> String {
    let file = profile.mappings.first.map { $0.file.split(separator: "/").last.map(String.init) ?? "" } ?? ""
    let type = (try? profile.sampleIndex(named: query["si"] ?? request.options.sampleIndex)).map {
      profile.sampleTypes[$0].type
    }
    return [file, type ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
  }
}

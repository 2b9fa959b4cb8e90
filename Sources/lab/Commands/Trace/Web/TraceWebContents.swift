import Analysis
import Figures
import LocalServer
import Pprof

extension TraceViews {
  /// What a view shows.
  struct Contents {
    var figures: [(heading: String, figure: Figure)] = []
    /// What should be said of it.
    var notices: [String] = []
  }

  /// A column is about a pixel of a wide window. A saved file has so many that it can be zoomed.
  static let columns = 1_000
  private static let savedColumns = 12_000
  private static let mostFrames = 4_000

  /// What a view shows of what an address asks for.
  /// - Parameter isSaved: whether it is for a file, in which no link leads anywhere.
  func contents(
    _ view: TraceWebView, _ query: URLQuery, _ asked: TraceWebQuery, isSaved: Bool = false
  ) throws -> Contents {
    var contents = Contents()
    switch view {
    case .timeline: contents.figures = [("", try timeline(query, asked, isSaved: isSaved, &contents.notices))]
    case .flame: contents.figures = [("", try flame(query, asked, isSaved: isSaved, &contents.notices))]
    case .tasks:
      let own = summary(of: asked.window, asked)
      let comparison = FamilyComparison(own, base: asked.base.map { summary(of: $0, asked) })
      contents.figures = [("", TraceTasksFigure(comparison).figure)]
    case .heat:
      let heat = UtilisationHeat(source.trace, in: asked.window, from: source.checkpoints)
      let at: @Sendable (WindowSteps.Window) -> String = { query.at($0).target(TraceWebView.timeline.rawValue) }
      contents.figures = [("", HeatFigure(heat, at: isSaved ? nil : at).figure)]
    case .regions:
      contents.figures = [("", try figure(.regions, asked) { $0.nodeCount = asked.rows })]
      let at: @Sendable (WindowSteps.Window) -> String = { query.at($0).target(TraceWebView.timeline.rawValue) }
      if let slowest = SlowestFigure(summary(of: asked.window, asked), at: isSaved ? nil : at).figure {
        contents.figures.append(("The longest one by one", slowest))
      }
      if contents.figures[0].figure.table.rows.isEmpty {
        // A key to nothing would look like a drawing that failed.
        if !isSaved { contents.figures = [] }
        contents.notices.append("The program marked no regions or user tasks in this window.")
      }
    }
    return contents
  }

  private func summary(of window: TraceWindow, _ asked: TraceWebQuery) -> TraceSummary {
    TraceSummary(source.trace, in: window, label: asked.label, from: source.checkpoints)
  }

  private func figure(
    _ kind: FigureKind, _ asked: TraceWebQuery, _ set: (inout FigureOptions) -> Void
  ) throws -> Figure {
    var options = FigureOptions()
    options.view = kind
    (options.start, options.length) = (asked.window.start, asked.window.length)
    set(&options)
    return try kind.draw(FigureInput(trace: source.trace, from: source.checkpoints, options: options))
  }

  private func timeline(
    _ query: URLQuery, _ asked: TraceWebQuery, isSaved: Bool, _ notices: inout [String]
  ) throws -> Figure {
    func draw(_ highlight: String?) throws -> Figure {
      try self.figure(.timeline, asked) {
        $0.isView = true
        $0.columns = isSaved ? Self.savedColumns : Self.columns
        $0.tellsShares = isSaved
        $0.nodeCount = asked.rows
        $0.byLabel = asked.grouping.rawValue
        $0.label = asked.label
        $0.callout = highlight
        $0.showsWakeups = asked.showsWakeups
      }
    }
    var figure: Figure
    do {
      figure = try draw(asked.highlight)
    } catch FigureError.calloutNotShown(let name) {
      notices.append("No task of “\(name)” is in this window.")
      figure = try draw(nil)
    } catch FigureError.noLabel {
      notices.append("No task has a label “\(asked.label ?? "")” in this window.")
      figure = try self.figure(.timeline, asked) {
        $0.isView = true
        $0.columns = Self.columns
        $0.byLabel = asked.grouping.rawValue
      }
    }
    let at: @Sendable (WindowSteps.Window) -> String = { query.at($0).target(TraceWebView.timeline.rawValue) }
    let found = zip(source.checkpoints.summary.findings, source.checkpoints.places.places).map {
      (sentence: $0.sentence, place: $1)
    }
    return TraceWalk(figure, of: asked.window, found: found, at: isSaved ? nil : at).figure
  }

  private func flame(
    _ query: URLQuery, _ asked: TraceWebQuery, isSaved: Bool, _ notices: inout [String]
  ) throws -> Figure {
    let kind = asked.profile ?? usualProfile
    let (trace, checkpoints) = (source.trace, source.checkpoints)
    let own = kind.profile(of: trace, in: asked.window, from: checkpoints)
    let base = asked.base.map { kind.profile(of: trace, in: $0, from: checkpoints) }
    if own.samples.isEmpty, base?.samples.isEmpty ?? true {
      throw LabError.failed(
        kind == .cpu
          ? "no sample of the CPU time lies in this window; they are recorded with --with cpu"
          : "there is nothing of the kind in this window: \(kind.title)")
    }
    if let base = asked.base {
      notices.append(
        "Against \(TraceTime.text(base.length)) from \(TraceTime.place(base.start, within: base.length)), as it is.")
    }
    var options = FigureOptions()
    options.view = .flame
    options.zoom = asked.zoom
    options.mostFrames = Self.mostFrames
    let zoomLink: @Sendable (String?) -> String = {
      query.with([("zoom", $0)]).target(TraceWebView.flame.rawValue)
    }
    return try FigureKind.flame.draw(
      FigureInput(profile: own, baseline: base, options: options, zoomLink: isSaved ? nil : zoomLink))
  }
}

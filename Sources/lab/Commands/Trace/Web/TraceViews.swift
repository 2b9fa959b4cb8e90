import Analysis
import ExecutionTrace
import Figures
import LocalServer

/// The views of a trace in a file, as pages of a server and as files.
struct TraceViews: Sendable {
  /// A trace, and from where it may be read.
  struct Source: Sendable {
    let trace: Trace
    let checkpoints: TraceCheckpoints

    /// - Throws: `TraceWindowError`, if there is nothing in it.
    init(_ trace: Trace) throws(TraceWindowError) {
      self.trace = trace
      // Mostly all of it is looked at first.
      checkpoints = try TraceCheckpoints(of: trace, columns: TraceViews.columns)
    }
  }

  let source: Source
  /// The file's name.
  let name: String
  /// Whether the file is still written to: pages without a place of their own show its end, and are made anew.
  var isLive = false

  /// What made it, of a capture, for readers who do not care by which process; nil for the program and its arguments.
  var command: String?

  /// A view as one file.
  func savedPage(_ view: TraceWebView, _ query: URLQuery, _ asked: TraceWebQuery) throws -> String {
    let contents = try contents(view, query, asked, isSaved: true)
    guard var figure = contents.figures.first?.figure else { throw LabError.failed("there is nothing to save") }
    for other in contents.figures.dropFirst() { figure.body += other.figure.body }
    return FigurePage(figure, title: "\(view.title) of \(title)", facts: facts, walks: view == .timeline).html
  }

  /// What the trace is of.
  var title: String {
    command == nil ? programName : name
  }

  private var programName: String { source.trace.program.split(separator: "/").last.map(String.init) ?? name }

  /// What a flame graph shows if nothing is asked for: samples, if there are any.
  var usualProfile: TraceProfile { hasSamples ? .cpu : .run }

  /// Whether samples of the CPU time were recorded.
  var hasSamples: Bool { source.checkpoints.samples > 0 }

  var facts: [String] {
    let (trace, summary) = (source.trace, source.checkpoints.summary)
    var facts = [
      "\(name): \(TraceTime.text(trace.duration)), \(Measurement(Double(summary.events), .count, meaning: "").text) events"
        + (trace.clock.isEmpty ? "" : ", by \(trace.clock)"),
      "\(summary.processors) processor\(summary.processors == 1 ? "" : "s")",
    ]
    if let command {
      facts.append(command)
    } else if !trace.program.isEmpty {
      facts.append(([trace.program] + trace.arguments).joined(separator: " "))
    }
    facts += trace.losses.map { "\($0.count) \($0.sentence)" }
    return facts
  }
}

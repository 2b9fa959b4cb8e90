import Analysis
import ExecutionTrace
import Leaks
import Pprof
import Waiting

/// What a figure is drawn from: a profile or a capture, and what it is compared with.
public struct FigureInput: Sendable {
  /// The profile that is drawn; empty if the capture is none. Of a comparison it is scaled to one round.
  public let profile: Profile
  /// What it is compared with, scaled to one round; nil if with nothing.
  public let baseline: Profile?
  /// How it is to be drawn.
  public let options: FigureOptions
  private let trace: Trace?
  /// From where the trace may be read; nil for its start alone.
  let checkpoints: TraceCheckpoints?
  private let capture: Capture?
  private let compared: Capture?
  private let captures: (any CaptureSource)?
  private let graph: WaitGraph?
  private let source: @Sendable (String) -> String?
  /// Where the name of a function leads; nil if nowhere. A figure that has links also says what its numbers mean.
  let link: (@Sendable (_ function: String) -> String?)?
  /// Where a flame graph leads with the frame of this key over its whole width, or with all of it; nil if nowhere.
  let zoomLink: (@Sendable (_ key: String?) -> String)?
  /// The machine code of the source that is shown; nil for none.
  let code: WebListing?
  private let report: ReportOptions?

  /// A profile from anywhere, of which no more is known.
  /// - Parameters:
  ///   - report: What is considered of it, in place of what the options say of that.
  ///   - source: The text of a source file as the profile names it; nil if there is none.
  ///   - link: Where the name of a function leads in a view that one walks through, or nil; nil altogether for a figure
  ///     of a page, in which numbers are not explained.
  ///   - zoomLink: Where a flame graph leads with the frame of a key over its whole width, or, without a key, with all
  ///     of it; nil if nowhere.
  ///   - code: The machine code of the source that is shown; nil for none.
  public init(
    profile: Profile, baseline: Profile? = nil, options: FigureOptions = FigureOptions(),
    report: ReportOptions? = nil, source: @escaping @Sendable (_ path: String) -> String? = { _ in nil },
    link: (@Sendable (_ function: String) -> String?)? = nil,
    zoomLink: (@Sendable (_ key: String?) -> String)? = nil, code: WebListing? = nil
  ) {
    self.link = link
    self.zoomLink = zoomLink
    self.code = code
    self.profile = profile
    self.baseline = baseline
    self.options = options
    self.source = source
    self.report = report
    (trace, checkpoints, graph, capture, compared, captures) = (nil, nil, nil, nil, nil, nil)
  }

  /// Who waits for whom, from anywhere.
  public init(waits graph: WaitGraph, options: FigureOptions = FigureOptions()) {
    profile = Profile()
    self.options = options
    self.graph = graph
    source = { _ in nil }
    (baseline, trace, checkpoints, capture, compared, captures, report) = (nil, nil, nil, nil, nil, nil, nil)
    (link, zoomLink, code) = (nil, nil, nil)
  }

  /// A trace from anywhere.
  /// - Parameter checkpoints: From where it may be read; nil for its start alone.
  public init(trace: Trace, from checkpoints: TraceCheckpoints? = nil, options: FigureOptions = FigureOptions()) {
    profile = Profile()
    self.trace = trace
    self.checkpoints = checkpoints
    self.options = options
    source = { _ in nil }
    (baseline, graph, capture, compared, captures, report) = (nil, nil, nil, nil, nil, nil)
    (link, zoomLink, code) = (nil, nil, nil)
  }

  /// A capture.
  /// - Parameters:
  ///   - compared: The capture that the query's `compare=` names.
  ///   - captures: Where further captures are found.
  ///   - source: The text of a source file as the profile names it; nil if there is none.
  public init(
    _ capture: Capture, compared: Capture? = nil, captures: any CaptureSource,
    options: FigureOptions = FigureOptions(), source: @escaping @Sendable (_ path: String) -> String? = { _ in nil }
  ) {
    profile = compared == nil ? capture.profile : capture.oneRound
    baseline = compared?.oneRound
    self.options = options
    self.source = source
    trace = capture.trace
    checkpoints = nil
    self.report = nil
    (link, zoomLink, code) = (nil, nil, nil)
    self.capture = capture
    self.compared = compared
    self.captures = captures
    graph = capture.waitGraph
  }
}

extension FigureInput {
  /// Whether it is a comparison of what one round costs here and there, each round measured by the clock.
  var isScaledToRounds: Bool {
    guard let capture, let compared else { return false }
    return capture.isScaledToRounds && compared.isScaledToRounds
  }

  /// The profiles of a capture without the lab's own frames, and the names of those; all of it if the options ask for that.
  var folded: (profile: Profile, baseline: Profile?, frames: [String]) {
    guard capture != nil, !options.showsHarness else { return (profile, baseline, []) }
    let harness = Harness(removedFrom: profile)
    return (harness.profile, baseline.map { Harness(removedFrom: $0).profile }, harness.frames)
  }

  /// The profile without the lab's own frames, of one round where it is known how many were recorded.
  var foldedRound: (profile: Profile, isOneRound: Bool) {
    guard let capture, compared == nil, capture.isScaledToRounds else { return (folded.profile, false) }
    let round = capture.oneRound
    return (options.showsHarness ? round : Harness(removedFrom: round).profile, true)
  }

  /// The options as those of a report, names found among the functions of the profiles.
  var reportOptions: ReportOptions {
    var report = self.report ?? options.reportOptions()
    let functions = Set((profile.functions + (baseline?.functions ?? [])).map(\.name))
    let asked = options.question?.options.flatMap { $0.functions.map { [$0] } } ?? []
    let named = options.kept + (options.callout.map { [[$0]] } ?? []) + asked.map(Set.init)
    report.kept = named.map { names in
      names.reduce(into: []) { $0.formUnion(FunctionName($1).matches(in: functions)) }
    }
    return report
  }

  /// The report of a kind that the options ask for, of the profile or of its difference to the baseline.
  /// - Parameter isFolded: Whether the lab's own frames are left out, unless the options ask for them.
  func report(_ kind: ReportKind, isFolded: Bool = false) throws(FigureError) -> Report {
    let folded = isFolded ? self.folded : (profile: profile, baseline: baseline, frames: [])
    var options = reportOptions
    // The boxes of a graph have no column to be compared in: `24.89MB` is read sooner than `25490.92kB`.
    options.prefersLargeUnits = kind == .dot
    do throws(ReportError) {
      return try Report(folded.profile, baseline: folded.baseline, kind: kind, options: options)
    } catch {
      throw .report(error)
    }
  }

  /// The capture that is drawn and the one that it is compared with.
  func pair(for kind: FigureKind) throws(FigureError) -> (Capture, Capture) {
    guard let capture, let compared else { throw .nothingToCompare(kind: kind) }
    return (capture, compared)
  }

  /// The captures of a series up to the one that is drawn, in order of their rounds.
  func series() throws -> [Capture] {
    guard let capture, let captures, !capture.name.series.isEmpty else {
      throw FigureError.noSeries(name: capture.map { "\($0.name)" } ?? "a profile alone")
    }
    return try capture.name.series.map { try captures.named($0) }
  }

  /// The capture that is drawn, and the same of the scenarios that the options name.
  func swept(for kind: FigureKind) throws -> [Capture] {
    guard let capture, let captures, capture.trace != nil else { throw FigureError.noTrace(kind: kind) }
    return try [capture]
      + options.others.map { scenario in
        var name = capture.name
        name.scenario = scenario
        return try captures.named(name)
      }
  }

  /// The trace that is drawn.
  func trace(for kind: FigureKind) throws(FigureError) -> Trace {
    guard let trace else { throw .noTrace(kind: kind) }
    return trace
  }

  /// The part of a trace that the options ask for.
  func window(of trace: Trace) throws(FigureError) -> TraceWindow {
    do throws(TraceWindowError) {
      return try TraceWindow(of: trace, start: options.start, length: options.length)
    } catch {
      throw .noWindow(error)
    }
  }

  /// The leak report that is drawn.
  func leaks(for kind: FigureKind) throws(FigureError) -> LeakReport {
    guard let leaks = capture?.leakReport else { throw .noLeakReport(kind: kind) }
    return leaks
  }

  /// Who waits for whom.
  func waits(for kind: FigureKind) throws(FigureError) -> WaitGraph {
    guard let graph else { throw .noWaitGraph(kind: kind) }
    return graph
  }

  /// The published capture of the name and the local one.
  func both() throws -> (published: Capture?, local: Capture?) {
    guard let capture, let captures else { return (nil, nil) }
    return try captures.both(capture.name)
  }

  /// The lines of a source file.
  func lines(of path: String) throws(SourceError) -> [String] {
    guard let text = source(path) else { throw .notFound(name: path, searchPath: "") }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}

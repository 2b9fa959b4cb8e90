import Analysis
import ExecutionTrace
import LocalServer

/// What an address of the web view asks for.
struct TraceWebQuery: Sendable {
  /// The part of the trace.
  var window: TraceWindow
  /// What it is compared with; nil for nothing.
  var base: TraceWindow?
  /// What rows are.
  var grouping: TraceTimeline.Grouping
  /// The label that tells families apart; nil for the functions that made tasks.
  var label: String?
  /// The family that stands out; nil for none.
  var highlight: String?
  /// How many rows there are at most.
  var rows: Int
  /// Whether it is shown who woke whom.
  var showsWakeups: Bool
  /// What a flame graph is of.
  var profile: TraceProfile?
  /// The frame that fills its width.
  var zoom: String?

  /// As much of the end of a trace that goes on.
  private static let usualEnd: Int64 = 1_000_000_000
  /// At most so many rows can be asked for.
  private static let mostRows = 2_000

  /// - Throws: what is wrong with a value, in words.
  /// - Parameter isLive: Whether what does not say where it begins is of the trace's end.
  init(_ query: URLQuery, _ trace: Trace, isLive: Bool = false) throws {
    func value(_ name: String) -> String? { query[name].flatMap { $0.isEmpty ? nil : $0 } }
    func time(_ name: String, _ title: String) throws -> Int64? {
      guard let text = value(name) else { return nil }
      guard let time = TraceTime.parse(text) else {
        throw LabError.usage("\(title): “\(text)” is no time; write 62ms, 1.5s or 20us")
      }
      return time
    }
    let (start, length) = (try time("start", "From"), try time("length", "Length"))
    if isLive, start == nil {
      window = try TraceWindow(of: trace, start: max(trace.duration - (length ?? Self.usualEnd), 0))
    } else {
      window = try TraceWindow(of: trace, start: start, length: length)
    }
    if let length = try time("base_length", "Compared with") {
      base = try TraceWindow(of: trace, start: try time("base_start", "Compared with"), length: length)
    }
    guard let grouping = TraceTimeline.Grouping(rawValue: value("by") ?? "thread") else {
      throw LabError.usage("Rows: threads or tasks can be rows, not “\(value("by") ?? "")”")
    }
    self.grouping = grouping
    label = value("label")
    if let label, !trace.labelSets.joined().contains(where: { $0.key == label }) {
      throw LabError.usage("Label: no task has a label “\(label)”")
    }
    highlight = value("mark")
    guard let rows = Int(value("n") ?? "16"), (1...Self.mostRows).contains(rows) else {
      throw LabError.usage("At most: “\(value("n") ?? "")” is no number from 1 to \(Self.mostRows)")
    }
    self.rows = rows
    showsWakeups = value("wakes") == "t"
    if let kind = value("of") {
      guard let profile = TraceProfile(rawValue: kind) else {
        throw LabError.usage("Of: there is no profile “\(kind)” of a trace")
      }
      self.profile = profile
    }
    zoom = value("zoom")
  }
}

extension URLQuery {
  /// The query with another window.
  func at(_ window: WindowSteps.Window) -> URLQuery {
    with([("start", TraceTime.exact(window.start)), ("length", TraceTime.exact(window.length))])
  }
}

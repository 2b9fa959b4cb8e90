import ExecutionTrace

/// Traces of one program with several values of a parameter: how many processors ran its tasks, over time, on one axis.
public struct TraceSweep: Sendable {
  /// The program with one value.
  public struct Row: Sendable, Hashable {
    /// What it has that the others do not, e.g. `threshold 8`.
    public var name: String
    /// How long it is from when its first task runs, in nanoseconds.
    public var length: Int64
    /// Of each column, how many processors ran its tasks, in the mean.
    public var running: [Double]
    /// The share of the processors' time in which they did, over its length.
    public var share: Double
    /// How many tasks it made.
    public var tasks: Int
    /// How long a task ran in all, in the middle of them; 0 if there were none.
    public var medianTask: Int64
  }

  /// How many columns the longest has.
  public static let columns = 600

  /// In the order of the values.
  public let rows: [Row]
  /// How long the longest is, in nanoseconds.
  public let longest: Int64
  /// The most processors that any could use.
  public let processors: Int

  /// Of captures of one kind, at least one.
  /// - Throws: `ClaimError.notATrace`, or `TraceWindowError` of a trace without events.
  public init(_ captures: [Capture]) throws {
    let traces = try captures.map { capture in
      guard let trace = capture.trace else { throw ClaimError.notATrace("\(capture.name)") }
      return trace
    }
    self.init(try traces.map { try ($0, TraceWindow(of: $0)) }, parameters: captures.map(\.provenance.parameters))
  }

  init(_ traces: [(Trace, TraceWindow)], parameters: [[String: Int]]) {
    let begun = traces.map { Self.begun($0, $1) }
    let longest = begun.map(\.window.length).max() ?? 1
    let varied = Self.varied(parameters)
    let order = traces.indices.sorted { one, other in
      let (first, second) = (varied.map { parameters[one][$0] ?? 0 }, varied.map { parameters[other][$0] ?? 0 })
      return first == second ? one < other : first.lexicographicallyPrecedes(second)
    }
    rows = order.map { number in
      let (trace, window) = (traces[number].0, begun[number].window)
      let columns = max(Int((Double(window.length) / Double(longest) * Double(Self.columns)).rounded()), 1)
      let timeline = TraceTimeline(trace, in: window, columns: columns)
      let summary = timeline.summary
      return Row(
        name: varied.map { "\($0) \(Measurement(Double(parameters[number][$0] ?? 0), .count, meaning: "").text)" }
          .joined(separator: ", "),
        length: window.length, running: timeline.running.means.map { min($0, Double(summary.processors)) },
        share: summary.utilisation.share, tasks: begun[number].tasks, medianTask: summary.all.running.median)
    }
    self.longest = longest
    processors = traces.map { max($0.0.processors, 1) }.max() ?? 1
  }

  /// The window without the time before any task ran, which is not the work's, and how many tasks were made in all of it.
  private static func begun(_ trace: Trace, _ window: TraceWindow) -> (window: TraceWindow, tasks: Int) {
    let all = TraceTimeline(trace, in: window, columns: columns)
    let before = all.running.peaks.prefix { $0 == 0 }.count
    let start = window.start + Int64(Double(window.length) * Double(before) / Double(columns))
    let begun = before < columns ? try? TraceWindow(of: trace, start: start) : nil
    return (begun ?? window, all.summary.made)
  }

  /// The names of parameters that have not the same value in all.
  private static func varied(_ parameters: [[String: Int]]) -> [String] {
    Set(parameters.flatMap(\.keys)).filter { name in Set(parameters.map { $0[name] }).count > 1 }.sorted()
  }
}

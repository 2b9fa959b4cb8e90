import ExecutionTrace

/// Families of tasks of one window, and what they differ by from those of another, of which numbers are scaled to the same
/// length.
public struct FamilyComparison: Sendable {
  /// A family in numbers; of a comparison those of the window, and those of the other one in brackets of `base`.
  public struct Row: Sendable, Hashable {
    /// The function that made them, or a label's value, and where it is.
    public var name, place: String
    /// Its numbers in the window.
    public var own: Numbers
    /// The same in the other window, as if it were as long; nil if there is none.
    public var base: Numbers?
  }

  /// What is told of a family.
  public struct Numbers: Sendable, Hashable {
    /// Tasks made, runs, and wakeups.
    public var made = 0.0, runs = 0.0, wakeups = 0.0
    /// Times in nanoseconds: running, ready for want of a thread, queued for an executor, suspended, blocked in calls.
    public var running = 0.0, ready = 0.0, queued = 0.0, waiting = 0.0, blocked = 0.0
    /// In the middle, how long a run was, in nanoseconds. It is not scaled.
    public var medianRun: Int64 = 0

    init(_ family: TraceSummary.TaskFamily?, scale: Double) {
      guard let family else { return }
      (made, runs) = (Double(family.made) * scale, Double(family.runs.count) * scale)
      wakeups = Double(family.wakeups) * scale
      (running, ready) = (Double(family.running.sum) * scale, Double(family.ready.sum) * scale)
      (queued, blocked) = (Double(family.queued.sum) * scale, Double(family.blocked.sum) * scale)
      waiting = family.waiting.reduce(0) { $0 + Double($1.value.sum) } * scale
      medianRun = family.runs.median
    }
  }

  /// Who ran the longest first; of a comparison, who changed the most.
  public let rows: [Row]
  /// The window.
  public let window: TraceWindow
  /// What it is compared with; nil for nothing.
  public let base: TraceWindow?
  /// The time that processors had in the window, in nanoseconds.
  public let available: Double

  /// The families of a summary, compared with those of another.
  public init(_ summary: TraceSummary, base: TraceSummary? = nil) {
    window = summary.window
    self.base = base?.window
    available = summary.utilisation.available
    let scale = base.map { Double(summary.window.length) / Double(max($0.window.length, 1)) } ?? 1
    let known = Dictionary(summary.families.map { ($0.function, $0) }) { first, _ in first }
    let others = Dictionary((base?.families ?? []).map { ($0.function, $0) }) { first, _ in first }
    let rows = Set(known.keys).union(others.keys).map { name in
      Row(
        name: name, place: (known[name] ?? others[name])?.place ?? "", own: Numbers(known[name], scale: 1),
        base: base == nil ? nil : Numbers(others[name], scale: scale))
    }
    self.rows = rows.sorted { one, other in
      func weight(_ row: Row) -> Double { row.base.map { abs(row.own.running - $0.running) } ?? row.own.running }
      return (weight(other), one.name) < (weight(one), other.name)
    }
  }
}

/// A row of `lab bench`: a figure measured here and now, and what it should be.
///
/// A new benchmark is a static value in a file of this folder and a line in `all`.
struct Benchmark: Sendable {
  /// What a measured figure must be to be good.
  enum Goal: Sendable { case atMost(Double), atLeast(Double), none }

  /// A measured figure.
  struct Row: Sendable {
    var name: String
    var value: Double
    var unit: String
    var goal: Goal
    /// Where the true value lies with a probability of 95 %; nil if one measurement says nothing of it.
    var interval: ClosedRange<Double>? = nil
    /// Whose tool was measured; nil if ours.
    var peer: String? = nil

    /// Whether the goal is met; nil if there is none, or if the interval lies on both sides of it.
    var meetsGoal: Bool? {
      let (least, greatest) = (interval?.lowerBound ?? value, interval?.upperBound ?? value)
      switch goal {
      case .atMost(let limit): return greatest <= limit ? true : least > limit ? false : nil
      case .atLeast(let limit): return least >= limit ? true : greatest < limit ? false : nil
      case .none: return nil
      }
    }
  }

  /// The group's name, by which `--only` picks it.
  let name: String
  /// Measures; may take some seconds.
  let measure: @Sendable () async throws -> [Row]

  static let all: [Benchmark] = [
    .cpuProfiler, .record, .heap, .locks, .leaks, .tasks, .taskLeaks, .waits, .traces, .traceViews, .threadCreation,
    .custom, .serving, .symbols, .codec, .reports, .figures, .site, .paint, .editing, .challenges,
  ]
}

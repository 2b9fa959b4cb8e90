import ExecutionTrace

/// How long regions and user tasks took, by name: histograms on one axis, and what stands apart in them.
public struct RegionReport: Sendable {
  /// What is timed.
  public enum Kind: String, Sendable, Hashable { case region, userTask = "user task" }

  /// All of a name.
  public struct Row: Sendable, Hashable {
    /// What it is.
    public var kind: Kind
    /// Its name.
    public var name: String
    /// How long each took.
    public var times: Distribution
    /// How many of them began before the window or are not over within it.
    public var cut: Int
    /// From the shortest to the longest.
    public var bins: [Distribution.Bin]
    /// Those that lie apart from one another, from the shortest on. Where none do and there are very many, the longest in
    /// a thousand are told apart if they take much of the time.
    public var islands: [Island]

    /// Whether so much of the time is worth pointing at.
    public func isMuch(_ sum: Int64) -> Bool { RegionReport.isMuch(sum, of: times.sum) }
  }

  /// Times with none that are about as long on either side: there a factor of two or more lies empty.
  public struct Island: Sendable, Hashable {
    /// From the shortest to what is longer than the longest.
    public var range: Range<Int64>
    /// How many there are.
    public var count: Int64
    /// What they are together.
    public var sum: Int64
  }

  /// The longest in sum first; of regions, then of user tasks.
  public let rows: [Row]
  /// The window that it is of.
  public let window: TraceWindow
  /// From the shortest to what is longer than the longest of all; powers of two.
  public let range: Range<Int64>

  /// The regions and user tasks of a summary.
  public init(_ summary: TraceSummary) {
    rows =
      summary.regions.map { Self.row(.region, $0) } + summary.userTasks.map { Self.row(.userTask, $0) }
    window = summary.window
    let least = rows.map { $0.times.least }.min() ?? 1
    let most = rows.map { $0.times.greatest }.max() ?? 1
    range = Self.powerOfTwo(below: max(least, 1))..<Self.powerOfTwo(above: max(most, 1))
  }

  private static func row(_ kind: Kind, _ spans: TraceSummary.NamedSpans) -> Row {
    let bins = spans.times.bins
    return Row(
      kind: kind, name: spans.name, times: spans.times, cut: spans.cut, bins: bins, islands: apart(bins))
  }

  private static func apart(_ bins: [Distribution.Bin]) -> [Island] {
    let islands = islands(bins)
    guard islands.count == 1, let all = islands.first else { return islands }
    var longest = Island(range: all.range.upperBound..<all.range.upperBound, count: 0, sum: 0)
    for bin in bins.reversed() where bin.count > 0 {
      guard longest.count + bin.count <= all.count / 1_000 else { break }
      longest.range = bin.range.lowerBound..<longest.range.upperBound
      longest.count += bin.count
      longest.sum = longest.sum.adding(bin.sum)
    }
    guard longest.count > 0, isMuch(longest.sum, of: all.sum) else { return islands }
    let others = Island(
      range: all.range.lowerBound..<longest.range.lowerBound, count: all.count - longest.count,
      sum: all.sum - longest.sum)
    return [others, longest]
  }

  private static func islands(_ bins: [Distribution.Bin]) -> [Island] {
    var islands: [Island] = []
    var empty = 2
    for bin in bins {
      // Between two powers of two nothing may lie: such a bin is not empty, but none.
      if bin.range.isEmpty { continue }
      guard bin.count > 0 else {
        empty += 1
        continue
      }
      if empty >= 2 {
        islands.append(Island(range: bin.range, count: bin.count, sum: bin.sum))
      } else {
        let last = islands.count - 1
        islands[last].range = islands[last].range.lowerBound..<bin.range.upperBound
        islands[last].count += bin.count
        islands[last].sum = islands[last].sum.adding(bin.sum)
      }
      empty = 0
    }
    return islands
  }

  /// A fifth.
  private static func isMuch(_ sum: Int64, of all: Int64) -> Bool { sum >= all / 5 }

  private static func powerOfTwo(below value: Int64) -> Int64 { 1 << (63 - Int64(value.leadingZeroBitCount)) }

  private static func powerOfTwo(above value: Int64) -> Int64 {
    let below = powerOfTwo(below: value)
    return below > .max / 2 ? .max : below * 2
  }
}

import Pprof

/// What grows from one quiesced round of the same load to the next, told apart from what merely goes up and down.
///
/// Each profile is a snapshot after a round. A *suspect* is the innermost function of the program itself on an
/// allocation's stack. Its values over the rounds, after the first (which fills caches), are fitted by a line. Growth is
/// steady if it goes up in nearly every round and the line's slope is more than twice its standard error.
public struct GrowthReport: Sendable {
  /// One place of the program that allocates, over the rounds.
  public struct Suspect: Sendable, Hashable {
    /// The function's name.
    public var function: String
    /// Its value in use after each round, in the sample type's unit.
    public var values: [Int64]
    /// How much more there is after each round, by least squares over all rounds but the first.
    public var slope: Double
    /// The standard error of the slope.
    public var slopeError: Double
    /// In how many of the steps it went up.
    public var rises: Int

    /// Whether it grows from round to round rather than going up and down.
    public var isSteady: Bool {
      let steps = values.count - 2
      return steps >= 2 && rises >= steps - 1 && slope > 2 * slopeError && slope > 0
    }
  }

  /// The unit of the values, e.g. `bytes`.
  public let unit: String
  /// Steady growth first, the steepest at the head; then the rest by their slope.
  public let suspects: [Suspect]

  /// Those that grow from round to round.
  public var steady: [Suspect] { suspects.filter(\.isSteady) }
  /// How many rounds there are.
  public var rounds: Int { suspects.first?.values.count ?? 0 }

  /// The first suspects, and the highest value that one of them ever had.
  public func leading(_ count: Int) -> (suspects: ArraySlice<Suspect>, highest: Int64) {
    let leading = suspects.prefix(count)
    return (leading, leading.flatMap(\.values).max() ?? 0)
  }

  /// Ranks the suspects of at least three snapshots by the sample type of the given name.
  public init(snapshots: [Profile], sampleType: String = "inuse_space") throws(ClaimError) {
    guard snapshots.count >= 3, let first = snapshots.first else { throw .emptyProfile }
    guard let type = first.sampleTypes.first(where: { $0.type == sampleType }) else {
      throw .malformedArgument(
        name: "type", value: sampleType, expected: "one of \(first.sampleTypes.map(\.type).joined(separator: ", "))")
    }
    unit = type.unit
    var series: [String: [Int64]] = [:]
    for (round, snapshot) in snapshots.enumerated() {
      guard let value = snapshot.sampleTypes.firstIndex(where: { $0.type == sampleType }) else { throw .emptyProfile }
      let sites = AllocationSites(snapshot)
      for sample in snapshot.samples {
        let site = sites.site(of: sample)
        series[site, default: [Int64](repeating: 0, count: snapshots.count)][round] += sample.values[value]
      }
    }
    let allocating = series.filter { $0.value.contains { $0 != 0 } }
    suspects = allocating.map { Suspect(function: $0.key, values: $0.value) }.sorted { left, right in
      if left.isSteady != right.isSteady { return left.isSteady }
      if left.slope != right.slope { return left.slope > right.slope }
      return left.function < right.function
    }
  }
}

extension GrowthReport.Suspect {
  fileprivate init(function: String, values: [Int64]) {
    self.function = function
    self.values = values
    let settled = values.dropFirst().map(Double.init)
    let count = Double(settled.count)
    let middle = (count - 1) / 2
    let mean = settled.reduce(0, +) / count
    var (covariance, variance) = (0.0, 0.0)
    for (index, value) in settled.enumerated() {
      covariance += (Double(index) - middle) * (value - mean)
      variance += (Double(index) - middle) * (Double(index) - middle)
    }
    let slope = variance > 0 ? covariance / variance : 0
    let residual = settled.enumerated().reduce(0.0) { sum, point in
      let error = point.element - mean - slope * (Double(point.offset) - middle)
      return sum + error * error
    }
    self.slope = slope
    slopeError = count > 2 && variance > 0 ? (residual / (count - 2) / variance).squareRoot() : .infinity
    rises = zip(settled, settled.dropFirst()).count { $1 > $0 }
  }
}

/// Finds the innermost function of the program itself on a stack.
private struct AllocationSites {
  private let names: [String?]

  init(_ profile: Profile) {
    names = profile.locations.map { location in
      let mapping = location.mapping.map { profile.mappings[$0] }
      return location.lines.lazy.map { profile.functions[$0.function] }
        .first { FrameOrigin(function: $0, mapping: mapping) == .app }?.name
    }
  }

  func site(of sample: Sample) -> String {
    sample.locations.lazy.compactMap { names[$0] }.first ?? "(no function of the program)"
  }
}

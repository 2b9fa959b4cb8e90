import Pprof

/// What grows from one quiesced round of the same load to the next, told apart from what merely goes up and down.
///
/// Each profile is a snapshot after a round. A *suspect* is the innermost function of the program itself on an
/// allocation's stack. Its values over the rounds, after the first (which fills caches), are fitted by a line. Growth is
/// steady if it goes up in nearly every round and the line's slope is more than its error at 95 %: of what is sampled and does
/// not grow, one place in fourteen climbs by more than twice the standard error that a few rounds tell.
public struct GrowthReport: Sendable {
  /// One place of the program that allocates, over the rounds.
  public struct Suspect: Sendable, Hashable {
    /// The function's name.
    public var function: String
    /// Whether it is one of the program's at all: libraries allocate on threads of their own.
    public var isOfProgram: Bool { function != ProgramSites.none }
    /// Its value in use after each round, in the sample type's unit.
    public var values: [Int64]
    /// How far chance may have put each of the values off; nil where nothing is left to it.
    public var errors: [Double?]
    /// How much more there is after each round, by least squares over all rounds but the first.
    public var slope: Double
    /// The standard error of the slope.
    public var slopeError: Double
    /// The line's value in the middle of the rounds that it is fitted to.
    public var middle: Double
    /// In how many of the steps it went up.
    public var rises: Int

    /// How much more there is after each round, with the error of the fit.
    public var growth: Estimate {
      guard slopeError.isFinite else { return Estimate(slope) }
      return Estimate(slope, error: StudentT.deviations(freedom: values.count - 3) * slopeError)
    }

    /// The line's value after a round, counted from 0, with the error of the fit there.
    public func fitted(at round: Int) -> Estimate {
      let count = Double(values.count - 1)
      let distance = Double(round - 1) - (count - 1) / 2
      let value = middle + slope * distance
      guard slopeError.isFinite, count > 2 else { return Estimate(value) }
      // The residual's variance over the count is the middle's, over the spread of the rounds the slope's.
      let spread = count * (count * count - 1) / 12
      let error = slopeError * (spread / count + distance * distance).squareRoot()
      return Estimate(value, error: StudentT.deviations(freedom: values.count - 3) * error)
    }

    /// Whether it grows from round to round rather than going up and down.
    public var isSteady: Bool {
      let steps = values.count - 2
      return steps >= 2 && rises >= steps - 1 && slope > 0 && slope > growth.error ?? .infinity
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

  /// What a chart of so many lines shows: what grows steadily, the steepest first, then the others with the most in use.
  public func drawn(atMost count: Int) -> [Suspect] {
    let others = suspects.filter { !$0.isSteady }.sorted { left, right in
      let (a, b) = (left.values.max() ?? 0, right.values.max() ?? 0)
      return a != b ? a > b : left.function < right.function
    }
    return Array((steady + others).prefix(count))
  }

  /// Ranks the suspects of at least three snapshots by the sample type of the given name.
  public init(snapshots: [Profile], sampleType: String = "inuse_space") throws(ClaimError) {
    guard snapshots.count >= 3, let first = snapshots.first else { throw .emptyProfile }
    guard let type = first.sampleTypes.first(where: { $0.type == sampleType }) else {
      throw .malformedArgument(
        name: "type", value: sampleType, expected: "one of \(first.sampleTypes.map(\.type).joined(separator: ", "))")
    }
    unit = type.unit
    var series: [String: [SampledSum]] = [:]
    for (round, snapshot) in snapshots.enumerated() {
      guard let value = snapshot.sampleTypes.firstIndex(where: { $0.type == sampleType }) else { throw .emptyProfile }
      let sites = ProgramSites(snapshot)
      let variance = SamplingVariance(snapshot, index: value)
      for sample in snapshot.samples {
        let site = sites.site(of: sample)
        series[site, default: [SampledSum](repeating: SampledSum(), count: snapshots.count)][round]
          .add(Double(sample.values[value]), variance: variance?.of(sample) ?? 0)
      }
    }
    let allocating = series.filter { $0.value.contains { $0.value != 0 } }
    suspects = allocating.map { Suspect(function: $0.key, sums: $0.value) }.sorted { left, right in
      if left.isSteady != right.isSteady { return left.isSteady }
      if left.slope != right.slope { return left.slope > right.slope }
      return left.function < right.function
    }
  }
}

extension GrowthReport.Suspect {
  fileprivate init(function: String, sums: [SampledSum]) {
    self.function = function
    values = sums.map { Int64(truncatingOrMin: $0.value) }
    errors = sums.map(\.estimate.error)
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
    self.middle = mean
    slopeError = count > 2 && variance > 0 ? (residual / (count - 2) / variance).squareRoot() : .infinity
    rises = zip(settled, settled.dropFirst()).count { $1 > $0 }
  }
}

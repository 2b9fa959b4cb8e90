import Pprof

/// A sum over samples with its variance.
public struct SampledSum: Sendable, Hashable {
  /// The sum.
  public var value = 0.0
  /// Its variance, in the square of the value's unit; 0 where nothing is left to chance.
  public var variance = 0.0

  /// Nothing yet.
  public init() {}

  /// A sum and its variance.
  public init(value: Double, variance: Double) {
    self.value = value
    self.variance = variance
  }

  /// Adds a value that was drawn apart from the others.
  public mutating func add(_ value: Double, variance: Double) {
    self.value += value
    self.variance += variance
  }

  /// The sum itself, with its error.
  public var estimate: Estimate {
    Estimate(value, error: variance > 0 ? Estimate.deviations * variance.squareRoot() : nil)
  }

  /// The share that this is of a whole which contains it.
  ///
  /// What is drawn into the part and into the rest pulls the share in opposite directions. For n equal draws that gives
  /// the well-known 1.96 √(q(1 − q)/n); of a part that was never met, at most 3/n.
  public func share(of whole: SampledSum) -> Estimate {
    guard whole.value != 0 else { return Estimate(0) }
    let share = value / whole.value
    guard whole.variance > 0 else { return Estimate(share) }
    if value == 0 { return Estimate(0, error: Estimate.unseen * whole.variance / (whole.value * whole.value)) }
    let rest = max(whole.variance - variance, 0)
    let spread = (1 - share) * (1 - share) * variance + share * share * rest
    return Estimate(share, error: Estimate.deviations * spread.squareRoot() / abs(whole.value))
  }
}

extension Profile {
  /// The sum of the values at `index` over the samples that fulfil a condition.
  func sum(ofValue index: Int, where condition: (Sample) -> Bool = { _ in true }) -> SampledSum {
    let variance = SamplingVariance(self, index: index)
    return samples.reduce(into: SampledSum()) { sum, sample in
      if condition(sample) { sum.add(Double(sample.values[index]), variance: variance?.of(sample) ?? 0) }
    }
  }
}

import Pprof
import PprofOperations

/// What every function of a profile has, by its name, with how much of it is chance.
public struct FunctionSums: Sendable {
  /// Everything measured, before any filter; of a difference, in the base.
  public let whole: SampledSum
  private let isDifference: Bool
  private var flats: [String: SampledSum] = [:]
  private var cums: [String: SampledSum] = [:]

  /// Adds up the values at `index`, each sample once for a function however often it stands on the stack.
  /// - Parameter whole: Everything measured.
  init(_ profile: Profile, index: Int, whole: SampledSum) {
    self.whole = whole
    isDifference = profile.samples.contains { $0.isDiffBase }
    let variance = SamplingVariance(profile, index: index)
    let names = profile.locations.map { $0.lines.map { profile.functions[$0.function].name } }
    for sample in profile.samples {
      let (value, variance) = (Double(sample.values[index]), variance?.of(sample) ?? 0)
      if let own = sample.locations.first.flatMap({ names[$0].first }) {
        flats[own, default: SampledSum()].add(value, variance: variance)
      }
      for name in Set(sample.locations.flatMap { names[$0] }) {
        cums[name, default: SampledSum()].add(value, variance: variance)
      }
    }
  }

  /// The share of the whole that a function has itself; of a difference, how much more that is than before.
  public func flatShare(of name: String) -> Estimate { share(flats[name] ?? SampledSum()) }

  /// The share of the whole that a function has with all it calls; of a difference, how much more that is than before.
  public func cumShare(of name: String) -> Estimate { share(cums[name] ?? SampledSum()) }

  /// The share that a part has of a larger part, both left to chance as much as the whole is on average.
  public func share(of part: Int64, in larger: Int64) -> Estimate {
    let each = whole.value == 0 ? 0 : whole.variance / abs(whole.value)
    func sum(_ value: Int64) -> SampledSum { SampledSum(value: Double(value), variance: abs(Double(value)) * each) }
    return sum(part).share(of: sum(larger))
  }

  private func share(_ sum: SampledSum) -> Estimate {
    guard whole.value != 0 else { return Estimate(0) }
    // Two runs: what one drew says nothing of the other.
    return isDifference ? sum.estimate.scaled(by: 1 / whole.value) : sum.share(of: whole)
  }
}

extension Report {
  /// What every function of what is left of the profile has, with how much of it is chance.
  public func functionSums() -> FunctionSums { FunctionSums(profile, index: valueIndex, whole: wholeSum) }
}

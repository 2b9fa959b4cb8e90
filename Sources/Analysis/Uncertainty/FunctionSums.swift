import Pprof
import PprofOperations

/// What every function of a profile has, by its name, with how much of it is chance.
public struct FunctionSums: Sendable {
  /// Everything measured, before any filter; of a difference, in the base.
  public let whole: SampledSum
  private let isDifference: Bool
  /// Where each name stands in the two tables.
  private var numbers: [String: Int] = [:]
  private var flats: [SampledSum]
  private var cums: [SampledSum]

  /// Adds up the values at `index`, each sample once for a function however often it stands on the stack.
  /// - Parameter whole: Everything measured.
  /// - Complexity: O(frames in all samples).
  init(_ profile: Profile, index: Int, whole: SampledSum) {
    self.whole = whole
    isDifference = profile.samples.contains { $0.isDiffBase }
    let variance = SamplingVariance(profile, index: index)
    var numbers: [String: Int] = [:]
    for function in profile.functions where numbers[function.name] == nil { numbers[function.name] = numbers.count }
    let functions = profile.functions.map { numbers[$0.name] ?? 0 }
    let names = profile.locations.map { $0.lines.map { functions[$0.function] } }
    // One behind the other: in the loop over all frames no array is retained.
    let places = names.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let numbered = Array(names.joined())
    flats = [SampledSum](repeating: SampledSum(), count: numbers.count)
    cums = flats
    // The sample that was counted last for each name.
    var counted = [Int](repeating: -1, count: numbers.count)
    for (position, sample) in profile.samples.enumerated() {
      let (value, variance) = (Double(sample.values[index]), variance?.of(sample) ?? 0)
      if let leaf = sample.locations.first, places[leaf] < places[leaf + 1] {
        flats[numbered[places[leaf]]].add(value, variance: variance)
      }
      for location in sample.locations {
        for place in places[location]..<places[location + 1] where counted[numbered[place]] != position {
          counted[numbered[place]] = position
          cums[numbered[place]].add(value, variance: variance)
        }
      }
    }
    self.numbers = numbers
  }

  /// The share of the whole that a function has itself; of a difference, how much more that is than before.
  public func flatShare(of name: String) -> Estimate { share(numbers[name].map { flats[$0] } ?? SampledSum()) }

  /// The share of the whole that a function has with all it calls; of a difference, how much more that is than before.
  public func cumShare(of name: String) -> Estimate { share(numbers[name].map { cums[$0] } ?? SampledSum()) }

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

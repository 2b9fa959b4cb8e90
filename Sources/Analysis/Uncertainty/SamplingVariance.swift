import Platform
import Pprof

/// How much of a sample's value is chance, in a profile that was drawn by lot; profiles that count everything have none.
///
/// Two ways of drawing lots are known by what a profile says of itself:
/// - *By time*: a period of processor time, and a count of samples beside the value. Each tick is a draw of its own, so a
///   value v of c ticks has the variance v²/c.
/// - *By bytes*: a period of bytes, and pairs of `…_objects` and `…_space`. A block of s bytes is picked with the chance
///   p = 1 − exp(−s/period), and its value divided by p. By that one knows how many picks there were, and what each left to
///   chance: o blocks estimated have the variance o(1 − p)/p, their bytes s² times that.
///
/// Source: Horvitz and Thompson, "A Generalization of Sampling Without Replacement", JASA 47, 1952; google/pprof,
/// `profile/legacy_profile.go` (`scaleHeapSample`) for p.
public struct SamplingVariance: Sendable {
  private enum Lot {
    /// Where the count of ticks stands among the values, and whether that itself is the value.
    case time(count: Int)
    /// Where the number of blocks and their bytes stand.
    case bytes(period: Double, objects: Int, space: Int)
  }

  private let lot: Lot
  private let index: Int

  /// What chance does to the values at `index`; nil if the profile does not say that they were drawn by lot.
  public init?(_ profile: Profile, index: Int) {
    guard profile.sampleTypes.indices.contains(index), profile.period > 1, let period = profile.periodType else {
      return nil
    }
    func position(_ type: String) -> Int? { profile.sampleTypes.firstIndex { $0.type == type } }
    self.index = index
    if period.unit == "nanoseconds", let count = position("samples"), profile.sampleTypes[count].unit == "count" {
      lot = .time(count: count)
      return
    }
    let kind = profile.sampleTypes[index].type.split(separator: "_").dropLast().joined(separator: "_")
    guard period.unit == "bytes", let objects = position(kind + "_objects"), let space = position(kind + "_space")
    else { return nil }
    lot = .bytes(period: Double(profile.period), objects: objects, space: space)
  }

  /// The variance of the sample's value, in the square of the value's unit.
  public func of(_ sample: Sample) -> Double {
    let value = Double(sample.values[index])
    if value == 0 { return 0 }
    switch lot {
    case .time(let count):
      // A count that was rounded away when the profile was scaled: all in one tick.
      return value * value / max(abs(Double(sample.values[count])), 1)
    case .bytes(let period, let objects, let space):
      let blocks = abs(Double(sample.values[objects]))
      guard blocks > 0 else { return 0 }
      let size = abs(Double(sample.values[space])) / blocks
      let picked = 1 - exp(-size / period)
      guard picked > 0 else { return 0 }
      return blocks * (1 - picked) / picked * (index == space ? size * size : 1)
    }
  }
}

import Pprof

extension Profile {
  /// Multiplies all values and drops the samples that become 0.
  ///
  /// Source: google/pprof, `profile.go`, `Scale`.
  public mutating func scale(by ratio: Double) {
    multiplyValues(by: Array(repeating: ratio, count: sampleTypes.count))
  }

  /// Multiplies the values of each sample type by a ratio of its own.
  ///
  /// Samples without a scaled value other than 0 are dropped. Values are rounded to the nearest; they are exact
  /// up to 2⁵³.
  ///
  /// - Throws: `ProfileError.ratioCount` unless there is one ratio for each sample type.
  ///
  /// Source: google/pprof, `profile.go`, `ScaleN`.
  public mutating func scale(by ratios: [Double]) throws(ProfileError) {
    guard ratios.count == sampleTypes.count else { throw .ratioCount(ratios.count, expected: sampleTypes.count) }
    multiplyValues(by: ratios)
  }

  /// Makes the sums of all values, type by type, those of the base.
  ///
  /// - Throws: `ProfileError.incompatible` if the types differ.
  ///
  /// Source: google/pprof, `profile/merge.go`, `Normalize`.
  public mutating func normalize(to base: Profile) throws(ProfileError) {
    try checkCompatible(with: base)
    multiplyValues(by: zip(totals, base.totals).map { own, wanted in own == 0 ? 0 : Double(wanted) / Double(own) })
  }

  /// The sum of all samples' values, type by type.
  private var totals: [Int64] {
    var totals = [Int64](repeating: 0, count: sampleTypes.count)
    for sample in samples {
      for (index, value) in sample.values.prefix(totals.count).enumerated() { totals[index] &+= value }
    }
    return totals
  }

  private mutating func multiplyValues(by ratios: [Double]) {
    if ratios.allSatisfy({ $0 == 1 }) { return }
    samples = samples.compactMap { sample in
      var sample = sample
      var isKept = false
      for (index, ratio) in ratios.enumerated() where ratio != 1 && index < sample.values.count {
        let value = Int64(truncating: (Double(sample.values[index]) * ratio).rounded(.toNearestOrAwayFromZero))
        sample.values[index] = value
        isKept = isKept || value != 0
      }
      return isKept ? sample : nil
    }
  }
}

extension Int64 {
  /// The integer part; what no integer holds becomes the least one, as x86_64 and so pprof there has it.
  init(truncating number: Double) {
    self = Int64(exactly: number.rounded(.towardZero)) ?? .min
  }
}

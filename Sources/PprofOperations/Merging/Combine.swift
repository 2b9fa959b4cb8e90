import Pprof

extension Profile {
  /// Merges profiles that may have other sample types and units beside each other.
  ///
  /// Only the sample types that all have are kept, in the order of the first; units are converted to the finest of
  /// each type. A single profile is returned as it is.
  ///
  /// - Throws: `.incompatible` if there is no common type or units cannot be converted, or what `merge(_:)` throws.
  ///
  /// Source: google/pprof, `internal/driver/fetch.go`, `combineProfiles`.
  public static func combine(_ profiles: [Profile]) throws(ProfileError) -> Profile {
    var profiles = profiles
    for profile in profiles { try profile.checkValid() }
    try unifySampleTypes(&profiles)
    try unifyUnits(&profiles)
    return profiles.count == 1 ? profiles[0] : try merge(profiles)
  }

  /// What this profile has more than the base: its samples, and those of the base negated.
  ///
  /// - Parameters:
  ///   - isLabelled: Marks the base's samples with the label `pprof::base`, so that reports can count percentages
  ///     of the base's total (pprof's `-diff_base`; without it, its `-base`).
  ///   - isNormalized: Scales this profile first so that its totals are the base's.
  /// - Throws: what `combine(_:)` throws.
  ///
  /// Source: google/pprof, `internal/driver/fetch.go`, `fetchProfiles`.
  public func difference(
    from base: Profile, isLabelled: Bool = false, isNormalized: Bool = false
  ) throws(ProfileError) -> Profile {
    var source = self
    var base = base
    if isLabelled { base.setLabel("pprof::base", to: ["true"]) }
    if isNormalized { try source.normalize(to: base) }
    base.scale(by: -1)
    return try Profile.combine([source, base])
  }

  /// Drops and reorders sample types until all profiles have the same.
  private static func unifySampleTypes(_ profiles: inout [Profile]) throws(ProfileError) {
    guard let first = profiles.first else { throw .nothingToMerge }
    let common = first.sampleTypes.map(\.type).filter { type in
      profiles.map { $0.sampleTypes.count { $0.type == type } }.reduce(0, +) == profiles.count
    }
    guard let usual = common.first else {
      let other = profiles.last ?? first
      throw .incompatible(what: "sample types", "\(first.sampleTypes)", "\(other.sampleTypes)")
    }
    for index in profiles.indices {
      let types = profiles[index].sampleTypes
      let kept = common.compactMap { type in types.firstIndex { $0.type == type } }
      guard kept.count == common.count else {
        throw .incompatible(what: "sample types", "\(first.sampleTypes)", "\(types)")
      }
      if kept == Array(types.indices) { continue }
      if !common.contains(profiles[index].defaultSampleType) { profiles[index].defaultSampleType = usual }
      profiles[index].sampleTypes = kept.map { types[$0] }
      for sample in profiles[index].samples.indices {
        let values = profiles[index].samples[sample].values
        profiles[index].samples[sample].values = kept.map { values[$0] }
      }
    }
  }

  /// Converts values and periods to the finest unit of each type.
  private static func unifyUnits(_ profiles: inout [Profile]) throws(ProfileError) {
    guard profiles.count > 1 else { return }
    let periodType = try commonValueType(
      profiles.map { $0.periodType ?? ValueType(type: "", unit: "") }, what: "period types")
    var sampleTypes: [ValueType] = []
    for index in profiles[0].sampleTypes.indices {
      sampleTypes.append(try commonValueType(profiles.map { $0.sampleTypes[index] }, what: "sample types"))
    }
    for index in profiles.indices {
      if let own = profiles[index].periodType {
        let period = Units.scale(profiles[index].period, from: own.unit, to: periodType.unit)
        profiles[index].period = Int64(truncating: period.value)
        profiles[index].periodType?.unit = periodType.unit
      }
      var ratios: [Double] = []
      for (type, common) in sampleTypes.enumerated() {
        ratios.append(Units.scale(1, from: profiles[index].sampleTypes[type].unit, to: common.unit).value)
        profiles[index].sampleTypes[type].unit = common.unit
      }
      try profiles[index].scale(by: ratios)
    }
  }

  /// The one of the types that has the finest unit.
  ///
  /// Source: google/pprof, `internal/measurement/measurement.go`, `CommonValueType`.
  private static func commonValueType(_ types: [ValueType], what: String) throws(ProfileError) -> ValueType {
    var finest = types[0]
    for type in types.dropFirst() {
      guard finest.isCompatible(with: type) else { throw .incompatible(what: what, "\(finest)", "\(type)") }
      if Units.scale(1, from: type.unit, to: finest.unit).value < 1 { finest = type }
    }
    return finest
  }
}

extension ValueType {
  /// Whether values of both can be converted into each other: the same type, but for a final s, and units of one
  /// family.
  public func isCompatible(with other: ValueType) -> Bool {
    func singular(_ type: String) -> Substring { type.hasSuffix("s") ? type.dropLast() : type[...] }
    guard singular(type) == singular(other.type) else { return false }
    return unit == other.unit
      || UnitFamily.all.contains { $0.unit(named: unit) != nil && $0.unit(named: other.unit) != nil }
  }
}

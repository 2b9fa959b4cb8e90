import Pprof

extension Profile {
  /// One profile with the samples of all, those of equal stacks and labels added up.
  ///
  /// Locations, functions and mappings are joined where they are the same code, also if it was loaded at other
  /// addresses. Samples whose values are all 0, and entries that nothing refers to, are left out; ids count from 1.
  /// The period is the longest, the duration the sum, the time the first.
  ///
  /// - Throws: `.incompatible` if sample or period types differ, `.nothingToMerge`, or what `checkValid()` finds.
  /// - Complexity: linear in the number of frames.
  ///
  /// Source: google/pprof, `profile/merge.go`, `Merge`.
  public static func merge(_ profiles: [Profile]) throws(ProfileError) -> Profile {
    for profile in profiles { try profile.checkValid() }
    var merger = ProfileMerger(header: try mergedHeader(profiles))
    for profile in profiles { merger.add(profile) }
    let merged = merger.profile
    // What cancelled out is removed by merging the result once more.
    return merged.samples.contains { $0.isZero } ? try merge([merged]) : merged
  }

  /// All but samples and tables.
  private static func mergedHeader(_ profiles: [Profile]) throws(ProfileError) -> Profile {
    guard let first = profiles.first else { throw .nothingToMerge }
    var header = Profile(
      sampleTypes: first.sampleTypes, dropFrames: first.dropFrames, keepFrames: first.keepFrames,
      periodType: first.periodType)
    var comments: Set<ByteString> = []
    for profile in profiles {
      try first.checkCompatible(with: profile)
      if header.timeNanoseconds == 0 || profile.timeNanoseconds < header.timeNanoseconds {
        header.timeNanoseconds = profile.timeNanoseconds
      }
      header.durationNanoseconds &+= profile.durationNanoseconds
      if header.period == 0 || header.period < profile.period { header.period = profile.period }
      for comment in profile.comments where comments.insert(ByteString(comment)).inserted {
        header.comments.append(comment)
      }
      if header.defaultSampleType.isEmpty { header.defaultSampleType = profile.defaultSampleType }
      if header.documentationURL.isEmpty { header.documentationURL = profile.documentationURL }
    }
    return header
  }

  /// Makes sure that the values of two profiles mean the same.
  ///
  /// - Throws: `ProfileError.incompatible`.
  func checkCompatible(with other: Profile) throws(ProfileError) {
    let none = ValueType(type: "", unit: "")
    guard periodType ?? none == other.periodType ?? none else {
      throw .incompatible(what: "period types", "\(periodType ?? none)", "\(other.periodType ?? none)")
    }
    guard sampleTypes == other.sampleTypes else {
      throw .incompatible(what: "sample types", "\(sampleTypes)", "\(other.sampleTypes)")
    }
  }
}

extension Sample {
  /// Whether nothing was measured.
  var isZero: Bool { values.allSatisfy { $0 == 0 } }
}

extension ValueType: CustomStringConvertible {
  /// For instance `cpu/nanoseconds`.
  public var description: String { "\(type)/\(unit)" }
}

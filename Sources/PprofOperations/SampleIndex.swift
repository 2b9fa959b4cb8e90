import Pprof

extension Profile {
  /// Which of a sample's values is meant by a name, a number in digits, or nothing.
  ///
  /// Nothing means `defaultSampleType`, or the last type if there is none of that name. `inuse_space` also finds a
  /// type `space`, and so for every name that begins with `inuse_`.
  ///
  /// - Throws: `ProfileError.unknownSampleType`, or `.missingSampleTypes` if there are none.
  ///
  /// Source: google/pprof, `profile/index.go`.
  public func sampleIndex(named name: String = "") throws(ProfileError) -> Int {
    guard !sampleTypes.isEmpty else { throw .missingSampleTypes }
    if name.isEmpty {
      guard !defaultSampleType.isEmpty else { return sampleTypes.count - 1 }
      return sampleTypes.firstIndex { $0.type == defaultSampleType } ?? sampleTypes.count - 1
    }
    if let index = Int(name) {
      guard sampleTypes.indices.contains(index) else {
        throw .sampleIndexOutOfRange(index, count: sampleTypes.count)
      }
      return index
    }
    let prefix = "inuse_"
    let shortName = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    guard let index = sampleTypes.firstIndex(where: { $0.type == name || $0.type == shortName }) else {
      throw .unknownSampleType(name, choices: sampleTypes.map(\.type))
    }
    return index
  }
}

import Pprof

extension Profile {
  /// The position of a sample type by name; of the default type, else the last, if there is no name.
  ///
  /// As in pprof, `-inuse_x` also finds type `x`, and a number is a position. Nil if there is no such type.
  public func sampleTypeIndex(named name: String?) -> Int? {
    guard let name, !name.isEmpty else {
      return sampleTypes.lastIndex { $0.type == defaultSampleType } ?? sampleTypes.indices.last
    }
    if let position = sampleTypes.firstIndex(where: { $0.type == name }) { return position }
    if let position = Int(name), sampleTypes.indices.contains(position) { return position }
    if name.hasPrefix("inuse_") { return sampleTypes.firstIndex { $0.type == name.dropFirst("inuse_".count) } }
    return nil
  }
}

extension Profile {
  /// Makes sure that every reference leads somewhere, every id is used once, and every sample has its values.
  ///
  /// - Throws: the first violation, with the position of the entry.
  /// - Complexity: linear in the number of frames.
  ///
  /// Source: google/pprof, `profile.go`, `CheckValid`.
  public func checkValid() throws(ProfileError) {
    guard !sampleTypes.isEmpty || samples.isEmpty else { throw .missingSampleTypes }
    try Self.checkIDs(mappings.count, .mapping) { mappings[$0].id }
    try Self.checkIDs(functions.count, .function) { functions[$0].id }
    try Self.checkIDs(locations.count, .location) { locations[$0].id }
    for (index, location) in locations.enumerated() {
      if let mapping = location.mapping, !mappings.indices.contains(mapping) {
        throw .unknownPosition(mapping, count: mappings.count, at: Place(.location, index: index, field: 2))
      }
      for line in location.lines where !functions.indices.contains(line.function) {
        throw .unknownPosition(line.function, count: functions.count, at: Place(.line, index: index, field: 1))
      }
    }
    for (index, sample) in samples.enumerated() {
      guard sample.values.count == sampleTypes.count else {
        let place = Place(.sample, index: index, field: 2)
        throw .valueCount(sample.values.count, expected: sampleTypes.count, at: place)
      }
      for location in sample.locations where !locations.indices.contains(location) {
        throw .unknownPosition(location, count: locations.count, at: Place(.sample, index: index, field: 1))
      }
    }
  }

  private static func checkIDs(
    _ count: Int, _ message: Place.Message, _ id: (Int) -> UInt64
  ) throws(ProfileError) {
    var seen = IDTable(count: count)
    for index in 0..<count {
      let id = id(index)
      if id == 0 { throw .zeroID(at: Place(message, index: index, field: 1)) }
      guard seen.insert(id, position: index) else {
        throw .duplicateID(id, at: Place(message, index: index, field: 1))
      }
    }
  }
}

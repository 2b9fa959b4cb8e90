import Pprof

/// Adds the samples of one profile after the other to a common one.
struct ProfileMerger {
  /// What was merged so far.
  private(set) var profile: Profile
  private var samples: [SampleKey: Int] = [:]
  private var locations: [LocationKey: Int] = [:]
  private var functions: [FunctionKey: Int] = [:]
  private var mappings: [MappingKey: Int] = [:]

  init(header: Profile) { profile = header }

  /// Adds the samples of a valid profile, and what they refer to.
  mutating func add(_ source: Profile) {
    var merged = MergedPositions(source)
    // The first mapping is the main binary and must stay the first.
    if mappings.isEmpty && !source.mappings.isEmpty { _ = mapping(0, of: source, &merged) }
    for sample in source.samples where !sample.isZero {
      let stack = sample.locations.map { location($0, of: source, &merged) }
      let key = SampleKey(locations: stack, labels: sample.labels, numericLabels: sample.numericLabels)
      if let position = samples[key] {
        for index in sample.values.indices { profile.samples[position].values[index] &+= sample.values[index] }
      } else {
        samples[key] = profile.samples.count
        var added = sample
        added.locations = stack
        profile.samples.append(added)
      }
    }
  }

  private mutating func location(_ position: Int, of source: Profile, _ merged: inout MergedPositions) -> Int {
    if let known = merged.locations[position] { return known }
    var location = source.locations[position]
    if let old = location.mapping {
      let new = mapping(old, of: source, &merged)
      location.mapping = new
      // The same file may lie elsewhere in each process.
      location.address &+= profile.mappings[new].start &- source.mappings[old].start
    }
    for index in location.lines.indices {
      location.lines[index].function = function(location.lines[index].function, of: source, &merged)
    }
    let key = LocationKey(location, start: location.mapping.map { profile.mappings[$0].start } ?? 0)
    let new = locations[key] ?? profile.locations.count
    if new == profile.locations.count {
      location.id = UInt64(new) + 1
      profile.locations.append(location)
      locations[key] = new
    }
    merged.locations[position] = new
    return new
  }

  private mutating func mapping(_ position: Int, of source: Profile, _ merged: inout MergedPositions) -> Int {
    if let known = merged.mappings[position] { return known }
    var mapping = source.mappings[position]
    let key = MappingKey(mapping)
    let new = mappings[key] ?? profile.mappings.count
    if new == profile.mappings.count {
      mapping.id = UInt64(new) + 1
      profile.mappings.append(mapping)
      mappings[key] = new
    }
    merged.mappings[position] = new
    return new
  }

  private mutating func function(_ position: Int, of source: Profile, _ merged: inout MergedPositions) -> Int {
    if let known = merged.functions[position] { return known }
    var function = source.functions[position]
    let key = FunctionKey(function)
    let new = functions[key] ?? profile.functions.count
    if new == profile.functions.count {
      function.id = UInt64(new) + 1
      profile.functions.append(function)
      functions[key] = new
    }
    merged.functions[position] = new
    return new
  }
}

/// Where the entries of one source went; nil if they were not needed yet.
private struct MergedPositions {
  var locations: [Int?]
  var functions: [Int?]
  var mappings: [Int?]

  init(_ source: Profile) {
    locations = Array(repeating: nil, count: source.locations.count)
    functions = Array(repeating: nil, count: source.functions.count)
    mappings = Array(repeating: nil, count: source.mappings.count)
  }
}

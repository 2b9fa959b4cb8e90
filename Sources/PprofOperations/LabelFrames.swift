import Pprof

extension Profile {
  /// Adds frames for labels, so that reports split by them: `rootKeys` above each stack (the first outermost),
  /// `leafKeys` beneath it (the last innermost).
  ///
  /// The frame's function is named by the label's values, its file by the key; a sample without the label gets a
  /// nameless one. Returns whether any sample had one of the labels.
  ///
  /// - Parameter unit: The unit for numeric values, as `Units.scaledLabel(_:from:to:)` takes it.
  ///
  /// Source: google/pprof, `internal/driver/tagroot.go`, `addLabelNodes`.
  @discardableResult
  public mutating func addLabelFrames(
    root rootKeys: [String] = [], leaf leafKeys: [String] = [], unit: String = "minimum"
  ) -> (root: Bool, leaf: Bool) {
    if rootKeys.isEmpty && leafKeys.isEmpty { return (false, false) }
    var frames = LabelFrames(&self)
    var matches = (root: false, leaf: false)
    for index in samples.indices {
      let sample = samples[index]
      let roots = rootKeys.reversed().map { key in
        let values = sample.labelValues(key, unit: unit)
        if !values.isEmpty { matches.root = true }
        return frames.position(values.joined(separator: ","), key, in: &self)
      }
      let leaves = leafKeys.reversed().map { key in
        let values = sample.labelValues(key, unit: unit)
        if !values.isEmpty { matches.leaf = true }
        return frames.position(values.joined(separator: ","), key, in: &self)
      }
      samples[index].locations = leaves + sample.locations + roots
    }
    return matches
  }
}

/// The frames made up for labels, one for each value and key.
private struct LabelFrames {
  private var positions: [Function: Int] = [:]
  private var nextLocation: UInt64
  private var nextFunction: UInt64

  /// Prepares for new entries; ids so large that none can follow are given anew.
  init(_ profile: inout Profile) {
    let largest = UInt64.max / 2
    if profile.locations.contains(where: { $0.id > largest }) {
      for index in profile.locations.indices { profile.locations[index].id = UInt64(index) + 1 }
    }
    if profile.functions.contains(where: { $0.id > largest }) {
      for index in profile.functions.indices { profile.functions[index].id = UInt64(index) + 1 }
    }
    nextLocation = (profile.locations.map(\.id).max() ?? 0) + 1
    nextFunction = (profile.functions.map(\.id).max() ?? 0) + 1
  }

  mutating func position(_ name: String, _ key: String, in profile: inout Profile) -> Int {
    let label = Function(id: 0, name: name, filename: key)
    if let position = positions[label] { return position }
    var function = label
    function.id = nextFunction
    profile.functions.append(function)
    profile.locations.append(Location(id: nextLocation, lines: [Line(function: profile.functions.count - 1)]))
    nextFunction += 1
    nextLocation += 1
    positions[label] = profile.locations.count - 1
    return profile.locations.count - 1
  }
}

extension Sample {
  /// A label's values as text, numeric ones in the unit given.
  fileprivate func labelValues(_ key: String, unit: String) -> [String] {
    let numbers = numericLabels[key] ?? []
    let haveUnits = numbers.contains { !$0.unit.isEmpty }
    return (labels[key] ?? [])
      + numbers.map { Units.scaledLabel($0.value, from: $0.unit, to: haveUnits ? unit : "") }
  }
}

import Pprof

extension Profile {
  /// The unit of each numeric label: the first one found, else one told by the key.
  ///
  /// A label without any unit is counted in `bytes` if its key is `alignment` or `request`, else in the key itself.
  /// Units found beside the first are returned as `ignored`, in order.
  ///
  /// Source: google/pprof, `profile.go`, `NumLabelUnits`.
  public func numericLabelUnits() -> (units: [String: String], ignored: [String: [String]]) {
    var units: [String: String] = [:]
    var ignored: [String: Set<String>] = [:]
    var keys: Set<String> = []
    for sample in samples where !sample.numericLabels.isEmpty {
      for (key, values) in sample.numericLabels {
        keys.insert(key)
        for value in values where !value.unit.isEmpty {
          if let unit = units[key] {
            if unit != value.unit { ignored[key, default: []].insert(value.unit) }
          } else {
            units[key] = value.unit
          }
        }
      }
    }
    for key in keys where units[key] == nil {
      units[key] = key == "alignment" || key == "request" ? "bytes" : key
    }
    return (units, ignored.mapValues { $0.sorted { ByteString($0) < ByteString($1) } })
  }
}

import Pprof

extension Profile {
  /// Sets a text label of all samples.
  public mutating func setLabel(_ key: String, to values: [String]) {
    for index in samples.indices { samples[index].labels[key] = values }
  }
}

extension Sample {
  /// Whether a text label has this value.
  public func hasLabel(_ key: String, _ value: String) -> Bool {
    labels[key]?.contains(value) ?? false
  }

  /// Whether the sample belongs to the base that a profile is compared with.
  public var isDiffBase: Bool { hasLabel("pprof::base", "true") }
}

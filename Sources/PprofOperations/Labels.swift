import Pprof

extension Profile {
  /// Sets a text label of all samples.
  public mutating func setLabel(_ key: String, to values: [String]) {
    for index in samples.indices { samples[index].labels[key] = values }
  }

  /// Removes a text label from all samples.
  public mutating func removeLabel(_ key: String) {
    for index in samples.indices { samples[index].labels[key] = nil }
  }

  /// Sets a numeric label of all samples.
  public mutating func setNumericLabel(_ key: String, to values: [NumericLabel]) {
    for index in samples.indices { samples[index].numericLabels[key] = values }
  }

  /// Removes a numeric label from all samples.
  public mutating func removeNumericLabel(_ key: String) {
    for index in samples.indices { samples[index].numericLabels[key] = nil }
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

/// One call stack and what was measured there.
public struct Sample: Sendable, Hashable {
  /// Positions in `Profile.locations`, leaf first.
  public var locations: [Int]
  /// One value for each of `Profile.sampleTypes`.
  public var values: [Int64]
  /// Text labels, each with one or more values.
  public var labels: [String: [String]]
  /// Numeric labels, each with one or more values.
  public var numericLabels: [String: [NumericLabel]]

  /// A sample of the given stack (leaf first) and values.
  public init(
    locations: [Int], values: [Int64], labels: [String: [String]] = [:],
    numericLabels: [String: [NumericLabel]] = [:]
  ) {
    self.locations = locations
    self.values = values
    self.labels = labels
    self.numericLabels = numericLabels
  }
}

/// A bounded integer that changes how much a scenario does.
public struct Parameter: Sendable, Hashable {
  /// The name in `--set name=value`.
  public let name: String
  /// What it counts.
  public let summary: String
  /// The value when none is given.
  public let standard: Int
  /// The values allowed.
  public let range: ClosedRange<Int>

  /// A parameter with its bounds.
  public init(_ name: String, _ summary: String, standard: Int, range: ClosedRange<Int>) {
    self.name = name
    self.summary = summary
    self.standard = standard
    self.range = range
  }
}

/// Checked values for a scenario's parameters.
public struct Arguments: Sendable {
  /// The values by name; every parameter has one.
  public let values: [String: Int]

  /// The standard values, with the given ones in their place.
  ///
  /// - Throws: `ScenarioError` for an unknown name or a value out of bounds.
  public init(_ given: [String: Int] = [:], for scenario: Scenario) throws(ScenarioError) {
    var values: [String: Int] = [:]
    for parameter in scenario.parameters { values[parameter.name] = parameter.standard }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let parameter = scenario.parameters.first(where: { $0.name == name }) else {
        throw .unknownParameter(name, known: scenario.parameters.map(\.name))
      }
      guard parameter.range.contains(value) else {
        throw .outOfBounds(name, value: value, range: parameter.range)
      }
      values[name] = value
    }
    self.values = values
  }

  /// The value of a parameter the scenario declares; 0 for one it does not.
  public subscript(name: String) -> Int { values[name] ?? 0 }
}

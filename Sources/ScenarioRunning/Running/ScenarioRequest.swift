import Foundation

/// One run of a scenario, as handed to the process that does it.
public struct ScenarioRequest: Codable, Sendable {
  /// The scenario's id.
  public var scenario: String
  /// Which of its forms.
  public var variant: Scenario.Variant
  /// The name of the kind of profile.
  public var kind: String
  /// The view of it that is wanted; nil for the usual one. The environment says the same, by the kind's variable.
  public var view: String?
  /// The parameters that are not to have their standard values.
  public var parameters: [String: Int]
  /// The rate in the kind's own unit; nil for its default.
  public var rate: Int?
  /// Where the process is to write the captures.
  public var folder: String
  /// The package's root: files below are named from there, so that a capture is good on any machine.
  public var root: String
  /// The command that a reader types to make the same capture.
  public var command: String
  /// The hash by which the capture is known to be stale.
  public var key: String
  /// The compiler.
  public var toolchain: String
  /// How much of the usual time is enough: 0 for one turn, where what is wanted is counted and not measured; nil: all of it.
  public var effort: Double?
  /// How many rounds a heap capture covers; nil: as many as the scenario says.
  public var heapRounds: Int?

  private static let mark = "__scenario"

  /// The arguments that make a program that can run the scenario do it.
  public func arguments() throws -> [String] {
    [Self.mark, String(decoding: try JSONEncoder().encode(self), as: UTF8.self)]
  }

  /// The request of a process started with `arguments()`; nil for any other.
  public init?(fromArguments arguments: [String]) {
    guard arguments.count == 3, arguments[1] == Self.mark,
      let request = try? JSONDecoder().decode(Self.self, from: Data(arguments[2].utf8))
    else { return nil }
    self = request
  }

  /// A run of a scenario.
  public init(
    scenario: String, variant: Scenario.Variant, kind: String, view: String? = nil, parameters: [String: Int] = [:],
    rate: Int? = nil, folder: String, root: String, command: String, key: String, toolchain: String
  ) {
    self.scenario = scenario
    self.variant = variant
    self.kind = kind
    self.view = view
    self.parameters = parameters
    self.rate = rate
    self.folder = folder
    self.root = root
    self.command = command
    self.key = key
    self.toolchain = toolchain
  }
}

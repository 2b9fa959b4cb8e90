import Foundation
import Scenarios

/// One run of a scenario, as handed to the process that does it.
struct ScenarioRequest: Codable, Sendable {
  var scenario: String
  var variant: Scenario.Variant
  var kind: String
  var parameters: [String: Int]
  var rate: Int?
  /// Where the process is to write `profile.pb.gz` and `provenance.json`.
  var folder: String
  var command: String
  var key: String
  var toolchain: String

  private static let mark = "__scenario"

  /// The arguments that make this executable run the request.
  func arguments() throws -> [String] {
    [Self.mark, String(decoding: try JSONEncoder().encode(self), as: UTF8.self)]
  }

  /// The request of a process started with `arguments()`; nil for any other.
  init?(fromArguments arguments: [String]) {
    guard arguments.count == 3, arguments[1] == Self.mark,
      let request = try? JSONDecoder().decode(Self.self, from: Data(arguments[2].utf8))
    else { return nil }
    self = request
  }

  init(
    scenario: String, variant: Scenario.Variant, kind: String, parameters: [String: Int], rate: Int?, folder: String,
    command: String, key: String, toolchain: String
  ) {
    self.scenario = scenario
    self.variant = variant
    self.kind = kind
    self.parameters = parameters
    self.rate = rate
    self.folder = folder
    self.command = command
    self.key = key
    self.toolchain = toolchain
  }
}

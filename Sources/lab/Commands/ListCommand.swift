import ArgumentParser
import Foundation
import Profiling
import ScenarioRunning
import Scenarios

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the scenarios, or the kinds of profile.")

  @Flag(help: "List the kinds of profile and how each is asked for.") var profiles = false
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    if profiles { return print(Self.profileKinds, terminator: "") }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(Scenario.all.map(Listing.init)), as: UTF8.self))
      return
    }
    let width = Scenario.all.map(\.id.count).max() ?? 0
    for scenario in Scenario.all {
      let kinds = scenario.profiles.map(\.name).joined(separator: ", ")
      print("\(scenario.id.padding(toLength: width, withPad: " ", startingAt: 0))  \(scenario.title) (\(kinds))")
    }
  }

  /// The kinds of profile: what each shows, the file and the variable it goes by, and its rates.
  static var profileKinds: String {
    let kinds = ProfileKind.all
    func column(_ text: @escaping (ProfileKind) -> String) -> (ProfileKind) -> String {
      let width = kinds.map { text($0).count }.max() ?? 0
      return { text($0).padding(toLength: width, withPad: " ", startingAt: 0) }
    }
    let (name, file, variable) = (column(\.name), column(\.file), column(\.variable))
    return kinds.map { kind in
      "\(name(kind))  \(kind.summary)\n"
        + "\(String(repeating: " ", count: name(kind).count))  \(file(kind))  \(variable(kind))"
        + "  rate: \(kind.rate?.inWords ?? "none")"
        + "\(kind.otherNames.isEmpty ? "" : "  also: \(kind.otherNames.joined(separator: ", "))")\n"
    }.joined()
  }

  private struct Listing: Encodable {
    let id: String
    let title: String
    let question: String
    let profiles: [String]
    let variants = Scenario.Variant.allCases.map(\.rawValue)
    let parameters: [Setting]

    init(_ scenario: Scenario) {
      id = scenario.id
      title = scenario.title
      question = scenario.question
      profiles = scenario.profiles.map(\.name)
      parameters = scenario.parameters.map(Setting.init)
    }
  }

  private struct Setting: Encodable {
    let name: String
    let summary: String
    let standard: Int
    let least: Int
    let greatest: Int

    init(_ parameter: Parameter) {
      name = parameter.name
      summary = parameter.summary
      standard = parameter.standard
      least = parameter.range.lowerBound
      greatest = parameter.range.upperBound
    }
  }
}

import ArgumentParser
import Foundation
import ScenarioRunning
import Scenarios

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the scenarios.")

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
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

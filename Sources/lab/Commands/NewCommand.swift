import ArgumentParser
import Foundation
import ScenarioRunning
import Scenarios

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Writes the skeleton of a scenario or of a lesson, which works as it is.",
    subcommands: [NewScenarioCommand.self, NewLessonCommand.self])
}

struct NewScenarioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenario", abstract: "Writes a small program with a fault and its fix, and adds it to the list.")

  @Argument(help: "Its name, as in word-count.") var name: String

  func run() throws {
    for path in try ScenarioSkeleton(name).write() { print("wrote \(path)") }
    print(
      """
      Now make it your own, and look at it:
        ./lab run \(name)
        ./lab run \(name) --variant fixed
        ./lab publish \(name)
        ./lab new lesson \(name)
      """)
  }
}

struct NewLessonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson", abstract: "Writes a lesson about a scenario, with figures and claims that hold.")

  @Argument(help: "Its name, as in 12 or word-count.") var name: String
  @Option(help: "The scenario; that of the lesson's name if not given.") var scenario: String?

  func run() throws {
    let id = scenario ?? name
    guard let scenario = Scenario.named(id) else {
      throw LabError.usage("no scenario '\(id)': say which with --scenario, see ./lab list")
    }
    let file = try LessonSkeleton(name, of: scenario, captures: CaptureLibrary(usesLocal: true)).write()
    print("wrote \(Workspace.relative(Workspace.content))/\(file)")
    print("Now make it your own, and look at it: ./lab check, ./lab build --no-run")
  }
}

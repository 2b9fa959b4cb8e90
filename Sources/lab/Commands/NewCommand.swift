import ArgumentParser
import Foundation
import ScenarioRunning
import Scenarios

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Writes the skeleton of a scenario, a lesson or a challenge, which works as it is.",
    subcommands: [NewScenarioCommand.self, NewLessonCommand.self, NewChallengeCommand.self])
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

struct NewChallengeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "challenge", abstract: "Writes a program to mend, with how it is judged and its controls.",
    discussion: "The pages of all challenges are written anew; --pages does only that, after a change of theirs.")

  @Argument(help: "Its name, as in slow-ledger.") var name: String?
  @Flag(help: "Write the pages of all challenges, and make no new one.") var pages = false

  func run() throws {
    guard (name == nil) == pages else { throw LabError.usage("give a name, or --pages") }
    if let name { for path in try ChallengeSkeleton(name).write() { print("wrote \(path)") } }
    for path in try ChallengeSkeleton.writePages(of: Challenge.all()) { print("wrote \(path)") }
    guard let name else { return }
    print(
      """
      Now make it your own, and look at it:
        ./lab challenge check \(name) Challenges/\(name)/Attempt.swift
        ./lab challenge check \(name) Challenges/\(name)/Solution.swift
        ./lab new challenge --pages
        swift test --filter ChallengeControlTests
      """)
  }
}

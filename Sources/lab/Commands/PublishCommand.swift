import Analysis
import ArgumentParser
import Foundation
import ScenarioRunning
import Scenarios

struct PublishCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Promotes local captures to Content/captures, if every claim in the lessons holds on them.")

  @Argument(help: "Only this scenario's captures.") var scenario: String?

  func run() throws {
    if let scenario, Scenario.named(scenario) == nil { throw LabError.usage("no scenario '\(scenario)'") }
    let names = CaptureName.all.filter { scenario == nil || $0.scenario == scenario }
      .filter { CaptureFiles($0, in: Workspace.localCaptures).exist }
    guard !names.isEmpty else { throw LabError.failed("no local captures; make them with ./lab build") }
    let problems = LabSite(usesLocal: true, localClaimsMustHold: true).check()
    let failed = problems.filter { problem in names.contains { problem.message.contains($0.description) } }
    guard failed.isEmpty else {
      for problem in failed { complain("\(problem)") }
      throw LabError.failed("not published: \(failed.count) claims do not hold on the local captures")
    }
    for name in names {
      try CaptureStore.publish(
        CaptureFiles(name, in: Workspace.localCaptures), to: CaptureFiles(name, in: Workspace.publishedCaptures),
        firstOfTrace: Scenario.named(name.scenario)?.publishedTrace)
      print("published \(name)")
    }
    try ReadmeFigure.draw().write(toFile: ReadmeFigure.path, atomically: true, encoding: .utf8)
  }
}

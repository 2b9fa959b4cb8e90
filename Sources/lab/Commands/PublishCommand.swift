import Analysis
import ArgumentParser
import Foundation
import ScenarioRunning
import Scenarios

struct PublishCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Promotes local captures to Content/captures, if every claim in the lessons holds on them.")

  @Argument(help: "Only this scenario's captures, or bench: what lab bench --keep measured.") var scenario: String?

  func run() throws {
    if scenario == "bench" { return try publishBench() }
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

  /// What `lab bench --keep` measured on this machine, in the place of what was published.
  private func publishBench() throws {
    let record = try BenchRecord.read(BenchRecord.local)
    for group in record.groups where group.build != "release" {
      throw LabError.failed("\(group.name) was measured in a \(group.build) build")
    }
    // On the published captures: what is wrong then is wrong with what was measured here.
    let site = LabSite(usesLocal: false, localClaimsMustHold: true, usesLocalBench: true)
    let failed = site.check().filter { $0.severity == .error }
    guard failed.isEmpty else {
      for problem in failed { complain("\(problem)") }
      throw LabError.failed("not published: the content has \(failed.count) errors with what was measured here")
    }
    var published = (try? BenchRecord.read(BenchRecord.published)) ?? BenchRecord()
    published.groups.removeAll { old in record.groups.contains { $0.name == old.name } }
    published.groups = Benchmark.all.compactMap { benchmark in
      (record.groups + published.groups).first { $0.name == benchmark.name }
    }
    try published.write(BenchRecord.published)
    print("published bench: \(record.groups.map(\.name).joined(separator: ", "))")
  }
}

import Analysis
import ArgumentParser
import Findings
import Foundation
import Profiling
import ScenarioRunning
import Scenarios

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a scenario in a process of its own and captures a profile of it.")

  @Argument(help: "The scenario; see 'lab list'.") var scenario: String
  @Option(help: "faulty or fixed.") var variant: Scenario.Variant = .faulty
  @Option(name: .customLong("set"), help: ArgumentHelp("Set a parameter.", valueName: "name=value"))
  var settings: [String] = []
  @Option(help: "The kind of profile; the scenario's own if not given.") var profile: ProfileKind?
  @Option(help: ArgumentHelp(ProfileKind.ratesInWords)) var rate: Int?
  @Option(
    name: [.customShort("o"), .long], help: "Where to write the profile; its provenance goes beside it as .json.")
  var output: String?
  @Option(help: ArgumentHelp(ProfileKind.viewsInWords, valueName: "view")) var by: String?
  @Flag(help: "Write a paragraph of words for each, where the kind has that: the same as --by dump.") var dump = false
  @Flag(help: "Leave the program's labels out of a dump.") var withoutLabels = false
  @Option(help: "Seconds after which the run is ended.") var timeLimit: Double = 120
  @Flag(help: "Print the provenance and the findings as JSON.") var json = false

  func run() throws {
    try LabError.checkPlatform()
    guard let scenario = Scenario.named(scenario) else {
      throw LabError.usage("no scenario '\(scenario)'; there are: \(Scenario.all.map(\.id).joined(separator: ", "))")
    }
    let kind = profile ?? scenario.profiles[0]
    let parameters = try settings.map(Self.setting).reduce(into: [:]) { $0[$1.name] = $1.value }
    let view = try kind.view(by: by, dump: dump, withoutLabels: withoutLabels)
    let isStandard = parameters.isEmpty && rate == nil && view == nil
    // What was asked for can be printed if it is words.
    let isKept = output != nil || isStandard
    if !isKept, kind.contents(ofView: view?.name).suffix.hasSuffix(".gz") {
      throw LabError.usage(
        "a run with --set, --rate or --by needs -o FILE: the site's own captures use the standard ones")
    }
    let kinds = scenario.captureKinds(of: kind)
    let files = { (captured: String) in
      if let output {
        let isLast = captured == kinds.last
        return CaptureFiles(named: output, round: isLast ? nil : (kinds.firstIndex(of: captured) ?? 0) + 1)
      }
      let name = CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: captured)
      return CaptureFiles(name, in: Workspace.localCaptures)
    }
    let launcher = ScenarioLauncher(timeLimit: timeLimit)
    let capture = try launcher.capture(
      scenario, variant, kind: kind, view: view, parameters: parameters, rate: rate, to: isKept ? files : nil)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(CaptureAnswer(capture)), as: UTF8.self))
    } else {
      let file = output ?? (isKept ? Workspace.relative(files(capture.name.kind).contents) : nil)
      print(Self.report(on: capture, file: file), terminator: "")
    }
  }

  /// What is said of a capture that was made. A view in words is for its file, if it has one: it may be long.
  static func report(on capture: Capture, file: String?) -> String {
    let words = capture.provenance.view == nil || file == nil ? capture.contents.text.map { $0 + "\n" } : nil
    return (words ?? "") + CaptureSummary(capture, file: file).text + "\n"
  }

  private static func setting(_ text: String) throws -> (name: String, value: Int) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let value = Int(parts[1]) else {
      throw LabError.usage("'\(text)' is not name=value with a whole number")
    }
    return (parts[0], value)
  }
}

/// What `--json` prints: the provenance, and beside its fields `findings`.
private struct CaptureAnswer: Encodable {
  private let capture: Capture

  init(_ capture: Capture) { self.capture = capture }

  private enum CodingKeys: CodingKey { case findings }

  func encode(to encoder: any Encoder) throws {
    try capture.provenance.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(capture.findings.map(FindingAnswer.init), forKey: .findings)
  }
}

/// A finding with what it says.
private struct FindingAnswer: Encodable {
  private let finding: Finding

  init(_ finding: Finding) { self.finding = finding }

  private enum CodingKeys: CodingKey { case sentence, threshold, lesson }

  func encode(to encoder: any Encoder) throws {
    try finding.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(finding.sentence, forKey: .sentence)
    try fields.encode(finding.kind.threshold, forKey: .threshold)
    try fields.encode(finding.kind.lesson, forKey: .lesson)
  }
}

extension Scenario.Variant: ExpressibleByArgument {}

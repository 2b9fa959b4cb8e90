import Analysis
import ArgumentParser
import Figures
import Foundation
import ScenarioRunning
import Scenarios
import SiteGenerator

struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Makes a lesson's captures on this machine and holds what comes out against the published ones.",
    discussion: """
      lab reproduce 2
      lab reproduce merge-sort
      lab reproduce

      Runs what was not run here, then tells of every claim what was published and what comes out here, and writes a \
      page with every figure twice. Machines differ, so a claim that does not hold here fails only with --strict.
      """)

  @Argument(help: "A lesson, as in 2, 2b or ten-figures, or a scenario; all lessons if not given.") var name: String?
  @Flag(help: "Fail if a claim does not hold here.") var strict = false
  @Flag(help: "Run all of it, whatever was made here before.") var anew = false
  @Flag(help: "Print what was measured as JSON.") var json = false

  func run() throws {
    let subjects = try name.map { [try ReproducedSubject(named: $0)] } ?? ReproducedSubject.lessons()
    try LabError.checkPlatform()
    let runs = try subjects.flatMap { try $0.evidence.runs }
    var stale = StaleCaptures()
    stale.wants = { scenario, kind in runs.contains { $0.scenario.id == scenario.id && $0.kind == kind.name } }
    stale.makesAll = anew
    let failures = stale.capture()
    for failure in failures { complain(failure) }

    var answers: [ReproductionAnswer] = []
    var isSame = true
    let (published, here) = (CaptureLibrary(usesLocal: false), CaptureLibrary(usesLocal: true))
    for subject in subjects {
      let evidence = try subject.evidence
      let reproduction = try Reproduction(evidence, published: published, here: LocalCaptures(library: here))
      isSame = isSame && reproduction.hasSameShape
      let page = try ReproductionPages(published: published, here: here).write(subject, reproduction)
      if json {
        answers.append(ReproductionAnswer(subject, reproduction, page: page))
      } else {
        let bench =
          evidence.benchClaims == 0
          ? ""
          : "\nNot run: \(evidence.benchClaims) numbers of lab bench; ./lab bench --keep measures them here, in 20 minutes"
        print("\(subject.title)\n\(reproduction.text)\(bench)\nside by side: \(Workspace.fromHere(page))\n")
      }
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(answers), as: UTF8.self))
    }
    if !failures.isEmpty { throw LabError.failed("\(failures.count) scenarios failed") }
    if strict, !isSame { throw LabError.failed("not all claims hold here") }
  }
}

/// What is reproduced: a page of the content, or all that has to do with a scenario.
struct ReproducedSubject {
  /// As one calls it: `2`, `ten-figures`, `merge-sort`.
  let name: String
  let title: String
  private let content: String
  /// The page's path below the content; nil of a scenario.
  private let page: String?

  /// - Throws: a `LabError` that names what there is.
  init(named name: String, content: String = Workspace.content) throws {
    self.content = content
    self.name = name
    let pages = try PageEvidence.pages(in: content)
    let asked = name.hasSuffix(".md") ? String(name.dropLast(3)) : name
    page = pages.first { [asked, "lessons/\(asked)"].contains(String($0.dropLast(3))) }
    if let page {
      let called = SiteGenerator.title(ofPage: "\(content)/\(page)") ?? page
      title = page.hasPrefix("lessons/") ? "Lesson \(page.dropFirst(8).dropLast(3)): \(called)" : called
    } else if let scenario = Scenario.named(name) {
      title = "\(scenario.id): \(scenario.title)"
    } else {
      let lessons = try pages.filter { try !PageEvidence(of: $0, content: content).claims.isEmpty }
        .map { $0.dropLast(3).split(separator: "/").last.map(String.init) ?? $0 }
      throw LabError.usage(
        "no lesson or scenario '\(name)'; lessons are \(lessons.joined(separator: ", ")), for scenarios see ./lab list")
    }
  }

  /// Every page that shows or claims anything.
  static func lessons(content: String = Workspace.content) throws -> [ReproducedSubject] {
    try PageEvidence.pages(in: content).map { try ReproducedSubject(named: $0, content: content) }
      .filter { try !$0.evidence.claims.isEmpty }
  }

  /// What it claims and shows.
  var evidence: PageEvidence {
    get throws {
      if let page { return try PageEvidence(of: page, content: content) }
      return try PageEvidence(ofScenario: name, content: content)
    }
  }

  /// The name of a file that has to do with it.
  var fileName: String { (page.map { String($0.dropLast(3)) } ?? name).replacing("/", with: "-") }
}

/// What `--json` prints of each lesson.
private struct ReproductionAnswer: Encodable {
  struct Claim: Encodable { var capture, question, published, here, bound, outcome: String }
  struct Difference: Encodable { var name, published, here: String }
  var name, title, page: String
  var sameShape: Bool
  var claims: [Claim]
  var machines: [Difference]

  init(_ subject: ReproducedSubject, _ reproduction: Reproduction, page: String) {
    (name, title, self.page) = (subject.name, subject.title, page)
    sameShape = reproduction.hasSameShape
    claims = reproduction.rows.map {
      Claim(
        capture: "\($0.capture)", question: $0.question, published: $0.published, here: $0.here, bound: $0.bound,
        outcome: Reproduction.mark($0.outcome).lowercased())
    }
    machines = reproduction.machines.map { Difference(name: $0.name, published: $0.published, here: $0.here) }
  }
}

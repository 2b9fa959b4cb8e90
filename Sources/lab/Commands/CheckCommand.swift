import Analysis
import ArgumentParser
import Foundation
import SiteGenerator

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks every claim, figure, link and image of the content.",
    discussion: """
      A claim must hold on the published captures. One that does not hold on captures made on this machine is told, \
      but fails nothing: machines differ.
      """)

  @Option(help: ArgumentHelp("Evaluate one claim.", valueName: "scenario/variant/kind?value=…&within=…"))
  var claim: String?
  @Option(help: "Another directory of Markdown to check.") var content: String?

  func run() throws {
    if let claim { return try check(claim) }
    var published = LabSite(usesLocal: false)
    if let content { published.content = URL(fileURLWithPath: content).standardizedFileURL.path }
    let problems = published.check()
    for problem in problems { complain("\(problem)") }
    let errors = problems.count { $0.severity == .error }

    var local = published
    local.usesLocal = true
    // What is worth knowing of the content itself was told already.
    let told = Set(problems)
    let differences = local.check().filter { $0.severity == .note && !told.contains($0) }
    for difference in differences { complain("\(difference)") }

    print("\(errors) errors; \(differences.count) claims came out differently on this machine")
    if errors > 0 { throw LabError.failed("the content has errors") }
  }

  private func check(_ text: String) throws {
    let parts = text.split(separator: "?", maxSplits: 1).map(String.init)
    guard parts.count == 2, CaptureName(parts[0]) != nil || parts[0].hasPrefix(BenchRecord.prefix) else {
      throw LabError.usage("'\(text)' is not SCENARIO/VARIANT/KIND?value=…&within=…")
    }
    let items = parts[1].split(separator: "&").map { item in
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return QueryItem(name: pair[0], value: pair.count == 2 ? pair[1].removingPercentEncoding ?? pair[1] : "")
    }
    let evidence = LabEvidence(library: CaptureLibrary(usesLocal: true), localClaimsMustHold: true).evidence
    let checked: CheckedClaim
    do { checked = try evidence.claim(ClaimReference(capture: parts[0], parameters: items)) } catch let error
      as LabError
    {
      throw error
    } catch { throw LabError.failed("\(error)") }
    let verdict = checked.verdict == .holds ? "holds" : "does not hold"
    let measured = [checked.measured, checked.uncertainty].filter { !$0.isEmpty }.joined(separator: "\u{A0}")
    print("\(checked.question): \(measured); bound: \(checked.bound); \(verdict)")
    if checked.verdict != .holds { throw LabError.failed("the claim does not hold") }
  }
}

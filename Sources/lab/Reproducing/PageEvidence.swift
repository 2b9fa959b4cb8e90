import Analysis
import Foundation
import ScenarioRunning
import Scenarios
import SiteGenerator
import Synchronization

/// What pages of the content refer to, in the order written: their claims and figures.
struct PageEvidence: Sendable {
  var claims: [ClaimReference] = []
  var figures: [FigureReference] = []
  /// How many claims are of what `lab bench` measured, which is none of the above.
  var benchClaims = 0

  /// Of one page: a path below the content, as in `lessons/2.md`.
  init(of page: String, content: String = Workspace.content) throws {
    let found = Mutex(PageEvidence())
    // Nothing is drawn or measured yet: what the page asks for is written down.
    let listening = Evidence(
      figure: { reference in
        found.withLock { $0.figures.append(reference) }
        return RenderedFigure(body: "", alt: "")
      },
      claim: { reference in
        found.withLock { $0.claims.append(reference) }
        return CheckedClaim(verdict: .holds, measured: "", bound: "", question: "", command: "")
      },
      output: { _ in "" }, source: SourceRegions.region, fingerprint: { _ in "" })
    var options = SiteGenerator.Options()
    options.excluded = try Self.pages(in: content).filter { $0 != page } + ["captures"]
    // What it says of links to pages that are left out is of no interest.
    _ = SiteGenerator(
      content: content, theme: Workspace.theme, output: Workspace.site, evidence: listening, options: options
    ).check()
    self = found.withLock { $0 }
    // What `lab bench` measured is measured anew by itself, and not by running a scenario.
    let isOfBench: (ClaimReference) -> Bool = { $0.capture.hasPrefix(BenchRecord.prefix) }
    benchClaims = claims.filter(isOfBench).uniqued { "\($0.capture)?\($0.parameters)" }.count
    claims.removeAll(where: isOfBench)
    figures.removeAll { $0.capture.hasPrefix(BenchRecord.prefix) }
    claims = claims.uniqued { "\($0.capture)?\($0.parameters)" }
    figures = figures.uniqued { "\($0.capture)?\($0.parameters)" }
  }

  private init() {}

  /// Of all pages, what has to do with a scenario; a figure or a claim that several pages share once.
  init(ofScenario scenario: String, content: String = Workspace.content) throws {
    for page in try Self.pages(in: content) {
      let evidence = try PageEvidence(of: page, content: content)
      claims += evidence.claims.filter { CaptureName($0.capture)?.scenario == scenario }
      figures += evidence.figures.filter { CaptureName($0.capture)?.scenario == scenario }
    }
    claims = claims.uniqued { "\($0.capture)?\($0.parameters)" }
    figures = figures.uniqued { "\($0.capture)?\($0.parameters)" }
  }

  /// The Markdown files below the content, by their paths in it, in the order of their names.
  static func pages(in content: String) throws -> [String] {
    guard let files = FileManager.default.enumerator(atPath: content) else {
      throw LabError.failed("\(content): cannot be read")
    }
    return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".md") }.sorted { first, second in
      first.compare(second, options: .numeric) == .orderedAscending
    }
  }

  /// The scenarios and kinds that its captures are of, each once: what has to be run here.
  var runs: [(scenario: Scenario, kind: String)] {
    var names: [CaptureName] = []
    for (capture, items) in claims.map({ ($0.capture, $0.parameters) }) + figures.map({ ($0.capture, $0.parameters) }) {
      guard let name = CaptureName(capture)?.ofKindsOwnName else { continue }
      // Figures of several scenarios name the others.
      let others = items.first { $0.name == "with" }?.value.split(separator: "|").map(String.init) ?? []
      names += ([name.scenario] + others).map {
        CaptureName(scenario: $0, variant: name.variant, kind: name.profileKind)
      }
    }
    return names.uniqued { "\($0.scenario)/\($0.kind)" }.compactMap { name in
      Scenario.named(name.scenario).map { ($0, name.kind) }
    }
  }
}

extension Array {
  /// The first of all elements that have the same key, in the same order.
  fileprivate func uniqued(by key: (Element) -> String) -> [Element] {
    var seen: Set<String> = []
    return filter { seen.insert(key($0)).inserted }
  }
}

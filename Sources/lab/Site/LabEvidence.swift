import Analysis
import Figures
import Foundation
import Pprof
import SiteGenerator

/// Gives the site generator its figures, claims, commands' output and source regions, from captures and sources.
struct LabEvidence: Sendable {
  let library: CaptureLibrary
  /// Whether a claim that is false on a local capture fails, as on a published one.
  var localClaimsMustHold = false

  var evidence: Evidence {
    Evidence(
      figure: figure, claim: claim, output: output, source: SourceRegions.region, fingerprint: fingerprint)
  }

  private func figure(_ reference: FigureReference) throws -> RenderedFigure {
    let name = try captureName(reference.capture)
    let (capture, origin) = try library.capture(name)
    let query = try FigureQuery(reference.parameters)
    let named = try namedFunctions(beside: reference, query, of: name, capture)
    let figure = try draw(query, reference, of: name, capture, kept: named.kept)
    let flaws = named.missing(in: figure).map { $0.flaw(in: query, severity: origin == .published ? .error : .note) }
    return RenderedFigure(
      body: figure.body, alt: figure.alt, table: figure.table.columns.isEmpty ? "" : figure.table.html,
      command: try command(reference, of: name, capture), provenance: ProvenanceFacts.of(capture, origin),
      download: try library.files(name).files.contents, functions: figure.functions, flaws: flaws)
  }

  /// The functions named beside a figure, of the capture drawn and of the one it is compared with.
  private func namedFunctions(
    beside reference: FigureReference, _ query: FigureQuery, of name: CaptureName, _ capture: Capture
  ) throws -> NamedFunctions {
    var captures = [(name: name, capture: capture)]
    if let other = query.compared {
      let compared = name.compared(to: other)
      captures.append((compared, try library.capture(compared).capture))
    }
    let profile = capture.profile
    let type = query.sampleType ?? profile.defaultSampleType
    return NamedFunctions(
      beside: reference, of: captures.map(\.name),
      functions: Set(captures.flatMap { $0.capture.profile.functions.map(\.name) }),
      sampleType: type.isEmpty ? profile.sampleTypes.last?.type ?? "" : type)
  }

  /// The commands that make what the figure is drawn from: of a comparison of variants, both.
  private func command(_ reference: FigureReference, of name: CaptureName, _ capture: Capture) throws -> String {
    let own = capture.provenance.command
    guard let other = reference.parameters.first(where: { $0.name == "compare" })?.value else { return own }
    let compared = try library.capture(name.compared(to: other)).capture.provenance.command
    return compared == own ? own : "\(own) && \(compared)"
  }

  private func draw(
    _ query: FigureQuery, _ reference: FigureReference, of name: CaptureName, _ capture: Capture, kept: [Set<String>]
  ) throws -> Figure {
    switch query.view {
    case .pair(let other, let functions, let sample):
      let other = try library.capture(name.compared(to: other)).capture
      return Figure.pair(
        try VariantComparison(before: capture, after: other, functions: functions, sampleType: sample))
    case .growth:
      return Figure.growth(try GrowthReport(snapshots: library.series(name).map(\.profile)))
    case .cycle(let through):
      guard let leaks = capture.leaks else { throw LabError.failed("view=cycle needs a capture of the kind 'leaks'") }
      return Figure.cycles(leaks, through: through, idPrefix: reference.id)
    case .machines(let functions):
      let (published, local) = try library.both(name)
      return Figure.machines(MachineComparison(published: published, local: local, functions: functions))
    case .profile(let kind, var options):
      options.kept = kept
      let baseline = try options.compare.map { other in
        try capture.baseline(library.capture(name.compared(to: other)).capture)
      }
      return try FigurePainter(source: source).draw(
        kind, profile: capture.profile, baseline: baseline, options: options)
    }
  }

  private func source(_ path: String) -> String? {
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return nil }
    return try? String(contentsOfFile: Workspace.path(path), encoding: .utf8)
  }

  private func claim(_ reference: ClaimReference) throws -> CheckedClaim {
    let name = try captureName(reference.capture)
    let (capture, origin) = try library.capture(name)
    let claim = try Claim(items: reference.parameters.map { ($0.name, $0.value) })
    let (measurement, holds) = try claim.evaluate(on: capture) { try library.capture($0).capture }
    let query = reference.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let verdict: CheckedClaim.Verdict =
      if holds {
        .holds
      } else if origin == .published || localClaimsMustHold {
        .fails
      } else {
        .differsHere(reason: Self.whyDifferent(capture.provenance))
      }
    return CheckedClaim(
      verdict: verdict,
      measured: measurement.description, bound: claim.bound.description(in: measurement.unit),
      question: measurement.meaning,
      command: "./lab check --claim '\(name)?\(query)'")
  }

  private func output(_ reference: CommandReference) throws -> String {
    try Transcript(library: library, name: captureName(reference.capture)).output(of: reference.command)
  }

  private func captureName(_ path: String) throws -> CaptureName {
    guard let name = CaptureName(path) else {
      throw LabError.failed("'\(path)' is no capture: write SCENARIO/VARIANT/KIND")
    }
    return name
  }

  private static func whyDifferent(_ provenance: Provenance) -> String {
    var reasons = ["\(provenance.machine.cores) cores (\(provenance.machine.processor))"]
    if provenance.build != "release" { reasons.append("a \(provenance.build) build") }
    reasons.append("other load on the machine while it ran")
    return "It came out differently on this machine. That may be due to " + reasons.joined(separator: ", or ") + "."
  }

  /// What a page's figures, claims and regions depend on: captures by their digest, source files by content.
  private func fingerprint(_ references: [String]) -> String {
    var hash = ContentHash()
    for reference in references {
      hash.add(reference)
      let path = reference.drop { $0 != ":" }.dropFirst().prefix { $0 != "?" }
      if let name = CaptureName(String(path)) {
        for variant in ["faulty", "fixed"] {
          if let files = try? library.files(name.with(variant: variant)).files {
            hash.add((try? CaptureStore.readProvenance(files))?.digest ?? "unreadable")
          }
        }
      } else if reference.hasPrefix("source:") {
        try? hash.add(path: Workspace.path(String(path)))
      }
    }
    return hash.text
  }
}

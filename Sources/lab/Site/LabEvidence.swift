import Analysis
import Figures
import Foundation
import Pprof
import SiteGenerator

/// Gives the site generator its figures, claims and source regions, from captures and sources.
struct LabEvidence: Sendable {
  let library: CaptureLibrary
  /// Whether a claim that is false on a local capture fails, as on a published one.
  var localClaimsMustHold = false

  var evidence: Evidence {
    Evidence(figure: figure, claim: claim, source: SourceRegions.region, fingerprint: fingerprint)
  }

  private func figure(_ reference: FigureReference) throws -> RenderedFigure {
    let name = try captureName(reference.capture)
    let (capture, origin) = try library.capture(name)
    let figure = try draw(reference, of: name, capture)
    return RenderedFigure(
      body: figure.body, alt: figure.alt, table: figure.table.columns.isEmpty ? "" : figure.table.html,
      command: capture.provenance.command, provenance: facts(capture.provenance, origin),
      download: try library.files(name).files.contents)
  }

  private func draw(_ reference: FigureReference, of name: CaptureName, _ capture: Capture) throws -> Figure {
    let query = try FigureQuery(reference.parameters)
    switch query.view {
    case .pair(let other, let functions):
      let other = try library.capture(name.with(variant: other)).capture
      return Figure.pair(try VariantComparison(before: capture, after: other, functions: functions))
    case .growth:
      return Figure.growth(try GrowthReport(snapshots: library.series(name).map(\.profile)))
    case .cycle(let through):
      guard let leaks = capture.leaks else { throw LabError.failed("view=cycle needs a capture of the kind 'leaks'") }
      return Figure.cycles(leaks, through: through, idPrefix: reference.id)
    case .machines(let functions):
      let (published, local) = try library.both(name)
      return Figure.machines(MachineComparison(published: published, local: local, functions: functions))
    case .profile(let kind, let options):
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
      measured: measurement.description, bound: claim.bound.description, question: measurement.meaning,
      command: "./lab check --claim '\(name)?\(query)'")
  }

  private func captureName(_ path: String) throws -> CaptureName {
    guard let name = CaptureName(path) else {
      throw LabError.failed("'\(path)' is no capture: write SCENARIO/VARIANT/KIND")
    }
    return name
  }

  private func facts(_ provenance: Provenance, _ origin: CaptureLibrary.Origin) -> [QueryItem] {
    let overhead = provenance.overhead
    func percent(_ ratio: Double) -> String { String(format: "%+.1f %%", (ratio - 1) * 100) }
    return [
      QueryItem(
        name: "captured", value: String(provenance.date.prefix(10)) + (origin == .local ? ", on this machine" : "")),
      QueryItem(name: "processor", value: "\(provenance.machine.processor), \(provenance.machine.cores) cores"),
      QueryItem(name: "system", value: "\(provenance.machine.system), Linux \(provenance.machine.kernel)"),
      QueryItem(name: "toolchain", value: "\(provenance.machine.toolchain), \(provenance.build)"),
      QueryItem(
        name: "samples",
        value:
          "\(provenance.recording.samples) taken in \(String(format: "%.2f", provenance.recording.cpuSeconds)) s of "
          + "CPU time, \(provenance.recording.lost) lost, \(provenance.recording.truncated) truncated"),
      QueryItem(
        name: "overhead",
        value: "\(percent(overhead.ratio)), middle half \(percent(overhead.low)) to \(percent(overhead.high)) "
          + "(\(overhead.pairs) pairs of rounds, profiler on and off in turn)"),
    ]
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

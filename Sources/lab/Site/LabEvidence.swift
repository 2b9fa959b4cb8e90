import Analysis
import Figures
import Foundation
import ScenarioRunning
import SiteGenerator

/// Gives the site generator its figures, claims, commands' output and source regions, from captures and sources.
struct LabEvidence: Sendable {
  let library: CaptureLibrary
  /// Whether a claim that is false on a local capture fails, as on a published one.
  var localClaimsMustHold = false
  /// Whether the published capture stands in for one made here that cannot tell: few samples may leave out what is asked for.
  var publishedStandsIn = false
  /// Whether what `lab bench` measured here comes before what was published; nil: as captures do.
  var usesLocalBench: Bool?

  var evidence: Evidence {
    Evidence(
      figure: figure, claim: claim, output: output, source: SourceRegions.region, fingerprint: fingerprint,
      styles: FigureStyle.sheet)
  }

  /// The same on the published captures alone.
  private var published: LabEvidence { LabEvidence(library: CaptureLibrary(usesLocal: false)) }

  /// What `lab bench` measured stands for the captures below `bench/`.
  private var bench: BenchEvidence { BenchEvidence(usesLocal: usesLocalBench ?? library.usesLocal) }

  private func figure(_ reference: FigureReference) throws -> RenderedFigure {
    if reference.capture.hasPrefix(BenchRecord.prefix) { return try bench.figure(reference) }
    let name = try captureName(reference.capture)
    let (capture, origin) = try library.capture(name)
    do {
      return try figure(reference, name, capture, origin)
    } catch  where origin == .local && publishedStandsIn {
      guard var figure = try? published.figure(reference) else { throw error }
      figure.flaws.append(
        RenderedFigure.Flaw(
          message: "drawn from the published capture, not from the one made here: \(error)", severity: .note))
      return figure
    }
  }

  private func figure(
    _ reference: FigureReference, _ name: CaptureName, _ capture: Capture, _ origin: CaptureLibrary.Origin
  ) throws -> RenderedFigure {
    var address = FigureAddress(capture: reference.capture, items: reference.parameters)
    let plain = try address.options()
    let compared = try plain.compare.map { try library.named(name.compared(to: $0)) }
    let named = namedFunctions(beside: reference, of: [capture] + (compared.map { [$0] } ?? []), plain.sampleType)
    var options = plain
    options.kept += named.kept
    let kind = options.view
    options.question = try reference.question.map { question in
      guard kind == .flame else { throw FigureError.noQuestion(kind: kind) }
      return FrameQuestion(
        options: question.options.map {
          .init(letter: $0.letter, button: $0.button, functions: $0.functions, isRight: $0.isRight)
        })
    }
    let figure = try kind.draw(library.figureInput(name, options))
    // The line that draws it says what the text around keeps in it, if anything.
    if !named.kept.isEmpty, kind.options.contains("keep"), try kind.draw(library.figureInput(name, plain)) != figure {
      address.items += named.keepItems
    }
    // Nobody draws the page that goes with it.
    address.items.removeAll { $0.name == "walk" }
    let flaws = named.missing(in: figure).map {
      $0.flaw(advice: kind.advice(options), severity: origin == .published ? .error : .note)
    }
    return RenderedFigure(
      body: figure.body, alt: figure.alt,
      table: figure.table.columns.isEmpty || reference.isPicture ? "" : figure.table.html,
      command: Self.command(capture, compared), drawing: address.command,
      provenance: ProvenanceFacts.of(capture, origin), download: try library.files(name).files.contents,
      functions: figure.functions, walk: try plain.walk.map { try FigureWalk(capture, plain, length: $0).page },
      flaws: flaws,
      pictures: reference.isPicture ? try Self.pictures(of: name, options, in: library) : [])
  }

  /// The figure as files: for a column of text, and for a phone.
  private static func pictures(
    of name: CaptureName, _ options: FigureOptions, in library: CaptureLibrary
  ) throws -> [RenderedFigure.Picture] {
    try [760, 360].map { width in
      var options = options
      (options.standsAlone, options.width) = (true, width)
      let svg = try options.view.draw(library.figureInput(name, options)).body
      let height = svg.firstMatch(of: /height="([0-9]+)/).flatMap { Int($0.1) } ?? 0
      return RenderedFigure.Picture(svg: svg, width: width, height: height)
    }
  }

  /// The functions named beside a figure, of the capture drawn and of the one it is compared with.
  private func namedFunctions(
    beside reference: FigureReference, of captures: [Capture], _ sampleType: String?
  ) -> NamedFunctions {
    let profile = captures[0].profile
    let type = sampleType ?? profile.defaultSampleType
    return NamedFunctions(
      beside: reference, of: captures.map(\.name),
      functions: captures.reduce(into: []) { $0.formUnion($1.functions) },
      sampleType: type.isEmpty ? profile.sampleTypes.last?.type ?? "" : type)
  }

  /// The commands that make what the figure is drawn from: of a comparison of variants, both.
  private static func command(_ capture: Capture, _ compared: Capture?) -> String {
    let own = capture.provenance.command
    let other = compared?.provenance.command ?? own
    return other == own ? own : "\(own) && \(other)"
  }

  private func claim(_ reference: ClaimReference) throws -> CheckedClaim {
    if reference.capture.hasPrefix(BenchRecord.prefix) {
      return try bench.claim(reference, mustHold: localClaimsMustHold)
    }
    let name = try captureName(reference.capture)
    let (capture, origin) = try library.capture(name)
    let claim = try Claim(items: reference.parameters.map { ($0.name, $0.value) })
    let (measurement, holds): (Analysis.Measurement, Bool)
    do {
      (measurement, holds) = try claim.evaluate(on: capture, other: library.named)
    } catch  where origin == .local && publishedStandsIn {
      // What can be measured on the published capture is no slip of the author's: chance or this machine left it out.
      guard var published = try? published.claim(reference) else { throw error }
      published.verdict = .notMeasuredHere(reason: "\(error). The number is the published capture's.")
      return published
    }
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
      measured: measurement.text, uncertainty: measurement.uncertainty,
      bound: claim.bound.description(in: measurement.unit),
      question: measurement.meaning,
      command: "./lab check --claim '\(name)?\(query)'", number: Self.number(measurement, claim.bound),
      isPublished: origin == .published)
  }

  /// The measured value as prose says it: a share in percent; nil for what has a unit of its own.
  static func number(_ measurement: Analysis.Measurement, _ bound: Bound) -> MeasuredNumber? {
    let (scale, sign): (Double, String)
    switch measurement.unit {
    case .share: (scale, sign) = (100, " %")
    case .points: (scale, sign) = (100, " points")
    case .ratio: (scale, sign) = (1, "×")
    case .count, .rank: (scale, sign) = (1, "")
    case .bytes: return nil
    }
    return MeasuredNumber(
      measurement.value * scale, margin: measurement.error.map { $0 * scale }, least: bound.lower.map { $0 * scale },
      greatest: bound.upper.map { $0 * scale }, sign: sign)
  }

  private func output(_ reference: CommandReference) throws -> String {
    if reference.capture.hasPrefix(BenchRecord.prefix) { return try bench.output(reference) }
    return try Transcript(library: library, name: captureName(reference.capture)).output(of: reference.command)
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
    var hash = Digest()
    for reference in references {
      hash.addPiece(reference.utf8)
      let address = FigureAddress(String(reference.drop { $0 != ":" }.dropFirst()))
      let path = address.capture
      if let name = CaptureName(path) {
        let others = (try? FigureOptions(address.items.map { ($0.name, $0.value) }).with) ?? ""
        for scenario in [name.scenario] + others.split(separator: "|").map(String.init) {
          for variant in ["faulty", "fixed"] {
            let used = CaptureName(scenario: scenario, variant: variant, kind: name.kind)
            if let files = try? library.files(used).files {
              hash.addPiece(((try? CaptureStore.readProvenance(files))?.digest ?? "unreadable").utf8)
            }
          }
        }
      } else if path.hasPrefix(BenchRecord.prefix) {
        hash.addPiece(bench.fingerprint().utf8)
      } else if reference.hasPrefix("source:") {
        try? hash.add(path: Workspace.path(path))
      }
    }
    return hash.text
  }
}

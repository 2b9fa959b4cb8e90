import Analysis
import Foundation
import Platform
import Profiling
import ScenarioRunning

/// Says whether a reader's program is mended: it runs it beside the solution and beside what it was, and looks at the
/// captures.
///
/// All it goes by is measured in runs whose inputs are drawn for this verdict, by harness and profiler, and read in this
/// process. Counts and shares decide wherever they can; where only time can, runs are interleaved, and a difference has to
/// be large by itself and beside the other.
struct Judge {
  let challenge: Challenge
  /// Where the reader's program is compiled: empty, and removed by whoever made it.
  let folder: String
  /// What keeps compiler and programs within bounds: see `Confinement`.
  var keeper = ThisProgram.path
  /// Told of what is done, in a few words.
  var onStep: (String) -> Void = { _ in }
  var onStart: @Sendable (pid_t) -> Void = { _ in }

  /// What was captured, for the figure before and after.
  private(set) var before: CaptureSeries?
  private(set) var after: CaptureSeries?

  init(_ challenge: Challenge, in folder: String) { (self.challenge, self.folder) = (challenge, folder) }

  /// Judges the text of a reader's file. Blocks its thread for some seconds.
  /// - Throws: a `LabError` if this machine, or the challenge itself, is at fault.
  mutating func verdict(on text: String) throws -> Verdict {
    var verdict = Verdict(challenge: challenge.id, lines: [])
    onStep("compiling")
    let path: String
    switch try Submission(challenge: challenge, text: text, folder: folder, keeper: keeper, onStart: onStart).build() {
    case .refused(let fault):
      verdict.lines = [.init(group: .allowed, mark: .failed, text: "it uses \(fault)")]
      return verdict.completed()
    case .broken(let diagnostics, let said):
      let errors = diagnostics.count { $0.severity == .error }
      verdict.lines = [
        .init(group: .allowed, mark: .passed, text: Self.allowed),
        .init(
          group: .builds, mark: .failed,
          text: said.isEmpty ? "the compiler finds \(errors) error\(errors == 1 ? "" : "s")" : said),
      ]
      verdict.diagnostics = diagnostics
      return verdict.completed()
    case .program(let built): path = built
    }
    verdict.lines = [
      .init(group: .allowed, mark: .passed, text: Self.allowed),
      .init(group: .builds, mark: .passed, text: "the compiler takes it"),
    ]
    verdict.parameters = challenge.drawnParameters()
    let own = ChallengeProgram(
      challenge: challenge, path: path, variant: .faulty, keeper: keeper, onStart: onStart)
    let runs = try MeasuredPrograms(
      challenge: challenge, own: own, parameters: verdict.parameters, onStep: onStep, onStart: onStart)

    verdict.lines.append(try judgeOutput(runs))
    if !verdict.hasFailed { verdict.lines += try judge(.gone, runs) }
    let main = runs.captured[challenge.profile.name]
    after = main?.own
    if !verdict.hasFailed { verdict.lines += try judge(.new, runs) + GeneralFaults(runs: runs).lines() }
    before = try? runs.original(challenge.profile)
    if !verdict.failed.isDisjoint(with: [.gone]) { verdict.tellOfSpeed(runs) }
    return verdict.completed()
  }

  private static let allowed = "it uses what it is given"

  // MARK: - Output

  private func judgeOutput(_ runs: MeasuredPrograms) throws -> Verdict.Line {
    let pair: MeasuredPrograms.Pair
    do { pair = try runs.pair(challenge.profile) } catch let error as MeasuredPrograms.Ended {
      return .init(group: .right, mark: .failed, text: "it does not come to its end: \(error.words)")
    }
    let (own, solution) = (pair.own.last.provenance.output, pair.solution.last.provenance.output)
    if own == solution {
      return .init(group: .right, mark: .passed, text: "its output is the solution's, for inputs drawn just now")
    }
    return .init(
      group: .right, mark: .failed,
      text: "its output is another than the solution's: it does something else, or leaves something out")
  }

  // MARK: - What the challenge asks

  private func judge(_ group: Judgement.Group, _ runs: MeasuredPrograms) throws -> [Verdict.Line] {
    var lines: [Verdict.Line] = []
    for judgement in challenge.judgements where judgement.group == group {
      if lines.contains(where: { $0.mark != .passed }) { break }
      do {
        switch judgement.question {
        case .claim(let kind, let round, let claim):
          lines.append(try judge(judgement, round, claim, try runs.pair(kind)))
        case .faster(let rival, let ratio, let seconds, let resource):
          lines.append(
            try Race(runs: runs, rival: rival, ratio: ratio, seconds: seconds, resource: resource).line(judgement))
        }
      } catch let error as MeasuredPrograms.Ended {
        lines.append(.init(group: .right, mark: .failed, text: "it does not come to its end: \(error.words)"))
      }
    }
    return lines
  }

  private func judge(_ judgement: Judgement, _ round: Int?, _ claim: Claim, _ pair: MeasuredPrograms.Pair) throws
    -> Verdict.Line
  {
    let (own, solution) = (try pair.own.round(round), try pair.solution.round(round))
    guard own.provenance.output == solution.provenance.output else {
      return .init(group: .right, mark: .failed, text: "its output is another than the solution's, when run once more")
    }
    do {
      let (measurement, holds) = try claim.evaluate(on: own) { name in
        try (name.variant == Scenario.Variant.fixed.rawValue ? pair.solution : pair.own).named(name)
      }
      let (measured, bound) = (measurement.description, claim.bound.description(in: measurement.unit))
      if holds {
        return .init(group: judgement.group, mark: .passed, text: "\(measurement.meaning): \(measured)")
      }
      return .init(
        group: judgement.group, mark: .failed,
        text: judgement.sentence(measured: measured, bound: bound)
          + " (\(own.name.kind): \(measured); it may be \(bound))")
    } catch let error as ClaimError where error.isOfFewSamples {
      // Of what the profile does not know there is nothing, wherever nothing is what is asked for.
      let nothing = Measurement(0, .count, meaning: "")
      if claim.bound.contains(nothing.value) {
        return .init(group: judgement.group, mark: .passed, text: "the profile has nothing of it any more")
      }
      return .init(group: judgement.group, mark: .failed, text: "it cannot be measured: \(error)")
    }
  }
}

extension Verdict {
  fileprivate var hasFailed: Bool { lines.contains { $0.mark != .passed } }

  /// With a line for each group that was not reached.
  fileprivate func completed() -> Verdict {
    var whole = self
    for group in Judgement.Group.allCases where !whole.lines.contains(where: { $0.group == group }) {
      let text =
        switch group {
        case .allowed, .builds, .right: "judged once those before it have passed"
        case .gone: "judged once the output is right"
        case .new: "judged once the fault is gone"
        }
      whole.lines.append(.init(group: group, mark: .notJudged, text: text))
    }
    whole.lines.sort { ($0.group.order, 0) < ($1.group.order, 0) }
    return whole
  }

  /// Says of a fault that is still there that the program has become faster all the same: it is, by half at least.
  fileprivate mutating func tellOfSpeed(_ runs: MeasuredPrograms) {
    guard let own = runs.captured[runs.challenge.profile.name]?.own.last.provenance,
      let before = (try? runs.original(runs.challenge.profile))?.last.provenance,
      before.wallSecondsPerRound > 0, own.wallSecondsPerRound < 0.5 * before.wallSecondsPerRound,
      own.cpuSecondsPerRound < 0.5 * before.cpuSecondsPerRound,
      let index = lines.firstIndex(where: { $0.group == .gone && $0.mark == .failed })
    else { return }
    lines[index].text = "faster than it was, but " + lines[index].text
  }
}

extension Judgement.Group {
  fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension ClaimError {
  /// Whether the capture is too small or too clean for the question, and the question is not a slip.
  fileprivate var isOfFewSamples: Bool {
    switch self {
    case .emptyProfile, .noSuchFunction, .noSuchRegion: true
    default: false
    }
  }
}

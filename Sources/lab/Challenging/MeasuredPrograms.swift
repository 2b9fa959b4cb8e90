import Analysis
import Foundation
import Profiling
import ScenarioRunning

/// The reader's program, the solution and what the reader began with, each run once under a kind of profile, when it is asked
/// for.
final class MeasuredPrograms {
  /// Of the reader's program and of the solution, with the same inputs.
  struct Pair {
    var own: CaptureSeries
    var solution: CaptureSeries
  }

  /// The reader's program was ended, or ended itself.
  struct Ended: Error { var words: String }

  let challenge: Challenge
  let own: ChallengeProgram
  private let references: ReferenceRuns
  private let onStep: (String) -> Void
  private let onStart: @Sendable (pid_t) -> Void
  /// By the kind's name.
  private(set) var captured: [String: Pair] = [:]

  init(
    challenge: Challenge, own: ChallengeProgram, references: ReferenceRuns,
    onStep: @escaping (String) -> Void, onStart: @escaping @Sendable (pid_t) -> Void
  ) {
    (self.challenge, self.own, self.references) = (challenge, own, references)
    (self.onStep, self.onStart) = (onStep, onStart)
  }

  var parameters: [String: Int] { references.parameters }

  /// Both under a kind of profile.
  /// - Throws: `Ended` if the reader's program has no capture; a `LabError` if the solution has none.
  func pair(_ kind: ProfileKind) throws -> Pair {
    if let known = captured[kind.name] { return known }
    onStep("running under \(kind.name)")
    let mine: CaptureSeries
    switch own.capture(kind, parameters: parameters, effort: challenge.effort(kind)) {
    case .captured(let series): mine = series
    case .ended(let words): throw Ended(words: words)
    }
    let pair = Pair(own: mine, solution: try solution(kind, effort: challenge.effort(kind)))
    captured[kind.name] = pair
    return pair
  }

  /// The reader's program alone, in few rounds, if it was not captured yet.
  func own(_ kind: ProfileKind) throws -> Capture {
    try captured[kind.name]?.own.last ?? ownAnew(kind)
  }

  /// The reader's program alone, run once more.
  func ownAnew(_ kind: ProfileKind) throws -> Capture {
    onStep("running under \(kind.name)")
    switch own.capture(kind, parameters: parameters, effort: 0) {
    case .captured(let series): return series.last
    case .ended(let words): throw Ended(words: words)
    }
  }

  /// What the reader began with, captured once, with the parameters as they are in the challenge's file: for a figure, and for
  /// what is plain without a clock.
  func original(_ kind: ProfileKind) throws -> CaptureSeries {
    let program = try ReferencePrograms(challenge: challenge, keeper: own.keeper).program(.attempt)
    let folder = "\((program.path as NSString).deletingLastPathComponent)/captures"
    let names = challenge.scenario(parameters: parameters).captureKinds(of: kind).map {
      CaptureName(scenario: challenge.id, variant: program.variant.rawValue, kind: $0)
    }
    if let known = try? names.map({ try CaptureStore.read(CaptureFiles($0, in: folder)) }), !known.isEmpty {
      return CaptureSeries(all: known)
    }
    onStep("running what you began with")
    switch program.capture(kind, parameters: challenge.usualParameters, effort: challenge.effort(kind), in: folder) {
    case .captured(let series): return series
    case .ended(let words):
      throw LabError.failed("\(challenge.id): its own Attempt.swift does not come to its end: \(words)")
    }
  }

  /// The solution.
  func solution(_ kind: ProfileKind, effort: Double = 0) throws -> CaptureSeries {
    try references.series(.solution, kind, effort: effort, onStart: onStart)
  }

  /// The reader's program alone, in so many rounds, all that it allocates being noted.
  func everyAllocation(rounds: Int) throws -> CaptureSeries {
    onStep("running under heap, round after round")
    switch own.capture(.heap, parameters: parameters, effort: 0, rate: 1, rounds: rounds) {
    case .captured(let series): return series
    case .ended(let words): throw Ended(words: words)
    }
  }

  /// The solution, in the same way.
  func everyAllocationOfSolution(rounds: Int) throws -> CaptureSeries {
    try references.run(.solution, .heap, effort: 0, rate: 1, rounds: rounds, onStart: onStart)
  }

  /// One that is not the reader's, run once more.
  func anew(_ rival: Judgement.Rival, _ kind: ProfileKind) throws -> CaptureSeries {
    try references.run(rival, kind, effort: 0, onStart: onStart)
  }
}

extension Challenge {
  /// How much of a scenario's usual time is enough: half a second of what is sampled. Where all is counted, or facts alone are
  /// asked for, one round tells as much as many.
  fileprivate func effort(_ kind: ProfileKind) -> Double {
    guard kind.rate != nil else { return 0 }
    let measures = judgements.contains { judgement in
      guard case .claim(let asked, _, let claim) = judgement.question else { return false }
      return asked.name == kind.name && claim.query.name != "fact"
    }
    return measures ? 0.2 : 0
  }
}

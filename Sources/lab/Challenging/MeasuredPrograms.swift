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
  let parameters: [String: Int]
  let own: ChallengeProgram
  private let onStep: (String) -> Void
  private let onStart: @Sendable (pid_t) -> Void
  /// By the kind's name.
  private(set) var captured: [String: Pair] = [:]

  init(
    challenge: Challenge, own: ChallengeProgram, parameters: [String: Int],
    onStep: @escaping (String) -> Void, onStart: @escaping @Sendable (pid_t) -> Void
  ) throws {
    (self.challenge, self.own, self.parameters) = (challenge, own, parameters)
    (self.onStep, self.onStart) = (onStep, onStart)
  }

  /// Both under a kind of profile.
  /// - Throws: `Ended` if the reader's program has no capture; a `LabError` if the solution has none.
  func pair(_ kind: ProfileKind) throws -> Pair {
    if let known = captured[kind.name] { return known }
    onStep("running under \(kind.name)")
    let mine: CaptureSeries
    switch own.capture(kind, parameters: parameters, effort: kind.effort) {
    case .captured(let series): mine = series
    case .ended(let words): throw Ended(words: words)
    }
    let pair = Pair(own: mine, solution: try reference(.solution, kind, effort: kind.effort))
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
    switch program.capture(kind, parameters: challenge.usualParameters, effort: kind.effort, in: folder) {
    case .captured(let series): return series
    case .ended(let words):
      throw LabError.failed("\(challenge.id): its own Attempt.swift does not come to its end: \(words)")
    }
  }

  /// One that is not the reader's.
  func reference(_ rival: Judgement.Rival, _ kind: ProfileKind, effort: Double) throws -> CaptureSeries {
    var program = try ReferencePrograms(challenge: challenge, keeper: own.keeper).program(rival)
    program.onStart = onStart
    switch program.capture(kind, parameters: parameters, effort: effort) {
    case .captured(let series): return series
    case .ended(let words):
      throw LabError.failed("\(challenge.id): its own \(rival.rawValue) does not come to its end: \(words)")
    }
  }
}

extension ProfileKind {
  /// One round tells as much as many where it counts, and takes no samples. Of those that do, half a second is enough for what
  /// a challenge asks.
  fileprivate var effort: Double { rate == nil ? 0 : 0.2 }
}

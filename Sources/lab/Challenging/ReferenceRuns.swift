import Foundation
import Profiling

/// What a reader's program is held against: the challenge's own programs, run with inputs that nobody knows beforehand.
///
/// A run is kept as long as this is. Each verdict draws its own; only who judges many programs in a row lets them share one.
final class ReferenceRuns {
  /// With what all are run, the reader's program as well.
  let parameters: [String: Int]
  private let programs: ReferencePrograms
  private var kept: [Key: CaptureSeries] = [:]

  private struct Key: Hashable {
    var rival: Judgement.Rival
    var kind: String
    var effort: Double
  }

  init(_ challenge: Challenge, keeper: String) {
    parameters = challenge.drawnParameters()
    programs = ReferencePrograms(challenge: challenge, keeper: keeper)
  }

  /// What a program came to under a kind of profile. It is run if it was not yet.
  func series(
    _ rival: Judgement.Rival, _ kind: ProfileKind, effort: Double, onStart: @escaping @Sendable (pid_t) -> Void
  ) throws -> CaptureSeries {
    let key = Key(rival: rival, kind: kind.name, effort: effort)
    if let known = kept[key] { return known }
    let series = try run(rival, kind, effort: effort, onStart: onStart)
    kept[key] = series
    return series
  }

  /// The same, run once more: what is measured in time is measured next to what it is held against.
  func run(
    _ rival: Judgement.Rival, _ kind: ProfileKind, effort: Double, rate: Int? = nil, rounds: Int? = nil,
    onStart: @escaping @Sendable (pid_t) -> Void
  ) throws -> CaptureSeries {
    var program = try programs.program(rival)
    program.onStart = onStart
    switch program.capture(kind, parameters: parameters, effort: effort, rate: rate, rounds: rounds) {
    case .captured(let series): return series
    case .ended(let words):
      throw LabError.failed("\(programs.challenge.id): its own \(rival.rawValue) does not come to its end: \(words)")
    }
  }
}

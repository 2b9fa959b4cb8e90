import Pprof

/// A typed question about a capture, named in the prose's claims.
///
/// A new question is a static value in a file of this folder and a name in `all`.
public struct Query: Sendable {
  /// The name after `value=`.
  public let name: String
  /// What it asks, in a sentence.
  public let summary: String
  /// Arguments that must be given.
  public let required: [String]
  /// Arguments that may be given.
  public let optional: [String]
  let evaluate: @Sendable (Input) throws -> Measurement

  /// What a query works from.
  struct Input {
    let capture: Capture
    let arguments: [String: String]
    let other: (CaptureName) throws -> Capture

    var profile: Profile { capture.profile }
    subscript(name: String) -> String { arguments[name] ?? "" }
  }

  /// Every query.
  public static let all: [Query] =
    [
      .share, .flatShare, .rank, .flatRank, .labelShare, .fact, .truthError, .cpuRatio, .wallRatio, .busyShare,
      .factRatio, .shareRatio, .timeRatio, .overhead, .lostShare, .sampleCount, .growthRank, .growing, .truthRatio,
      .totalRatio, .typeShare, .keptShare, .cycles, .cycleShapes, .cyclesMissed, .leakedBlocks, .leakedBytes, .count,
      .deadlocks, .deadlockMembers, .stuck, .waitsFor, .finding,
    ] + ofTraces

  /// The query of the given name, if there is one.
  public static func named(_ name: String) -> Query? { all.first { $0.name == name } }
}

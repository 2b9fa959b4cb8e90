import Pprof
import TestSupport
import Testing

@testable import Analysis

@Suite struct GrowthReportTests {
  /// Snapshots in which each named function has the given bytes in use, round by round.
  private func snapshots(_ series: [String: [Int64]]) -> [Profile] {
    let names = series.keys.sorted()
    let rounds = series.values.map(\.count).max() ?? 0
    return (0..<rounds).map { round in
      Profile(
        sampleTypes: [ValueType(type: "inuse_objects", unit: "count"), ValueType(type: "inuse_space", unit: "bytes")],
        samples: names.enumerated().map { Sample(locations: [$0], values: [1, series[$1]?[round] ?? 0]) },
        locations: names.indices.map { Location(id: UInt64($0 + 1), lines: [Line(function: $0)]) },
        functions: names.enumerated().map { Function(id: UInt64($0 + 1), name: $1) })
    }
  }

  @Test("A leak climbs by the same amount, a cache goes up and down, a buffer grows once")
  func tellsGrowthFromNoise() throws {
    let report = try GrowthReport(
      snapshots: snapshots([
        "leak": [100, 210, 290, 410, 500, 590], "cache": [900, 1_000, 850, 990, 870, 1_010],
        "buffer": [10, 10, 800, 800, 800, 800], "constant": [5, 5, 5, 5, 5, 5], "nothing": [0, 0, 0, 0, 0, 0],
      ]))
    #expect(report.suspects.filter(\.isSteady).map(\.function) == ["leak"])
    #expect(report.suspects.first?.function == "leak")
    #expect(!report.suspects.contains { $0.function == "nothing" })
    // By hand: 210, 290, 410, 500, 590 has the least-squares slope (−2·210 − 290 + 500 + 2·590) / 10 = 97.
    #expect(report.suspects.first?.slope == 97)
  }

  @Test("What was drawn a few times may climb by chance, and that is no growth")
  func chanceIsNoGrowth() throws {
    // A buffer of always the same size, of which one block in 512 KiB was sampled: kilobytes in use after each round.
    let report = try GrowthReport(snapshots: snapshots(["buffer": [3_070, 3_080, 2_050, 3_080, 4_620, 5_640]]))
    let buffer = try #require(report.suspects.first)
    #expect(buffer.rises == 3 && buffer.slope > 2 * buffer.slopeError && !buffer.isSteady)
  }

  @Test func steeperGrowthComesFirst() throws {
    let report = try GrowthReport(
      snapshots: snapshots(["slow": [1, 2, 3, 4, 5, 6], "fast": [1, 12, 23, 34, 45, 56]]))
    #expect(report.suspects.map(\.function) == ["fast", "slow"])
    #expect(report.suspects.filter(\.isSteady).count == 2)
  }

  @Test("The line's error is that of Student's distribution, the smallest in the middle of the rounds")
  func errorsOfTheLine() throws {
    let leak = try #require(
      GrowthReport(snapshots: snapshots(["leak": [100, 210, 290, 410, 500, 590]])).suspects.first)
    // By hand: residuals 4, −13, 10, 3, −4 of a line of slope 97 through 400 at the fourth round: √(310 / 3 / 10) = 3.21.
    #expect(abs(leak.slopeError - (310.0 / 3 / 10).squareRoot()) < 1e-9)
    #expect(abs((leak.growth.error ?? 0) - 3.19 * leak.slopeError) < 1e-9 && leak.growth.value == 97)
    #expect(leak.fitted(at: 3).value == 400 && leak.fitted(at: 5).value == 594)
    let errors = (1...5).compactMap { leak.fitted(at: $0).error }
    #expect(errors.count == 5 && errors[2] == errors.min() && abs(errors[0] - errors[4]) < 1e-9)
    #expect(abs(errors[2] - 3.19 * (310.0 / 3 / 5).squareRoot()) < 1e-9)
  }

  @Test("A chart shows steady growth first, then what has the most in use")
  func drawn() throws {
    let report = try GrowthReport(
      snapshots: snapshots([
        "leak": [1, 2, 3, 4, 5, 6], "small": [5, 5, 5, 5, 5, 5], "large": [900, 800, 900, 800, 900, 800],
      ]))
    #expect(report.drawn(atMost: 2).map(\.function) == ["leak", "large"])
  }

  @Test func asksForThreeSnapshotsAndAKnownType() {
    #expect(throws: ClaimError.emptyProfile) { try GrowthReport(snapshots: snapshots(["a": [1, 2]])) }
    #expect(throws: ClaimError.self) { try GrowthReport(snapshots: snapshots(["a": [1, 2, 3]]), sampleType: "cpu") }
  }
}

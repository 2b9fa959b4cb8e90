import Foundation
import TestSupport
import Testing

/// Claims on what `lab bench --keep` measured.
@Suite struct BenchEvidenceTests {
  private static let record = """
    {"groups": [{"name": "heap", "date": "2026-11-30T12:00:00Z", "build": "debug",
      "machine": {"processor": "P", "cores": 2, "kernel": "6", "system": "S", "toolchain": "Swift 6.3"},
      "rows": [
        {"name": "heap: every second block, CPU time, median of 40 pairs", "value": 1.25, "unit": "ratio",
         "low": 1.2, "high": 1.31, "goal": "≤ 1.5", "meetsGoal": true},
        {"name": "heap: every second block, by go1", "value": 2.5, "unit": "ratio", "low": 2.4, "high": 2.6, "peer": "go1"},
        {"name": "heap: a snapshot", "value": 12.5, "unit": "ms"}]}]}
    """

  private func lab(_ arguments: String...) throws -> (status: Int32, said: String) {
    let folder = try TemporaryFolder()
    try Self.record.write(toFile: folder.file("bench.json"), atomically: true, encoding: .utf8)
    let result = try LabCommand.start(arguments, environment: ["LAB_DIRECTORY": folder.path]).finish()
    return (result.status, result.output + result.errors)
  }

  @Test(arguments: [
    ("row=every second block, CPU time&within=1.1..1.4", 0, "1.25×\u{A0}±\u{A0}0.06; bound: 1.1 to 1.4; holds"),
    ("row=every second block, CPU&within=1.3..1.4", 1, "does not hold"),
    ("row=every second block, by&over=every second block, CPU time&within=1.5..2.5", 0, "2.00×\u{A0}±\u{A0}0.12"),
    ("row=a snapshot&within=1..20", 1, "is measured in ms: claims are of ratios and counts"),
    ("row=a snapshot&over=every second block, CPU&within=1..20", 1, "cannot be compared"),
    ("row=no such&within=1..20", 1, "no row 'no such' in bench/heap"), ("within=1..20", 1, "needs 'row=…'"),
    ("row=a snapshot", 1, "needs 'within=…'"), ("row=a snapshot&within=1&other=2", 1, "takes no 'other'"),
  ]) func claims(_ query: String, _ status: Int32, _ said: String) throws {
    let result = try lab("check", "--claim", "bench/heap?\(query)")
    #expect(result.status == status, "\(result.said)")
    #expect(result.said.contains(said), "\(result.said)")
  }

  @Test func aDebugBuildIsNotPublished() throws {
    let result = try lab("publish", "bench")
    #expect(result.status == 1 && result.said.contains("heap was measured in a debug build"), "\(result.said)")
  }
}

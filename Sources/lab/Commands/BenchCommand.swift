import ArgumentParser
import Foundation

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures accuracy, overhead and speed on this machine.",
    discussion: "Timings are the best of several runs, overheads the median of interleaved pairs.")

  @Flag(help: "Print JSON: rows of name, value, unit, goal.") var json = false
  @Option(help: "Run only the benchmarks of this group.") var only: String?

  func run() async throws {
    let chosen = Benchmark.all.filter { only == nil || $0.name == only }
    guard !chosen.isEmpty else {
      throw LabError.usage("no group '\(only ?? "")'; there are: \(Benchmark.all.map(\.name).joined(separator: ", "))")
    }
    var rows: [Benchmark.Row] = []
    for benchmark in chosen {
      complain("measuring \(benchmark.name)")
      let new = try await benchmark.measure()
      if !json { for row in new { print(Self.line(row)) } }
      rows += new
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(rows.map(Line.init)), as: UTF8.self))
    }
  }

  private static func line(_ row: Benchmark.Row) -> String {
    let verdict =
      switch row.meetsGoal {
      case true: "ok"
      case false: "MISSED"
      default: ""
      }
    let goal = Line(row).goal ?? ""
    let value = String(format: row.value < 10 ? "%.4f" : "%.1f", row.value)
    return row.name.padding(toLength: 52, withPad: " ", startingAt: 0)
      + "\(value) \(row.unit)".padding(toLength: 22, withPad: " ", startingAt: 0)
      + goal.padding(toLength: 12, withPad: " ", startingAt: 0) + verdict
  }

  private struct Line: Encodable {
    let name: String
    let value: Double
    let unit: String
    let goal: String?
    let meetsGoal: Bool?

    init(_ row: Benchmark.Row) {
      name = row.name
      value = row.value
      unit = row.unit
      meetsGoal = row.meetsGoal
      goal =
        switch row.goal {
        case .atMost(let limit): "≤ \(limit)"
        case .atLeast(let limit): "≥ \(limit)"
        case .none: nil
        }
    }
  }
}

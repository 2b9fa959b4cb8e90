import ArgumentParser
import ChildProcesses
import Foundation
import Platform

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures accuracy, overhead and speed on this machine.",
    discussion: """
      Timings are the best of several runs, overheads the median of interleaved pairs, with where the true median lies \
      with a probability of 95 %. A goal that lies in there is neither met nor missed.
      """)

  @Flag(help: "Print JSON: rows of name, value, unit, low and high (95 %), goal.") var json = false
  @Option(help: "Run only the benchmarks of this group.") var only: String?

  func run() async throws {
    try LabError.checkPlatform()
    let chosen = Benchmark.all.filter { only == nil || $0.name == only }
    guard !chosen.isEmpty else {
      throw LabError.usage("no group '\(only ?? "")'; there are: \(Benchmark.all.map(\.name).joined(separator: ", "))")
    }
    var lines: [Line] = []
    for benchmark in chosen {
      complain("measuring \(benchmark.name)")
      let new = only == nil ? try Self.measureApart(benchmark) : try await benchmark.measure().map(Line.init)
      if !json { for line in new { print(line.text) } }
      lines += new
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(lines), as: UTF8.self))
    }
  }

  /// Each group has a process of its own: what one leaves in memory is not the next one's.
  private static func measureApart(_ benchmark: Benchmark) throws -> [Line] {
    let command = ThisProgram.path
    let output = try ChildProcess.output(of: [command, "bench", "--only", benchmark.name, "--json"])
    return try JSONDecoder().decode([Line].self, from: Data(output.utf8))
  }

  private struct Line: Codable {
    let name: String
    let value: Double
    let unit: String
    let low: Double?
    let high: Double?
    let goal: String?
    let meetsGoal: Bool?

    init(_ row: Benchmark.Row) {
      name = row.name
      value = row.value
      unit = row.unit
      low = row.interval?.lowerBound
      high = row.interval?.upperBound
      meetsGoal = row.meetsGoal
      goal =
        switch row.goal {
        case .atMost(let limit): "≤ \(limit)"
        case .atLeast(let limit): "≥ \(limit)"
        case .none: nil
        }
    }

    /// The row of a table for people.
    var text: String {
      let verdict =
        switch meetsGoal {
        case true: "ok"
        case false: "MISSED"
        default: goal == nil ? "" : "within noise"
        }
      func text(_ value: Double) -> String { String(format: value < 10 ? "%.4f" : "%.1f", value) }
      let amount = text(value)
      let range = low.flatMap { low in high.map { " (\(text(low)) to \(text($0)))" } } ?? ""
      return name.padding(toLength: max(60, name.count + 1), withPad: " ", startingAt: 0)
        + "\(amount) \(unit)\(range)".padding(toLength: range.isEmpty ? 20 : 34, withPad: " ", startingAt: 0)
        + (goal ?? "").padding(toLength: 10, withPad: " ", startingAt: 0) + verdict
    }
  }
}

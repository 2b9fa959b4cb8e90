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
  @Flag(help: "Keep what was measured: the site of this machine shows it, and lab publish bench publishes it.")
  var keep = false
  @Option(help: "Run only the benchmarks of this group.") var only: String?

  func run() async throws {
    try LabError.checkPlatform()
    let chosen = Benchmark.all.filter { only == nil || $0.name == only }
    guard !chosen.isEmpty else {
      throw LabError.usage("no group '\(only ?? "")'; there are: \(Benchmark.all.map(\.name).joined(separator: ", "))")
    }
    var lines: [BenchLine] = []
    for benchmark in chosen {
      complain("measuring \(benchmark.name)")
      let new = only == nil ? try Self.measureApart(benchmark) : try await benchmark.measure().map(BenchLine.init)
      if !json { for line in new { print(line.text) } }
      lines += new
      if keep {
        var record = (try? BenchRecord.read(BenchRecord.local)) ?? BenchRecord()
        record.replace(benchmark.name, with: new)
        try record.write(BenchRecord.local)
      }
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(lines), as: UTF8.self))
    }
  }

  /// Each group has a process of its own: what one leaves in memory is not the next one's.
  private static func measureApart(_ benchmark: Benchmark) throws -> [BenchLine] {
    let command = ThisProgram.path
    let output = try ChildProcess.output(of: [command, "bench", "--only", benchmark.name, "--json"])
    return try JSONDecoder().decode([BenchLine].self, from: Data(output.utf8))
  }
}

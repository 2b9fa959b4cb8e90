import ChildProcesses
import Foundation
import Platform
import Pprof

extension Benchmark {
  /// `lab pprof` on 50,000 samples of 30 frames over 10,000 locations, from the start of the program to its end.
  static let reports = Benchmark(name: "reports") {
    let profile = SyntheticProfile.make(samples: 50_000, depth: 30, functions: 10_000)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("lab-bench-\(getpid()).pb.gz").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try profile.write(to: file)
    func seconds(_ report: String) throws -> Double {
      try Stopwatch.best(of: 3) { _ = try peakBytes(of: [ThisProgram.path, "pprof", report, file]) }
    }
    func row(_ report: String, atMost goal: Double) throws -> Row {
      Row(
        name: "lab pprof \(report), 50k samples x 30 frames", value: try seconds(report), unit: "s", goal: .atMost(goal)
      )
    }
    let memory = try peakBytes(of: [ThisProgram.path, "pprof", "-top", file])
    return try [
      row("-top", atMost: 0.25),
      Row(
        name: "lab pprof -top, the same, memory", value: Double(memory) / Double(1 << 20), unit: "MiB",
        goal: .atMost(100)),
      row("-svg", atMost: 0.5),
    ]
      + ["-callgrind", "-tree", "-peek=.", "-traces", "-tags", "-list=function12", "-raw", "-proto", "-topproto"].map {
        try row($0, atMost: 3)
      }
  }

  /// The most memory that a program had resident until it wrote the last of its output, in bytes; 0 where the system
  /// does not tell.
  ///
  /// What the system tells when it has ended is no less than what this process had when it was started.
  private static func peakBytes(of command: [String]) throws -> Int {
    var process: pid_t = 0
    var kilobytes = 0
    let run = try ChildProcess.run(command, onStart: { process = $0 }) { _ in
      let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      kilobytes = max(kilobytes, line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0)
    }
    guard run.ending == .exited(0) else { throw LabError.failed("\(command.joined(separator: " ")): \(run.messages)") }
    return kilobytes * 1024
  }
}

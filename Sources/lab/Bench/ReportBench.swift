import ChildProcesses
import Foundation
import LocalServer
import Platform
import Pprof
import ScenarioRunning

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
    let memory = try seen { try peakBytes(of: [ThisProgram.path, "pprof", "-top", file]) }
    let pages = try await webPages(of: profile)
    let others = [
      "-callgrind", "-tree", "-peek=.", "-traces", "-tags", "-list=function12", "-raw", "-proto", "-topproto",
    ]
    return try [
      row("-top", atMost: 0.25),
      Row(
        name: "lab pprof -top, the same, memory", value: Double(memory) / Double(1 << 20), unit: "MiB",
        goal: .atMost(100)),
      row("-svg", atMost: 0.5),
    ]
      + pages + others.map { try row($0, atMost: 3) }
  }

  /// What the web view needs from a request to its page, for one that it has not shown before.
  private static func webPages(of profile: Profile) async throws -> [Row] {
    var rows: [Row] = []
    for (name, request) in [
      ("flame graph", Request(path: "/flamegraph")), ("call graph", Request(path: "/graph")),
      ("top", Request(path: "/top")),
    ] {
      var (best, bytes) = (Double.infinity, 0)
      for _ in 0..<3 {
        let web = PprofWeb(try PprofRequest(arguments: ["-http=:", "x"]), profile: profile, base: nil)
        let start = RoundTime.now(CLOCK_MONOTONIC)
        let response = await web.response(to: request)
        best = min(best, RoundTime.now(CLOCK_MONOTONIC) - start)
        guard response.status == 200, case .bytes(let page) = response.body else {
          throw LabError.failed("the web view has no page for \(request.path)")
        }
        bytes = page.count
      }
      rows.append(Row(name: "lab pprof --http, \(name), the same", value: best, unit: "s", goal: .atMost(0.5)))
      rows.append(
        Row(name: "lab pprof --http, \(name), its page", value: Double(bytes) / 1e6, unit: "MB", goal: .atMost(1)))
    }
    return rows
  }

  /// What is seen in one of some runs: a program may have ended before one looks at it.
  private static func seen(_ measure: () throws -> Int) throws -> Int {
    for _ in 0..<20 {
      let value = try measure()
      if value > 0 { return value }
    }
    throw LabError.cannotMeasure("lab pprof always ended before its memory could be read")
  }

  /// The most memory that a program had resident until it wrote the last of its output, in bytes; 0 if it had ended when
  /// that was read.
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

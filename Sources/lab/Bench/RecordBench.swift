import ChildProcesses
import Foundation
import Platform
import ScenarioRunning

extension Benchmark {
  /// What a program that does nothing pays for being recorded: bare, with the profiler preloaded and idle, and under
  /// `lab record`, in turns.
  static let record = Benchmark(name: "record") {
    let library = try PreloadLibrary.path()
    let command = ThisProgram.path
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("lab-bench-\(getpid()).pb.gz").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    var (bare, preloaded, recorded): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<30 {
      bare.append(try time(["/bin/true"]))
      preloaded.append(try time(["env", "LD_PRELOAD=\(library)", "/bin/true"]) - (try time(["env", "/bin/true"])))
      recorded.append(try time([command, "record", "-o", file, "--", "/bin/true"]))
    }
    return [
      Row(name: "record: /bin/true, bare", value: bare.median * 1e3, unit: "ms", goal: .none),
      Row(
        name: "record: the same with the profiler preloaded and idle, more", value: preloaded.median * 1e3, unit: "ms",
        goal: .atMost(2)),
      Row(name: "record: the same under lab record, cpu", value: recorded.median * 1e3, unit: "ms", goal: .none),
    ]
  }

  private static func time(_ command: [String]) throws -> Double {
    let start = RoundTime.now(CLOCK_MONOTONIC)
    _ = try ChildProcess.output(of: command)
    return RoundTime.now(CLOCK_MONOTONIC) - start
  }
}

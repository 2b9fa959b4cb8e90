import Foundation

extension Benchmark {
  /// What the allocation hooks cost, and how far off their estimates are, on 20 million objects.
  ///
  /// The same work is done by a program without the profiler and by one with it, off and at two rates, in turns.
  static let heap = Benchmark(name: "heap") {
    let bare = try HeapPrograms.build("BareAllocatingProgram")
    let hooked = try HeapPrograms.build("AllocatingProgram")
    var (off, sampled, everything): ([Double], [Double], [Double]) = ([], [], [])
    var estimates: [Double] = []
    var count = 0.0
    for _ in 0..<5 {
      let base = try HeapPrograms.run(bare, "20000000")
      off.append(try HeapPrograms.run(hooked, "20000000").seconds / base.seconds)
      let run = try HeapPrograms.run(hooked, "20000000", "524288")
      sampled.append(run.seconds / base.seconds)
      estimates.append(run.allocations)
    }
    for _ in 0..<2 {
      let base = try HeapPrograms.run(bare, "20000000")
      let run = try HeapPrograms.run(hooked, "20000000", "1")
      everything.append(run.seconds / base.seconds)
      count = run.allocations
    }
    return [
      Row(name: "heap: hooks linked but off, CPU time", value: off.median, unit: "ratio", goal: .atMost(1.01)),
      Row(name: "heap: one sample every 512 KiB, CPU time", value: sampled.median, unit: "ratio", goal: .atMost(1.02)),
      Row(name: "heap: every allocation with its stack", value: everything.median, unit: "ratio", goal: .atMost(4)),
      Row(
        name: "heap: objects estimated at 512 KiB, error against a count", value: abs(estimates.median / count - 1),
        unit: "ratio", goal: .atMost(0.03)),
    ]
  }
}

/// The workload programs of the tests, built in release beside this command.
private enum HeapPrograms {
  struct Run {
    var seconds: Double
    /// Allocations, as the heap profile estimates them, or counts them at rate 1; 0 without a profile.
    var allocations: Double
  }

  static func build(_ product: String) throws -> String {
    _ = try ChildProcess.output(of: [
      "swift", "build", "--package-path", Workspace.root, "-c", "release", "--product", product,
    ])
    let path = Workspace.path(".build/release/\(product)")
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw LabError.cannotMeasure("\(product) cannot be built")
    }
    return path
  }

  static func run(_ command: String...) throws -> Run {
    let lines = try ChildProcess.output(of: command).split(separator: "\n")
    let numbers = lines.first?.split(separator: " ").compactMap { Double($0) } ?? []
    guard numbers.count == 3 else { throw LabError.cannotMeasure("\(command[0]) printed no figures") }
    let estimate = lines.dropFirst().first?.split(separator: " ").last.flatMap { Double($0) }
    return Run(seconds: numbers[0], allocations: estimate ?? 0)
  }
}

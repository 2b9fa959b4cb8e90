extension Benchmark {
  /// What following tasks costs: where they do next to nothing but come and go, and where they hand real work on.
  ///
  /// The same work is done by a program without the profiler and by one with it, off and on, in turns.
  static let tasks = Benchmark(name: "tasks") {
    let bare = try BuiltProgram("BareTaskingProgram").path, hooked = try BuiltProgram("TaskingProgram").path
    return try [("mergeSort", "100000", "a task for every half of a merge sort"), ("hops", "100000", "actor hops")]
      .flatMap { workload, size, name in
        let ratios = try PairedRatio.measure(
          rounds: 30,
          [
            { try seconds(bare, workload, size) }, { try seconds(hooked, workload, size) },
            { try seconds(hooked, workload, size, "on") },
          ])
        return [
          Row(name: "tasks: \(name), hooks linked but off", ratio: ratios[0], goal: .atMost(1.01)),
          Row(name: "tasks: \(name), followed", ratio: ratios[1], goal: .atMost(1.10)),
        ]
      }
  }

  private static func seconds(_ command: String...) throws -> Double {
    try BuiltProgram.numbers(of: command, count: 3).first[0]
  }
}

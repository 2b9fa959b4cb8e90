import Foundation

extension Benchmark {
  /// What it costs to record every event: of tasks that do next to nothing, of a few that do much, of user tasks and
  /// regions; and how much room an event takes.
  ///
  /// Each program is held against itself untraced, since two programs that do the same may lie otherwise in memory, which is
  /// as much as what is measured here. Where there is a `go`, Go's execution tracer and the same programs stand beside. What
  /// is compared is the CPU time of the work, without the tracers' start and stop.
  static let traces = Benchmark(name: "traces") {
    let program = try BuiltProgram("TaskingProgram").path
    let fine = try traced("mergeSort", 100_000), coarse = try traced("coarseMergeSort", 1_000_000)
    let marked = try traced("fibonacci", 200_000)
    func traced(_ workload: String, _ size: Int) throws -> (ratio: PairedRatio, events: Double, bytes: Double) {
      var (events, bytes) = (0.0, 0.0)
      let ratio = try PairedRatio.measure(
        rounds: 20,
        [
          { try BuiltProgram.numbers(of: [program, workload, String(size)], count: 3).first[0] },
          {
            let (first, second) = try BuiltProgram.numbers(of: [program, workload, String(size), "trace"], count: 3)
            guard second.count == 2 else { throw LabError.cannotMeasure("\(program) printed no counts of events") }
            (events, bytes) = (second[0], second[1])
            return first[0]
          },
        ])[0]
      return (ratio, events, bytes)
    }
    let pairs = try (0..<5).map { _ in
      try BuiltProgram.numbers(of: [program, "regions", "200000"], count: 3).first
    }
    let plain = try (0..<5).map { _ in
      try BuiltProgram.numbers(of: [program, "mergeSort", "100000"], count: 3).first[0]
    }
    return [
      Row(name: "traces: a task for every half of a merge sort", ratio: fine.ratio, goal: .atMost(1.10)),
      Row(name: "traces: none below 2,048 numbers", ratio: coarse.ratio, goal: .atMost(1.02)),
      Row(name: "traces: a user task, two regions, 1 to 2 µs of work", ratio: marked.ratio, goal: .atMost(2)),
      Row(
        name: "traces: an event of that merge sort, with what follows tasks",
        value: (fine.ratio.ratios.median - 1) * plain.median * 1e9 / fine.events, unit: "ns", goal: .none),
      Row(
        name: "traces: bytes of an event of that merge sort", value: fine.bytes / fine.events, unit: "bytes",
        goal: .atMost(4)),
      Row(
        name: "traces: a user task with a region", value: pairs.map { $0[0] }.min() ?? 0, unit: "ns",
        goal: .atMost(150)),
      Row(name: "traces: a region", value: pairs.map { $0[1] }.min() ?? 0, unit: "ns", goal: .none),
    ] + (try GoTracer.with { try $0.rows() } ?? [])
  }
}

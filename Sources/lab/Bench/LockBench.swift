extension Benchmark {
  /// What the hooks at locks cost where nobody waits: linked and off, and while contention or waits are recorded.
  ///
  /// The same work is done by a program without the profiler and by one with it, in turns.
  static let locks = Benchmark(name: "locks") {
    let bare = try BuiltProgram("BareLockingProgram"), hooked = try BuiltProgram("LockingProgram")
    return try [("mutex", "Mutex"), ("nslock", "NSLock"), ("queue", "queue.sync")].flatMap { lock, name in
      func seconds(_ program: BuiltProgram, _ kind: String...) throws -> Double {
        let numbers = try BuiltProgram.numbers(of: [program.path, lock, "2000000"] + kind, count: 2)
        return numbers.first[0]
      }
      let ratios = try PairedRatio.measure(
        rounds: 30,
        [
          { try seconds(bare) }, { try seconds(hooked) }, { try seconds(hooked, "mutex") },
          { try seconds(hooked, "block") },
        ])
      // A queue that is free still has to be wrapped, for its turns to be seen.
      let isLock = lock != "queue"
      return [
        Row(name: "locks: \(name), hooks linked but off", ratio: ratios[0], goal: .atMost(1.01)),
        Row(name: "locks: \(name), contention recorded", ratio: ratios[1], goal: isLock ? .atMost(1.02) : .none),
        Row(name: "locks: \(name), waits recorded", ratio: ratios[2], goal: isLock ? .atMost(1.02) : .none),
      ]
    }
  }
}

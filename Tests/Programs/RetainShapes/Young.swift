#if !PLANT_ONLY
  import Leaks
  import Platform
  import Profiling

  /// Leaks from before and from the end.
  enum Young {
    final class Early {
      var me: Early?
    }
    final class Late {
      var me: Late?
    }
    /// Reached from an earlier one that is leaked, and so no younger than that.
    final class Follower {}
    final class Leader {
      var me: Leader?
      var follower: Follower?
    }

    private nonisolated(unsafe) static var fillers: [KeptObject] = []

    /// Prints how many of each a report lists that leaves out the youngest tenth.
    static func report() throws {
      var leader: Leader?
      onAnotherThread {
        for _ in 0..<20 {
          let early = escaping(Early())
          early.me = early
        }
        leader = Leader()
        // More than a tenth of all there is come between.
        fillers = (0..<8000).map { _ in KeptObject() }
      }
      waitForTick()
      onAnotherThread {
        for _ in 0..<20 {
          let late = escaping(Late())
          late.me = late
        }
        leader?.follower = Follower()
        leader?.me = leader
        leader = nil
      }
      let report = try LeakDetector.report(leavingOut: .youngest(percent: 10))
      let nodes = report.cycles.flatMap(\.nodes)
      let counts = ["Young.Early", "Young.Late", "Young.Leader"].map { name in
        nodes.filter { $0.name == name }.reduce(0) { $0 + $1.count }
      }
      let kept = report.cycles.filter { $0.path.hasPrefix("Young.Leader") }.map(\.kept.blocks)
      print("early: \(counts[0]), late: \(counts[1]), leader: \(counts[2]) keeps \(kept)")
      print(report.notes.joined(separator: "\n"))
    }

    /// Until the clock has moved on by which the age of blocks is taken.
    private static func waitForTick() {
      func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
      }
      let start = now()
      while now() == start {}
    }
  }
#endif

// Links the profiler and has the Swift library in its own file. Makes tasks of which the truth is known, and prints what
// the profiler says of them, one `name value` a line; ends with 4 if it says that it cannot follow any.
import Platform
import Profiling

/// A task that waits for what never comes. Not asleep: here the library's own task for that is seen made, too.
@inline(never) func makeOne() {
  Task {
    let (stream, continuation) = AsyncStream<Int>.makeStream()
    for await _ in stream {}
    continuation.finish()
  }
}

func waiting() -> Int64 {
  TaskProfiler.snapshot().samples.reduce(0) { $0 + ($1.labels["waits"] == ["stream"] ? $1.values[0] : 0) }
}

/// Patient, for the machine may be busy; without `Task.sleep`, for the same reason.
func wait(until condition: () -> Bool) { for _ in 0..<6_000 where !condition() { usleep(5_000) } }

func addsUp() -> Bool { TaskProfiler.counts.map { $0.made == $0.ended + $0.live } ?? false }

@main struct Program {
  static func main() async {
    do { try TaskProfiler.start() } catch {
      print("refused", error)
      exit(4)
    }
    let before = TaskProfiler.counts
    for _ in 0..<7 { makeOne() }
    var sum = await Task.detached { 1 }.value
    sum += await withTaskGroup(of: Int.self) { group in
      for _ in 0..<10 { group.addTask { 1 } }
      var sum = 0
      for await value in group { sum += value }
      return sum
    }
    async let one = 1
    async let two = 2
    sum += await one + two
    for _ in 0..<5 { sum += await Task.immediate { 1 }.value }
    print("sum", sum)
    wait { waiting() == 7 }
    print("waiting", waiting())
    let lines = TaskProfiler.dump().description.split(separator: "\n")
    print("makers", lines.count { $0.hasPrefix("  created by makeOne()") })
    if let before, let after = TaskProfiler.counts {
      print("made", after.made - after.met - (before.made - before.met))
    }
    wait { addsUp() }
    print("adds-up", addsUp())
  }
}

import Platform
import Profiling
import TaskWorkload

/// The workload with the profiler: `TaskingProgram WORKLOAD SIZE [on|block|mutex|trace]` prints its CPU time in seconds;
/// with `trace` a second line has how many events were recorded, and their bytes. `TaskingProgram regions SIZE` prints what
/// a user task with a region costs, in nanoseconds.
@main struct Program {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 2, let size = Int(arguments[2]) else { exit(2) }
    if arguments[1] == "regions" { return try regions(size) }
    guard let workload = TaskWorkload(rawValue: arguments[1]) else { exit(2) }
    let kind = arguments.dropFirst(3).first
    switch kind {
    case "on": try TaskProfiler.start()
    case "block": try BlockProfiler.start(rate: .nanoseconds(1))
    case "mutex": try MutexProfiler.start()
    case "trace": try Trace.start()
    default: break
    }
    let start = clock()
    let result = workload == .fibonacci ? marked(size) : await workload.run(size)
    print(Double(clock() - start) / Double(CLOCKS_PER_SEC), result, TaskProfiler.counts?.made ?? 0)
    guard kind == "trace" else { return }
    let recorded = try Trace.stop()
    print(recorded.eventCount, recorded.eventBytes)
  }

  /// The same as the workload, with a user task for each number and regions for its two steps.
  private static func marked(_ count: Int) -> Int {
    var numbers = NumberStore()
    for place in 0..<count {
      Trace.withTask("fibonacci") {
        let number = Trace.withRegion("compute") { fibonacci(13 + place & 1) }
        Trace.withRegion("store") { numbers.store(number, at: place) }
      }
    }
    return numbers.sum
  }

  private static func regions(_ count: Int) throws {
    try Trace.start()
    let start = clock()
    for _ in 0..<count { Trace.withTask("task") { Trace.withRegion("region") {} } }
    let both = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    let middle = clock()
    for _ in 0..<count { Trace.withRegion("region") {} }
    let region = Double(clock() - middle) / Double(CLOCKS_PER_SEC)
    try Trace.stop()
    print(both * 1e9 / Double(count), region * 1e9 / Double(count), 0)
  }
}

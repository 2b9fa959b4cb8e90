import Platform
import Profiling
import TaskWorkload

/// The workload with the profiler: `TaskingProgram WORKLOAD SIZE [on|block|mutex]` prints its CPU time in seconds.
@main struct Program {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 2, let workload = TaskWorkload(rawValue: arguments[1]), let size = Int(arguments[2]) else {
      exit(2)
    }
    switch arguments.dropFirst(3).first {
    case "on": try TaskProfiler.start()
    case "block": try BlockProfiler.start(rate: .nanoseconds(1))
    case "mutex": try MutexProfiler.start()
    default: break
    }
    let start = clock()
    let result = await workload.run(size)
    print(Double(clock() - start) / Double(CLOCKS_PER_SEC), result, TaskProfiler.counts?.made ?? 0)
  }
}

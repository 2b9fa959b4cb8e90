import Platform
import Profiling
import TaskWorkload

/// The workload with the profiler: `TaskingProgram WORKLOAD SIZE [on]` prints its CPU time in seconds.
@main struct Program {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 2, let workload = TaskWorkload(rawValue: arguments[1]), let size = Int(arguments[2]) else {
      exit(2)
    }
    if arguments.dropFirst(3).first == "on" { try TaskProfiler.start() }
    let start = clock()
    let result = await workload.run(size)
    print(Double(clock() - start) / Double(CLOCKS_PER_SEC), result, TaskProfiler.counts?.made ?? 0)
  }
}

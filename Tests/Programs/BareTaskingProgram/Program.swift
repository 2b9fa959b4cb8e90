import Platform
import TaskWorkload

/// The workload without the profiler: `BareTaskingProgram WORKLOAD SIZE` prints its CPU time in seconds.
@main struct Program {
  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count > 2, let workload = TaskWorkload(rawValue: arguments[1]), let size = Int(arguments[2]) else {
      exit(2)
    }
    let start = clock()
    let result = await workload.run(size)
    print(Double(clock() - start) / Double(CLOCKS_PER_SEC), result, 0)
  }
}

import LockWorkload
import Platform
import Profiling

/// The workload with the profiler: `LockingProgram LOCK WORDS [KIND]` prints its CPU time in seconds.
@main struct Program {
  static func main() throws {
    let arguments = CommandLine.arguments
    switch arguments.dropFirst(3).first {
    case "mutex": try MutexProfiler.start()
    case "block": try BlockProfiler.start(rate: .nanoseconds(1))
    default: break
    }
    let start = clock()
    let result = count(words: Int(arguments[2]) ?? 1_000_000, under: arguments[1])
    print(Double(clock() - start) / Double(CLOCKS_PER_SEC), result ?? 0)
  }
}

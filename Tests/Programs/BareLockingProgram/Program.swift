import LockWorkload
import Platform

/// The workload without the profiler: `BareLockingProgram LOCK WORDS` prints its CPU time in seconds.
@main struct Program {
  static func main() {
    let arguments = CommandLine.arguments
    let start = clock()
    let result = count(words: Int(arguments[2]) ?? 1_000_000, under: arguments[1])
    print(Double(clock() - start) / Double(CLOCKS_PER_SEC), result ?? 0)
  }
}

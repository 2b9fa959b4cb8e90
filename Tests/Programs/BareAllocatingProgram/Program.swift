import AllocationWorkload
import Platform

/// The workload without the profiler: `BareAllocatingProgram OBJECTS` prints its CPU time in seconds.
@main struct Program {
  static func main() {
    let objects = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
    let start = clock()
    let result = allocate(objects: objects)
    print(Double(clock() - start) / Double(CLOCKS_PER_SEC), result.objects, result.checksum)
  }
}

import AllocationWorkload
import Platform
import Pprof
import Profiling

/// The workload with the profiler: `AllocatingProgram OBJECTS [RATE [FILE]]` prints its CPU time in
/// seconds, and with a rate how many objects and bytes the profile says it allocated.
@main struct Program {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let objects = arguments.first.flatMap { Int($0) } ?? 1_000_000
    let rate = arguments.dropFirst().first.flatMap { Int($0) }
    if let rate { try HeapProfiler.start(rate: ByteCount(rate)) }
    let start = clock()
    let result = allocate(objects: objects)
    print(Double(clock() - start) / Double(CLOCKS_PER_SEC), result.objects, result.checksum)
    guard rate != nil else { return }
    let profile = HeapProfiler.snapshot()
    print(profile.samples.reduce(0) { $0 + $1.values[0] }, profile.samples.reduce(0) { $0 + $1.values[1] })
    if let file = arguments.dropFirst(2).first { try profile.write(to: file) }
  }
}

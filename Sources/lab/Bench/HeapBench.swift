import Foundation
import Platform
import Profiling
import ScenarioRunning

extension Benchmark {
  /// What the allocation hooks cost, and how far off their estimates are, on 5 million objects a run.
  ///
  /// The same work is done by a program without the profiler and by one with it, off and at two rates, in turns.
  static let heap = Benchmark(name: "heap") {
    // First, while nothing has been named yet.
    let snapshots = try snapshotTimes()
    let bare = try BuiltProgram("BareAllocatingProgram").path
    let hooked = try BuiltProgram("AllocatingProgram").path
    var (objects, bytes): ([Double], [Double]) = ([], [])
    let ratios = try PairedRatio.measure(
      rounds: 40,
      [
        { try HeapPrograms.run(bare, "5000000").seconds },
        { try HeapPrograms.run(hooked, "5000000").seconds },
        {
          let run = try HeapPrograms.run(hooked, "5000000", "524288")
          objects.append(run.objects)
          bytes.append(run.bytes)
          return run.seconds
        },
      ])
    let truth = try HeapPrograms.run(hooked, "5000000", "1")
    let everything = try PairedRatio.measure(
      rounds: 9,
      [{ try HeapPrograms.run(bare, "5000000").seconds }, { try HeapPrograms.run(hooked, "5000000", "1").seconds }])
    return [
      Row(name: "heap: hooks linked but off, CPU time", ratio: ratios[0], goal: .atMost(1.01)),
      Row(name: "heap: one sample every 512 KiB, CPU time", ratio: ratios[1], goal: .atMost(1.02)),
      Row(name: "heap: every allocation with its stack", ratio: everything[0], goal: .atMost(4)),
      Row(
        name: "heap: objects estimated at 512 KiB, error against a count",
        value: abs(objects.mean / truth.objects - 1), unit: "ratio", goal: .atMost(0.03)),
      Row(
        name: "heap: bytes estimated at 512 KiB, error against a count", value: abs(bytes.mean / truth.bytes - 1),
        unit: "ratio", goal: .atMost(0.03)),
    ] + snapshots + (try liveCounters()) + (try peak(hooked))
  }

  /// What it costs to follow when most is in use, beside a recording of the whole run that does not.
  private static func peak(_ program: String) throws -> [Row] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("lab-bench-\(getpid()).pb.gz").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    func seconds(rate: Int, moment: String) throws -> Double {
      try HeapPrograms.run(
        "env", "\(ProfileKind.heap.variable)=\(file)", "\(ProfileKind.heap.variable)_RATE=\(rate)",
        "LAB_HEAP_AT=\(moment)", program, "5000000"
      ).seconds
    }
    return try [(1, "every allocation", 9, .none), (524_288, "one sample every 512 KiB", 40, .atMost(1.02))].map {
      (rate: Int, name: String, rounds: Int, goal: Goal) in
      let ratio = try PairedRatio.measure(
        rounds: rounds, [{ try seconds(rate: rate, moment: "end") }, { try seconds(rate: rate, moment: "peak") }])
      return Row(name: "heap: \(name), with the peak followed", ratio: ratio[0], goal: goal)
    }
  }

  /// A snapshot of 2,000 stacks, the first of a process and another.
  private static func snapshotTimes() throws -> [Row] {
    try HeapProfiler.start(rate: ByteCount(1))
    defer { HeapProfiler.stop() }
    let blocks = (0..<2_000).map { Descent.left($0, depth: 11) }
    defer { for block in blocks { block.deallocate() } }
    let first = Stopwatch.best(of: 1) { _ = HeapProfiler.snapshot() }
    let again = Stopwatch.best(of: 5) { _ = HeapProfiler.snapshot() }
    return [
      Row(name: "heap: a snapshot of 2,000 stacks, the first", value: first * 1e3, unit: "ms", goal: .none),
      Row(name: "heap: the same again", value: again * 1e3, unit: "ms", goal: .none),
    ]
  }

  /// One reading of the live heap, after a gigabyte in blocks of many sizes was allocated at the default rate.
  ///
  /// A hundred readings a second may take a hundredth of a processor: 100 us each.
  private static func liveCounters() throws -> [Row] {
    try HeapProfiler.start()
    defer { HeapProfiler.stop() }
    let blocks = (0..<100_000).map { UnsafeMutableRawPointer.allocate(byteCount: 64 + $0 % 20_000, alignment: 16) }
    defer { for block in blocks { block.deallocate() } }
    let seconds = Stopwatch.best(of: 200) { _ = HeapProfiler.liveCounters }
    return [
      Row(name: "heap: live bytes and objects, one reading", value: seconds * 1e6, unit: "us", goal: .atMost(100)),
      Row(
        name: "heap: pairs of stack and size looked through for it", value: Double(HeapProfiler.statistics.buckets),
        unit: "count", goal: .none),
    ]
  }
}

/// Allocates on as many stacks as there are paths: one for each pattern of left and right.
private enum Descent {
  /// Counted after each call, so that no call is a jump and no function is the same as the other.
  nonisolated(unsafe) private static var (lefts, rights) = (0, 0)

  @inline(never) static func left(_ path: Int, depth: Int) -> UnsafeMutableRawPointer {
    defer { lefts += 1 }
    return next(path, depth)
  }

  @inline(never) static func right(_ path: Int, depth: Int) -> UnsafeMutableRawPointer {
    defer { rights += 2 }
    return next(path, depth)
  }

  @inline(__always) private static func next(_ path: Int, _ depth: Int) -> UnsafeMutableRawPointer {
    if depth == 0 { return .allocate(byteCount: 64, alignment: 16) }
    return path & 1 == 0 ? left(path >> 1, depth: depth - 1) : right(path >> 1, depth: depth - 1)
  }
}

/// What the workload programs say of themselves.
private enum HeapPrograms {
  struct Run {
    var seconds = 0.0
    /// What was allocated, as the heap profile estimates it, or counts it at rate 1; 0 without a profile.
    var objects = 0.0
    var bytes = 0.0
  }

  static func run(_ command: String...) throws -> Run {
    let (numbers, estimate) = try BuiltProgram.numbers(of: command, count: 3)
    return Run(seconds: numbers[0], objects: estimate.first ?? 0, bytes: estimate.last ?? 0)
  }
}

extension [Double] {
  fileprivate var mean: Double { reduce(0, +) / Double(Swift.max(count, 1)) }
}

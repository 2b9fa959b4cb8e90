import Platform
import Pprof
import Profiling

/// A program that profiles its own heap, for the profiler's tests.
///
///     HeapProgram SCENARIO
///
/// Blocks of known truth have sizes that nothing else asks for. What the profile says of them is printed, one
/// `name value` a line.
@main struct Program {
  static func main() throws {
    guard let name = CommandLine.arguments.dropFirst().first, let scenario = scenarios[name] else {
      print("scenarios:", scenarios.keys.sorted())
      exit(2)
    }
    try scenario()
  }

  static var scenarios: [String: () throws -> Void] {
    [
      "realloc": reallocations, "aligned": alignments, "empty": emptyBlocks, "huge": hugeBlocks, "threads": threads,
      "fork": forking, "fork-storm": forkStorm, "no-memory": noMemory, "two-profilers": bothProfilers,
      "unload": unloading, "many-stacks": manyStacks, "labels": labels, "deep": deep, "restart": restart,
      "counters": counters, "exec": executing, "plain": plain,
      "slots": slots, "without-recording": withoutRecording, "rates": rates, "own-session": ownSession,
      "many-sessions": manySessions, "arming": arming, "arming-once": armingOnce, "restart-storm": restartStorm,
      "double-free": doubleFree, "sized": sizedFrees, "library": libraryBlocks, "c-plus-plus": cPlusPlus,
    ]
  }
}

func say(_ name: String, _ value: some CustomStringConvertible) { print(name, value) }

/// Runs `body` with every allocation recorded.
func recording(_ body: () throws -> Void) throws {
  try HeapProfiler.start(rate: ByteCount(1))
  defer { HeapProfiler.stop() }
  try body()
}

/// Prints objects and bytes allocated and in use of blocks of this size.
func report(_ name: String, size: Int, in profile: Profile = HeapProfiler.snapshot()) {
  say(name, profile.values(size: size).map(String.init).joined(separator: " "))
}

extension Profile {
  /// Sums over the samples of blocks of this size.
  func values(size: Int) -> [Int64] { sum { $0.numericLabels["bytes"]?.first?.value == Int64(size) } }

  func sum(where condition: (Sample) -> Bool) -> [Int64] {
    samples.reduce(into: [0, 0, 0, 0]) { sums, sample in
      guard condition(sample) else { return }
      for index in sums.indices { sums[index] += sample.values[index] }
    }
  }

  /// The functions of a sample, leaf first.
  func names(of sample: Sample) -> [String] {
    sample.locations.flatMap { locations[$0].lines.map { functions[$0.function].name } }
  }
}

import Foundation
import Pprof
import Profiling
import ScenarioRunning

extension Benchmark {
  /// The CPU profiler's accuracy against clocks, and its cost by turning it on and off within one process.
  static let cpuProfiler = Benchmark(name: "cpu") {
    let accuracy = try await CPUAccuracy.measure()
    let overhead = try CPUOverhead.measure()
    return try accuracy + overhead + DeepStack.measure()
  }
}

/// Three functions of known shares on every core, sampled at 100 Hz.
private enum CPUAccuracy {
  static func measure() async throws -> [Benchmark.Row] {
    try CPUProfiler.start(rate: .hertz(100))
    let before = RoundTime.now(CLOCK_PROCESS_CPUTIME_ID)
    let steps = await withTaskGroup(of: [Int].self) { group in
      for seed in 0..<ProcessInfo.processInfo.activeProcessorCount {
        group.addTask { Work(seed: seed).run(seconds: 4) }
      }
      return await group.reduce(into: [0, 0, 0]) { sums, steps in for index in 0..<3 { sums[index] += steps[index] } }
    }
    let consumed = RoundTime.now(CLOCK_PROCESS_CPUTIME_ID) - before
    let profile = try await CPUProfiler.stop()

    let samples = profile.samples.reduce(0) { $0 + $1.values[0] }
    let covered = Double(samples) * Double(profile.period) * 1e-9
    let errors = zip(["heavy", "medium", "light"], steps).map { name, count in
      let truth = Double(count) / Double(steps.reduce(0, +))
      let share = Double(weight(of: name, in: profile)) / Double(max(samples, 1))
      return abs(share - truth) / (truth * (1 - truth) / Double(max(samples, 1))).squareRoot()
    }
    let statistics = CPUProfiler.statistics
    let reached = 1 - Double(statistics.unresolved) / Double(max(statistics.weight, 1))
    return [
      .init(name: "cpu: samples x period / CPU time", value: covered / consumed, unit: "ratio", goal: .none),
      .init(name: "cpu: error of that", value: abs(covered / consumed - 1), unit: "ratio", goal: .atMost(0.02)),
      .init(name: "cpu: worst share's error", value: errors.max() ?? 0, unit: "std errors", goal: .atMost(3)),
      .init(name: "cpu: stacks that reach a root", value: reached, unit: "ratio", goal: .atLeast(0.99)),
    ]
  }

  private static func weight(of function: String, in profile: Profile) -> Int64 {
    let located = profile.locations.map { location in
      location.lines.contains { profile.functions[$0.function].name.contains(".\(function)(") }
    }
    return profile.samples.reduce(0) { sum, sample in
      sample.locations.contains { located[$0] } ? sum + sample.values[0] : sum
    }
  }
}

/// The same handler and unwinder at work and at rest, in turns of one process.
private enum CPUOverhead {
  static func measure() throws -> [Benchmark.Row] {
    try CPUProfiler.start(rate: .hertz(100))
    CPUProfiler.pause()
    var work = Work(seed: 1)
    work.turn()
    var ratio = PairedRatio()
    for pair in 0..<150 {
      var times = (on: 0.0, off: 0.0)
      for isOn in [pair % 2 == 0, pair % 2 != 0] {
        if isOn { CPUProfiler.resume() }
        let start = RoundTime.now(CLOCK_PROCESS_CPUTIME_ID)
        work.turn()
        let time = RoundTime.now(CLOCK_PROCESS_CPUTIME_ID) - start
        if isOn {
          CPUProfiler.pause()
          times.on = time
        } else {
          times.off = time
        }
      }
      ratio.ratios.append(times.on / times.off)
    }
    _ = try CPUProfiler.stop()
    let statistics = CPUProfiler.statistics
    let samples = Double(max(statistics.samples, 1))
    let handler = statistics.medianHandlerTime / .microseconds(1)
    let empty = emptyHandler() * 1e6
    return [
      .init(name: "cpu: overhead at 100 Hz", ratio: ratio, goal: .atMost(1.01)),
      .init(
        name: "cpu: handler, median of \(statistics.samples) samples",
        value: handler, unit: "us", goal: .atMost(3)),
      .init(name: "cpu: an empty handler, sent to oneself", value: empty, unit: "us", goal: .none),
      .init(name: "cpu: handler against an empty one", value: handler / empty, unit: "ratio", goal: .none),
      .init(name: "cpu: frames a sample", value: Double(statistics.frames) / samples, unit: "frames", goal: .none),
      .init(name: "cpu: unwind table", value: Double(statistics.tableBytes) / 1e6, unit: "MB", goal: .none),
      .init(
        name: "cpu: unwind table, time to build",
        value: Double(statistics.tableBuildTime.components.attoseconds) * 1e-15, unit: "ms", goal: .none),
    ]
  }
}

/// The longest that a handler takes: on a stack of more frames than a walk follows.
private enum DeepStack {
  static func measure() throws -> [Benchmark.Row] {
    try CPUProfiler.start(rate: .hertz(100))
    _ = recurse(10_000)
    _ = try CPUProfiler.stop()
    let statistics = CPUProfiler.statistics
    return [
      .init(
        name: "cpu: handler, a stack of 10,000 frames, mean of \(statistics.samples)",
        value: statistics.handlerTime / .microseconds(1) / Double(max(statistics.samples, 1)), unit: "us", goal: .none)
    ]
  }

  @inline(never) private static func recurse(_ depth: Int) -> UInt64 {
    guard depth == 0 else { return recurse(depth - 1) &* 3 &+ UInt64(depth) }
    var work = Work(seed: 2)
    let start = RoundTime.now(CLOCK_THREAD_CPUTIME_ID)
    while RoundTime.now(CLOCK_THREAD_CPUTIME_ID) < start + 0.5 { work.turn() }
    return 1
  }
}

/// Seconds that a signal takes which does nothing: what the kernel alone costs on this machine, a call of it included.
private func emptyHandler() -> Double {
  let former = signal(SIGUSR2) { _ in }
  defer { signal(SIGUSR2, former) }
  let count = 10_000
  let seconds = Stopwatch.best(of: 20) { for _ in 0..<count { raise(SIGUSR2) } }
  return seconds / Double(count)
}

/// Arithmetic in three functions below a stack of some depth. A step takes the same time in each, so counting steps
/// tells their shares without asking the kernel for a clock: a thread that enters the kernel between two functions may
/// be made to wait there if others want its processor, and the functions that follow would be met less by the kernel's
/// tick.
private struct Work {
  private var value: Double
  private var steps = [0, 0, 0]
  private var state: UInt64

  init(seed: Int) {
    value = Double(seed)
    state = Self.state(seed: seed)
  }

  private static func state(seed: Int) -> UInt64 { 88_172_645_463_325_252 &+ UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 }

  /// Works for so many seconds of this thread's CPU time; returns the steps of each function.
  consuming func run(seconds: Double) -> [Int] {
    var work = self
    let start = RoundTime.now(CLOCK_THREAD_CPUTIME_ID)
    while RoundTime.now(CLOCK_THREAD_CPUTIME_ID) - start < seconds { for _ in 0..<20 { work.round() } }
    return work.steps
  }

  /// About 50 ms, the same each time.
  mutating func turn() {
    state = Self.state(seed: 0)
    for _ in 0..<5 { descend(21) }
  }

  @inline(never)
  private mutating func descend(_ depth: Int) {
    if depth == 0 { round() } else { descend(depth - 1) }
    value += 1
  }

  @inline(never)
  private mutating func round() {
    heavy(about(1_200_000))
    medium(about(600_000))
    light(about(200_000))
  }

  @inline(never) private mutating func heavy(_ count: Int) {
    for _ in 0..<count { value = value * 1.000_000_1 + 0.1 }
    steps[0] += count
  }
  @inline(never) private mutating func medium(_ count: Int) {
    for _ in 0..<count { value = value * 1.000_000_2 + 0.1 }
    steps[1] += count
  }
  @inline(never) private mutating func light(_ count: Int) {
    for _ in 0..<count { value = value * 1.000_000_3 + 0.1 }
    steps[2] += count
  }

  /// From none to twice as many: work that kept in step with the sampling period would be sampled where it happens to be.
  private mutating func about(_ count: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(2 * count))
  }
}

import Dispatch
import Platform
import Pprof
import Profiling
import Synchronization

/// A program that profiles itself, or lets itself be profiled, for the profiler's tests.
///
///     ProfiledProgram SCENARIO PROFILE [HERTZ]
///
/// Writes the profile and prints what is true, one `name value` a line.
@main struct Program {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3, let scenario = scenarios[arguments[1]] else {
      print("scenarios:", scenarios.keys.sorted())
      exit(2)
    }
    let run = Run(path: arguments[2], rate: .hertz(arguments.count > 3 ? Int(arguments[3]) ?? 100 : 100))
    try await scenario(run)
  }

  static let scenarios: [String: @Sendable (Run) async throws -> Void] = [
    "shares": shares, "deep": deep, "threads": threads, "short-threads": shortThreads, "async": asyncChain,
    "labels": labels, "plain": plain, "dispatch": dispatch, "fork": forking, "late-signal": lateSignal,
    "own-signal": ownSignal, "no-descriptors": noDescriptors, "taken": taken, "no-timers": noTimers,
    "no-memory": noMemory, "own-handler": ownHandler, "allocating": allocating, "pause": pause,
    "blocked-pool": blockedPool, "modules": modules, "restart": restart, "own-session": ownSession,
    "overlapping": overlapping, "many-windows": manyWindows, "unfinished": unfinished, "killed": killed,
    "late-window": lateWindow, "overhead": overhead,
  ]
}

/// One profiled run.
struct Run: Sendable {
  let path: String
  let rate: SamplingRate

  /// Profiles `body`, writes the profile and prints the CPU time used and what the profiler says of itself.
  func profile(_ body: () async throws -> Void) async throws {
    try CPUProfiler.start(rate: rate)
    let before = time(CLOCK_PROCESS_CPUTIME_ID)
    try await body()
    let used = time(CLOCK_PROCESS_CPUTIME_ID) - before
    try stopHere().write(to: path)
    say("cpu", used)
    sayStatistics()
  }

  func sayStatistics() {
    let s = CPUProfiler.statistics
    say("samples", s.samples)
    say("weight", s.weight)
    say("lost", s.lost)
    say("truncated", s.truncated)
    say("unresolved", s.unresolved)
    say("async", s.async)
    say("threads", s.threads)
    say("threads-missed", s.threadsMissed)
    say("charged-at-exit", s.chargedAtExit)
    say("handler-ns", s.samples == 0 ? 0 : Int((s.handlerTime / s.samples).components.attoseconds / 1_000_000_000))
    say("depth", s.samples == 0 ? 0 : s.frames / s.samples)
    say("table-rows", s.tableRows)
    say("table-bytes", s.tableBytes)
    say("table-us", Int(s.tableBuildTime.components.attoseconds / 1_000_000_000_000))
  }
}

/// Stops on this very thread: what the tests count on, in a program that is asynchronous.
func stopHere() throws(ProfilingError) -> Profile { try CPUProfiler.stop() }

func say(_ name: String, _ value: some CustomStringConvertible) { print(name, value) }

@Sendable func shares(_ run: Run) async throws {
  try await run.profile {
    var used: (heavy: UInt64, medium: UInt64, light: UInt64) = (0, 0, 0)
    // Work that kept in step with the sampling period would be sampled wherever it happens to be.
    for _ in 0..<20 {
      used.heavy += heavy(.random(in: 30...90) * millisecond)
      used.medium += medium(.random(in: 15...45) * millisecond)
      used.light += light(.random(in: 5...15) * millisecond)
    }
    say("heavy", used.heavy)
    say("medium", used.medium)
    say("light", used.light)
  }
}

@Sendable func deep(_ run: Run) async throws {
  try await run.profile {
    say("answer", recurse(getenv("DEPTH").flatMap { Int(String(cString: $0)) } ?? 30, 500 * millisecond))
  }
}

@Sendable func threads(_ run: Run) async throws {
  let used = Mutex<[UInt64]>([0, 0, 0, 0])
  try await run.profile {
    onThreads(4, atOnce: 4) { number in
      let spent = number % 2 == 0 ? heavy(300 * millisecond) : light(100 * millisecond)
      used.withLock { $0[number] = spent }
    }
  }
  used.withLock { used in
    say("heavy", used[0] + used[2])
    say("light", used[1] + used[3])
  }
}

@Sendable func shortThreads(_ run: Run) async throws {
  try await run.profile { onThreads(1000, atOnce: 4) { _ in burn(2 * millisecond) } }
}

@Sendable func asyncChain(_ run: Run) async throws {
  try await run.profile {
    try await withThrowingTaskGroup(of: UInt64.self) { group in
      for _ in 0..<4 { group.addTask { try await nested(5, 200 * millisecond) } }
      for try await _ in group {}
    }
  }
}

@Sendable func labels(_ run: Run) async throws {
  try await run.profile {
    let sync = withLabels(["client": "sync", "kind": "outer"]) {
      withLabels(["kind": "inner"]) { heavy(200 * millisecond) }
    }
    say("client=sync", sync)
    await withLabels(["client": "async"]) {
      async let a = withLabels(["part": "a"]) { await innermost(200 * millisecond) }
      async let b = innermost(200 * millisecond)
      say("part=a", await a)
      say("inherited", await b)
      await withTaskGroup(of: UInt64.self) { group in
        for name in ["g0", "g1"] {
          group.addTask { await withLabels(["part": name]) { await innermost(100 * millisecond) } }
        }
        for await _ in group {}
      }
      let task = Task { await innermost(100 * millisecond) }
      say("unstructured", await task.value)
      let detached = Task.detached { medium(100 * millisecond) }
      say("detached", await detached.value)
    }
    onThreads(1) { _ in _ = withLabels(["client": "thread"]) { heavy(100 * millisecond) } }
    say("unlabelled", light(100 * millisecond))
  }
}

/// Nothing of the profiler: only the environment can profile it.
@Sendable func plain(_ run: Run) async throws {
  say("heavy", heavy(200 * millisecond))
  exit(0)
}

@Sendable func dispatch(_ run: Run) async throws {
  try await run.profile {
    DispatchQueue.concurrentPerform(iterations: 8) { _ in _ = heavy(50 * millisecond) }
    let queue = DispatchQueue(label: "lab.test")
    await withCheckedContinuation { continuation in
      queue.async {
        _ = medium(200 * millisecond)
        continuation.resume()
      }
    }
  }
}

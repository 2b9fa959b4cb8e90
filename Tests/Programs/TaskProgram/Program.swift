import Platform
import Pprof
import Profiling

/// A program that looks at its own tasks, for the profiler's tests.
///
///     TaskProgram SCENARIO
///
/// It makes tasks of which the truth is known, and prints what the profiler says of them, one `name value` a line.
@main struct Program {
  static func main() async throws {
    guard let name = CommandLine.arguments.dropFirst().first, let scenario = scenarios[name] else {
      print("scenarios:", scenarios.keys.sorted())
      exit(2)
    }
    try await scenario()
  }

  static var scenarios: [String: () async throws -> Void] {
    [
      "kinds": kinds, "immediate": immediateTasks, "nesting": nesting, "deinit": isolatedDeinits,
      "executors": executors, "jobs": otherJobs, "waits": waits, "groups": groups, "cancel": cancellation,
      "storm": storm, "recursion": recursion, "deep": deep, "helpers": helpers, "labels": labels, "names": names,
      "older": olderTasks, "restart": restart, "fork": forking, "ending": endingMeanwhile, "threads": manyThreads,
      "blocked": blockedPool, "many": manyTasks, "leak": leak, "resumed-under-lock": resumedUnderLock,
      "idle-threads": threadsWithoutTasks, "crowd": crowdOfThreads,
    ]
  }
}

func say(_ name: String, _ value: some CustomStringConvertible) { print(name, value) }

/// What the profiler has counted; it has to be running.
func counts() -> TaskCounts {
  guard let counts = TaskProfiler.counts else { fatalError("the task profiler does not run") }
  return counts
}

/// Waits, for long if need be, until something holds; says so if it never does.
func wait(for what: String, until condition: () -> Bool) async {
  for _ in 0..<6000 {
    if condition() { return }
    try? await Task.sleep(for: .milliseconds(5))
  }
  say("never", what)
}

/// Tasks kept waiting, to be let go together.
final class Gate: @unchecked Sendable {
  private let lock = NSLockLike()
  private var waiting: [UnsafeContinuation<Void, Never>] = []
  private var isOpen = false

  /// How many wait.
  var count: Int { lock.withLock { waiting.count } }

  func pass() async {
    await withUnsafeContinuation { continuation in
      let goesOn = lock.withLock {
        if !isOpen { waiting.append(continuation) }
        return isOpen
      }
      if goesOn { continuation.resume() }
    }
  }

  func open() {
    let all = lock.withLock {
      isOpen = true
      defer { waiting = [] }
      return waiting
    }
    for continuation in all { continuation.resume() }
  }
}

/// A lock that synchronous and asynchronous code may take.
final class NSLockLike: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  init() { pthread_mutex_init(mutex, nil) }
  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }
  func withLock<R>(_ body: () -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

extension Profile {
  /// The functions of a sample, leaf first.
  func names(of sample: Sample) -> [String] {
    sample.locations.flatMap { locations[$0].lines.map { functions[$0.function].name } }
  }

  /// How many tasks have a function on their stacks, and these labels.
  func tasks(under function: String = "", _ labels: [String: String] = [:]) -> Int {
    samples.reduce(0) { sum, sample in
      let isUnder = function.isEmpty || names(of: sample).contains { $0.contains(function) }
      // An empty value: none.
      let fits = labels.allSatisfy { name, value in sample.labels[name] == (value.isEmpty ? nil : [value]) }
      return sum + (isUnder && fits ? Int(sample.values[0]) : 0)
    }
  }
}

/// Whether what is known adds up: all tasks made have ended or live.
func sayWhetherCountsAddUp(_ name: String = "adds-up") async {
  await wait(for: "counts that add up") {
    TaskProfiler.counts.map { $0.made == $0.ended + $0.live && $0.lost == 0 } ?? false
  }
  say(name, TaskProfiler.counts.map { $0.made == $0.ended + $0.live } ?? false)
}

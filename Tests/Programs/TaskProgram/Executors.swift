import Dispatch
import Platform
import Profiling
import Synchronization

private final class QueueExecutor: SerialExecutor, TaskExecutor {
  let queue = DispatchQueue(label: "own")
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async {
      job.runSynchronously(
        isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
    }
  }
}

/// Runs what it is given at once, inside `enqueue`.
private final class InlineSerialExecutor: SerialExecutor {
  func enqueue(_ job: consuming ExecutorJob) { job.runSynchronously(on: asUnownedSerialExecutor()) }
}

private final class InlineTaskExecutor: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }
}

private let queueExecutor = QueueExecutor()
private let inlineExecutor = InlineSerialExecutor()

private actor OnQueue {
  nonisolated var unownedExecutor: UnownedSerialExecutor { queueExecutor.asUnownedSerialExecutor() }
  var count = 0
  func add() { count += 1 }
}

private actor Inline {
  nonisolated var unownedExecutor: UnownedSerialExecutor { inlineExecutor.asUnownedSerialExecutor() }
  var count = 0
  func add() { count += 1 }
}

private actor Plain {
  var count = 0
  func add() { count += 1 }
}

func executors() async throws {
  try TaskProfiler.start()
  let (onQueue, inline, plain) = (OnQueue(), Inline(), Plain())
  for _ in 0..<3 {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<100 {
        group.addTask {
          await onQueue.add()
          await plain.add()
        }
      }
    }
    // One at a time: such an executor is serial only if nobody else uses it.
    for _ in 0..<100 { await Task { await inline.add() }.value }
    for _ in 0..<100 { await Task(executorPreference: InlineTaskExecutor()) { await plain.add() }.value }
    for _ in 0..<100 { await Task(executorPreference: queueExecutor) { await plain.add() }.value }
  }
  say("on-queue", await onQueue.count)
  say("inline", await inline.count)
  say("plain", await plain.count)
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  let counts = counts()
  say("made-enough", counts.made - counts.met >= 1200)
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// Counts the jobs that it is given, and runs them elsewhere.
private final class CountingExecutor: SerialExecutor {
  let queue = DispatchQueue(label: "counting")
  let jobs = Atomic<Int>(0)
  func enqueue(_ job: consuming ExecutorJob) {
    jobs.add(1, ordering: .relaxed)
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

private let countingExecutor = CountingExecutor()

private actor OnCounting {
  nonisolated var unownedExecutor: UnownedSerialExecutor { countingExecutor.asUnownedSerialExecutor() }
  isolated deinit { gone.add(1, ordering: .relaxed) }
}

/// Jobs that are no tasks: isolated deinits that an executor is given. What it is given for `yield`, and a resumption by
/// a continuation from outside, make no task either.
func otherJobs() async throws {
  try TaskProfiler.start()
  let before = counts().made
  for _ in 0..<1000 { await Task.yield() }
  let between = counts()
  say("made-by-yield", between.made - between.met - before)
  for _ in 0..<100 { _ = OnCounting() }
  await wait(for: "all deinits") { gone.load(ordering: .relaxed) == 100 }
  let after = counts()
  say("jobs", countingExecutor.jobs.load(ordering: .relaxed))
  say("made-by-jobs", after.made - after.met - (between.made - between.met))
  for _ in 0..<1000 {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume() }
    }
  }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// The pool's threads all stand still; tasks are looked at from a thread that is not of it.
func blockedPool() async throws {
  try TaskProfiler.start()
  let stop = DispatchSemaphore(value: 0), done = DispatchSemaphore(value: 0)
  let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  for _ in 0..<cores { Task.detached { blockThread(stop) } }
  for _ in 0..<5 { Task.detached(name: "starved") {} }
  let dump = await withUnsafeContinuation { continuation in
    DispatchQueue(label: "apart").async {
      usleep(300_000)
      continuation.resume(returning: TaskProfiler.dump().description)
      for _ in 0..<cores { stop.signal() }
      done.signal()
    }
    // This task is resumed only when the pool is free again.
  }
  say("blocked", dump.components("blockThread"))
  say("starved", dump.components("\"starved\" [runnable"))
  done.wait()
  TaskProfiler.stop()
}

@inline(never) private func blockThread(_ stop: DispatchSemaphore) { stop.wait() }

extension String {
  /// How many lines have that in them.
  func components(_ part: String) -> Int { split(separator: "\n").count { $0.contains(part) } }
}

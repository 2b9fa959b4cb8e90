import Dispatch
import ExecutionTrace
import Platform
import Profiling

private actor Plain {
  private var sum = 0
  func add(_ number: Int) { sum += number }
}

private final class QueueExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "queue of an actor")
  func enqueue(_ job: UnownedJob) { queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) } }
  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

private actor OnQueue {
  private let executor = QueueExecutor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private var sum = 0
  func add(_ number: Int) { sum += number }
}

private final class Preferred: TaskExecutor {
  private let queue = DispatchQueue(label: "preferred", attributes: .concurrent)
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

@MainActor private func onMain() {}

/// Executors are named as the runtime does.
func namedExecutors() async throws {
  try Trace.start()
  let (plain, onQueue, preferred) = (Plain(), OnQueue(), Preferred())
  await Task.detached {
    for number in 0..<20 {
      await plain.add(number)
      await onQueue.add(number)
      await onMain()
    }
    await Task(executorPreference: preferred) { await Task.yield() }.value
  }.value
  let trace = try Trace.stop().trace()
  var kinds: Set<String> = []
  for event in trace.events() where [.taskRuns, .actorAcquired].contains(event.kind) {
    let executor = trace.executors[Int(event.executor)]
    kinds.insert("\(executor.kind) \(executor.typeName)".split(separator: " ").joined(separator: "-"))
  }
  for kind in kinds.sorted() { say("on", kind) }
  let taken = trace.events().reduce(into: 0) { $0 += $1.kind == .actorAcquired ? 1 : 0 }
  let left = trace.events().reduce(into: 0) { $0 += $1.kind == .actorReleased ? 1 : 0 }
  say("left-as-often-as-taken", taken >= left)
  Sums(trace).tell()
}

@MainActor private final class Page {
  isolated deinit {}
}

/// Jobs that are no tasks: what resumes after a yield, and objects that are destroyed on their actor.
func jobsThatAreNoTasks() async throws {
  try Trace.start()
  await Task.detached { for _ in 0..<10 { await Task.yield() } }.value
  await MainActor.run { for _ in 0..<5 { _ = Page() } }
  for _ in 0..<7 {
    let page = Page()
    await Task.detached { withExtendedLifetime(page) {} }.value
  }
  await MainActor.run {}
  try await Task.sleep(for: .milliseconds(50))
  await MainActor.run {}
  let trace = try Trace.stop().trace()
  var (begun, ended, named) = (0, 0, 0)
  for event in trace.events() {
    if event.kind == .jobRuns { begun += 1 }
    if event.kind == .jobEnds { ended += 1 }
    if event.kind == .jobRuns, trace.texts[Int(event.index)] == "deinit of Page" { named += 1 }
  }
  say("balanced", begun == ended)
  say("of-yields", begun - named)
  say("deinits", named)
}

/// A task has the labels that it is given, inherits, and loses.
func labelledTasks() async throws {
  try Trace.start()
  await Task.detached {
    await withLabels(["client": "reports"]) {
      await Task { Trace.withRegion("child") {} }.value
      Trace.withRegion("labelled") {}
    }
    Trace.withRegion("bare") {}
  }.value
  let trace = try Trace.stop().trace()
  var labels: [UInt64: [TraceLabel]] = [:]
  for event in trace.events() {
    if event.kind == .labels { labels[event.task] = trace.labelSets[Int(event.index)] }
    if event.kind == .regionBegins {
      say(trace.texts[Int(event.index)], labels[event.task]?.first.map { "\($0.key)=\($0.value)" } ?? "none")
    }
  }
}

@inline(never) private func waitHere() async { try? await Task.sleep(for: .milliseconds(1)) }

@inline(never) private func spin(_ nanoseconds: Int64) {
  var time = timespec()
  func used() -> Int64 {
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
  let began = used()
  while used() - began < nanoseconds {}
}

/// Stacks of suspensions and samples of the CPU time, where they are asked for; figures always.
func extras() async throws {
  try Trace.start(with: [.cpu, .stacks])
  await Task.detached {
    await waitHere()
    spin(500_000_000)
  }.value
  let trace = try Trace.stop().trace()
  var samples: Int64 = 0
  var (suspended, counters): (Int, Set<String>) = (0, [])
  for event in trace.events() {
    switch event.kind {
    case .sample where trace.functions(event).contains { $0.contains("spin") } && event.task != 0:
      samples += event.value
    case .taskSuspends where trace.functions(event).contains { $0.contains("waitHere") }: suspended += 1
    case .counter: counters.insert(trace.texts[Int(event.index)].replacing(" ", with: "-"))
    default: break
    }
  }
  // Of 500 ms; what the kernel has not told yet at the end is missing.
  say("sampled", samples > 250_000_000 && samples < 750_000_000)
  say("suspended-there", suspended > 0)
  say("counters", counters.sorted().joined(separator: ","))
}

/// Calls that block a thread, waits for a queue's turn among them.
func blockedCalls() async throws {
  let queue = DispatchQueue(label: "busy")
  try Trace.start()
  let began = DispatchSemaphore(value: 0)
  queue.async {
    began.signal()
    usleep(100_000)
  }
  await Task.detached {
    waitFor(began)
    queue.sync {}
    usleep(20_000)
  }.value
  let trace = try Trace.stop().trace()
  var open: [Int32: TraceEvent] = [:]
  var longest: [String: Int64] = [:]
  for event in trace.events() {
    if event.kind == .callBlocks { open[event.thread] = event }
    if event.kind == .callReturns, let call = open.removeValue(forKey: event.thread), call.task != 0 {
      let name = "\(call.reason)"
      longest[name] = max(longest[name] ?? 0, event.time - call.time)
    }
  }
  say("sleep-long-enough", (longest["sleep"] ?? 0) >= 20_000_000)
  say("queue-long-enough", (longest["queue"] ?? 0) >= 10_000_000)
}

private func waitFor(_ semaphore: DispatchSemaphore) { semaphore.wait() }

import Observation
import Platform
import Profiling

private actor Busy {
  private var count = 0
  func hold(_ gate: Gate) { while gate.count == 0 { usleep(1000) } }
  // More than nothing, or nobody would have to wait for it.
  func work() { count += 1 }
}

/// Changed by one task alone.
@Observable private final class Watched: @unchecked Sendable {
  var value = 0
}

/// What nobody holds is finished at once.
nonisolated(unsafe) private var kept: [any Sendable] = []
private let keeping = NSLockLike()
private func keep(_ continuation: any Sendable) { keeping.withLock { kept.append(continuation) } }
/// Streams in which nothing ever comes.
private func silence() -> AsyncStream<Int> { AsyncStream { keep($0) } }
private func throwingSilence() -> AsyncThrowingStream<Int, any Error> { AsyncThrowingStream { keep($0) } }

/// Three tasks for each thing that a task may wait for, by names.
func waits() async throws {
  try TaskProfiler.start()
  let gate = Gate(), busyGate = Gate()
  let forGate = Task(name: "gate") { await gate.pass() }
  var tasks: [Task<Void, Never>] = []
  for _ in 0..<3 {
    let more: [Task<Void, Never>] = [
      Task(name: "unsafe continuation") { await gate.pass() },
      Task(name: "checked continuation") {
        await withCheckedContinuation { continuation in
          Task {
            await gate.pass(); continuation.resume()
          }
        }
      },
      Task(name: "task") { await forGate.value },
      Task(name: "async let") {
        async let one: Void = gate.pass()
        await one
      },
      Task(name: "group") {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await gate.pass() }
          await group.waitForAll()
        }
      },
      Task(name: "next of a group") {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await gate.pass() }
          _ = await group.next()
        }
      },
      Task(name: "discarding group") {
        await withDiscardingTaskGroup { group in group.addTask { await gate.pass() } }
      },
      Task(name: "stream") { for await _ in silence() {} },
      Task(name: "throwing stream") {
        do { for try await _ in throwingSilence() {} } catch {}
      },
      Task(name: "continuous sleep") { try? await Task.sleep(for: .seconds(600)) },
      Task(name: "suspending sleep") { try? await SuspendingClock().sleep(until: .now + .seconds(600)) },
      Task(name: "old sleep") { try? await Task.sleep(nanoseconds: 600_000_000_000) },
    ]
    tasks += more
  }
  let watched = Watched()
  let observers = (0..<3).map { _ in
    Task(name: "observations") {
      for await value in Observations({ watched.value }) where value > 0 { return }
    }
  }
  let busy = Busy()
  let holder = Task.detached { await busy.hold(busyGate) }
  await wait(for: "the actor to be held") {
    TaskProfiler.snapshot(by: .current).tasks(under: "hold", ["state": "running"]) == 1
  }
  tasks += (0..<3).map { _ in Task.detached(name: "actor") { await busy.work() } }
  await wait(for: "all to wait") {
    let profile = TaskProfiler.snapshot(by: .current)
    return ["unsafe continuation", "throwing stream", "observations", "old sleep", "actor"].allSatisfy { name in
      let those = profile.samples.filter { $0.labels["name"] == [name] && $0.labels["waits"] != nil }
      return those.reduce(0) { $0 + $1.values[0] } == 3
    } && gate.count >= 18
  }
  let profile = await TaskProfiler.snapshot(by: .current)
  for sample in profile.samples {
    guard let name = sample.labels["name"]?.first, name != "gate" else { continue }
    for _ in 0..<sample.values[0] {
      say(
        name.map { $0 == " " ? "-" : String($0) }.joined(),
        "\(sample.labels["state"]?.first ?? "") \(sample.labels["waits"]?.first ?? "-")")
    }
  }
  Task.detached { await busyGate.pass() }
  gate.open()
  await holder.value
  for task in tasks {
    task.cancel()
    await task.value
  }
  busyGate.open()
  // A change is told before it is made: who looks in between sees the old value, and waits for the next one.
  let changes = Task.detached {
    while !Task.isCancelled {
      watched.value += 1
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
  for observer in observers { _ = await observer.value }
  changes.cancel()
  await changes.value
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// Groups within groups, and tasks that end by throwing.
func groups() async throws {
  struct Failure: Error {}
  try TaskProfiler.start()
  let before = counts()
  for _ in 0..<20 {
    try await withThrowingTaskGroup(of: Int.self) { outer in
      for number in 0..<10 {
        outer.addTask {
          try await withThrowingDiscardingTaskGroup { inner in
            for _ in 0..<10 { inner.addTask { await Task.yield() } }
          }
          return number
        }
      }
      while try await outer.next() != nil {}
    }
    try? await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<10 { group.addTask { if number == 3 { throw Failure() } } }
      try await group.waitForAll()
    }
    // Left before its children are awaited by name.
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<10 { group.addTask { await Task.yield() } }
      group.cancelAll()
    }
  }
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  let after = counts()
  say("made", after.made - after.met - (before.made - before.met))
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// Tasks cancelled before they run, while they wait for each thing, and after they have ended.
func cancellation() async throws {
  try TaskProfiler.start()
  let gate = Gate()
  for round in 0..<200 {
    let early = Task { try Task.checkCancellation() }
    early.cancel()
    _ = await early.result
    let sleeping = Task { try await Task.sleep(for: .seconds(600)) }
    if round % 2 == 0 { await Task.yield() }
    sleeping.cancel()
    _ = await sleeping.result
    let reading = Task { for await _ in silence() {} }
    await Task.yield()
    reading.cancel()
    await reading.value
    early.cancel()
    let parent = Task {
      async let child: Void = { try await Task.sleep(for: .seconds(600)) }()
      try await child
    }
    if round % 3 == 0 { await Task.yield() }
    parent.cancel()
    _ = await parent.result
    for body in cancelled {
      let task = Task(operation: body)
      if round % 2 == 0 { await Task.yield() }
      task.cancel()
      await task.value
      let immediate = Task.immediate(operation: body)
      immediate.cancel()
      await immediate.value
    }
  }
  let waiting = (0..<5).map { _ in Task { await gate.pass() } }
  for task in waiting { task.cancel() }
  await wait(for: "all to wait") { gate.count == 5 }
  say("cancelled", await TaskProfiler.snapshot(by: .current).tasks(["cancelled": "yes", "waits": "continuation"]))
  gate.open()
  for task in waiting { await task.value }
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// What is cancelled wherever it is: in groups of all kinds, in a continuation, on the way to an actor, in what others
/// await.
private let cancelled: [@Sendable () async -> Void] = [
  { await withTaskGroup(of: Void.self) { $0.addTask { await sleepLong() } } },
  {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { _ = group.addTaskUnlessCancelled { await sleepLong() } }
      await group.next()
      group.cancelAll()
    }
  },
  { await withDiscardingTaskGroup { $0.addTask { await sleepLong() } } },
  {
    try? await withThrowingDiscardingTaskGroup { outer in
      outer.addTask { await withTaskGroup(of: Void.self) { $0.addTask { await sleepLong() } } }
      outer.addTask { try await Task.sleep(for: .seconds(600), clock: .suspending) }
    }
  },
  { do { for try await _ in throwingSilence() {} } catch {} },
  {
    let gate = Gate()
    await withTaskCancellationHandler {
      await gate.pass()
    } onCancel: {
      gate.open()
    }
  },
  { await Busy().work() },
  {
    async let one: Void = sleepLong()
    async let two: Void = sleepLong()
    _ = await (one, two)
  },
  { await MainActor.run {} },
]

private func sleepLong() async { try? await Task.sleep(for: .seconds(600)) }

/// A task whose cancellation handler takes a lock under which another thread resumes it: whoever asks the runtime for its
/// status meanwhile would wait for ever.
func resumedUnderLock() async throws {
  try TaskProfiler.start()
  let hand = Hand()
  var tasks: [Task<Void, Never>] = []
  for _ in 0..<8 { tasks.append(Task { for _ in 0..<200 { await hand.passOn() } }) }
  let looks = Task.detached { () -> Int in
    var count = 0
    for _ in 0..<50 {
      count += TaskProfiler.dump().pageCount
      await Task.yield()
    }
    return count
  }
  say("looks", await looks.value)
  // The last of each round is left alone.
  for _ in 0..<10_000 where (TaskProfiler.counts?.live ?? 0) > 1 {
    hand.letGo()
    try await Task.sleep(for: .microseconds(200))
  }
  for task in tasks { task.cancel() }
  for task in tasks { await task.value }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// One continuation at a time: who comes lets the one before go, under the lock that the cancellation handler takes.
private final class Hand: @unchecked Sendable {
  private let lock = NSLockLike()
  private var waiting: UnsafeContinuation<Void, Never>?

  func passOn() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        lock.withLock {
          waiting?.resume()
          waiting = continuation
        }
      }
    } onCancel: {
      letGo()
    }
  }

  func letGo() {
    lock.withLock {
      waiting?.resume()
      waiting = nil
    }
  }
}

import Dispatch
import Platform
import Pprof
import Profiling

/// Waits of tasks of every kind, each in a function of its own, with what it took by the program's clock.
func taskBlocks(_ run: Run) async throws {
  if run.fraction > 0 { try BlockProfiler.start(rate: .nanoseconds(run.fraction)) }
  await measure("continuation", awaitContinuation)
  await measure("stream", awaitStream)
  await measure("task", awaitTask)
  await measure("child", awaitChild)
  await measure("group", awaitGroup)
  await measure("actor", awaitActor)
  await measure("MainActor", awaitMainActor)
  await measure("executor", awaitExecutor)
  await measure("sleep", sleepInTask)
  await measure("yield", letOthersRun)
  await awaitPool()
  await awaitTwice()
  if run.fraction > 0 { try await BlockProfiler.stop().write(to: run.path) }
}

private func measure(_ name: String, _ body: () async -> UInt64) async { say(name, await body()) }

/// How long something took, of which the task waits nearly all.
private func clocked(_ body: () async -> Void) async -> UInt64 {
  let began = now()
  await body()
  return now() - began
}

@inline(never) private func awaitContinuation() async -> UInt64 {
  await clocked { await withCheckedContinuation { continuation in _ = later { continuation.resume() } } }
}

@inline(never) private func awaitStream() async -> UInt64 {
  let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
  let other = later { continuation.yield(1) }
  var iterator = stream.makeAsyncIterator()
  let began = now()
  _ = await iterator.next()
  let took = now() - began
  other.join()
  return took
}

@inline(never) private func awaitTask() async -> UInt64 {
  let other = Task.detached { _ = usleep(pause) }
  return await clocked { await other.value }
}

@inline(never) private func awaitChild() async -> UInt64 {
  async let other: Void = { usleep(pause) }()
  let began = now()
  await other
  return now() - began
}

@inline(never) private func awaitGroup() async -> UInt64 {
  await withTaskGroup(of: Void.self) { group in
    group.addTask { usleep(pause) }
    return await clocked { await group.next() }
  }
}

/// Whoever holds something that has turns, for a while from when it says so.
private func behind(_ hold: @escaping @Sendable (Turns) async -> Void, _ wait: () async -> Void) async -> UInt64 {
  let turns = Turns(1)
  let holder = Task.detached { await hold(turns) }
  while turns.held.load(ordering: .relaxed) == 0 { usleep(100) }
  let took = await clocked(wait)
  await holder.value
  return took
}

@inline(never) private func awaitActor() async -> UInt64 {
  let desk = Desk()
  return await behind({ await desk.hold($0, 0, pause) }) { await desk.touch() }
}

@MainActor private func holdMain(_ turns: Turns) {
  turns.held.add(1, ordering: .relaxed)
  usleep(pause)
}

@MainActor private func touchMain() {}

@inline(never) private func awaitMainActor() async -> UInt64 {
  await behind({ await holdMain($0) }) { await touchMain() }
}

@inline(never) private func awaitExecutor() async -> UInt64 {
  let clerk = Clerk()
  return await behind({ await clerk.hold($0, 0, pause) }) { await clerk.touch() }
}

@inline(never) private func sleepInTask() async -> UInt64 {
  await clocked { try? await Task.sleep(for: .microseconds(pause)) }
}

/// Has its next turn after others that keep all threads of the pool.
@inline(never) private func letOthersRun() async -> UInt64 {
  for _ in 0..<64 { Task.detached { _ = usleep(10_000) } }
  return await clocked { await Task.yield() }
}

/// What it awaits comes while all threads of the pool are asleep: from then on it could run.
@inline(never) private func awaitPool() async {
  let began = now()
  nonisolated(unsafe) var resumed: UInt64 = 0
  await withCheckedContinuation { continuation in
    for _ in 0..<64 { Task.detached { _ = usleep(10_000) } }
    _ = later {
      resumed = now()
      continuation.resume()
    }
  }
  say("pool-waiting", resumed - began)
  say("pool-runnable", now() - resumed)
}

/// What it awaits comes while others have its actor: it waits for the one, and then for the other.
@inline(never) private func awaitTwice() async {
  let desk = Desk()
  let resumed = Turns(2)
  let holder = Task.detached {
    while resumed.held.load(ordering: .relaxed) == 0 { usleep(100) }
    await desk.hold(resumed, 1, 3 * pause)
  }
  await desk.awaitAndSay(resumed)
  await holder.value
}

/// An actor that is held for as long as somebody asks.
actor Desk {
  func touch() {}

  func hold(_ turns: Turns, _ place: Int, _ microseconds: UInt32) {
    turns.places[place].acquired = now()
    turns.held.add(1, ordering: .relaxed)
    usleep(microseconds)
    turns.places[place].released = now()
  }

  /// Has itself resumed while another holds the actor.
  func awaitAndSay(_ turns: Turns) async {
    let began = now()
    await withCheckedContinuation { continuation in
      _ = later {
        turns.held.add(1, ordering: .relaxed)
        while turns.held.load(ordering: .relaxed) < 2 { usleep(100) }
        turns.places[0].acquired = now()
        continuation.resume()
      }
    }
    say("twice-first", turns.places[0].acquired - began)
    say("twice-second", turns.places[1].released - turns.places[0].acquired)
  }
}

/// One with an executor of its own.
actor Clerk {
  private final class Queue: SerialExecutor {
    private let queue = DispatchQueue(label: "clerk")
    func enqueue(_ job: UnownedJob) { queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) } }
  }

  private let queue = Queue()
  nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  func touch() {}

  func hold(_ turns: Turns, _ place: Int, _ microseconds: UInt32) {
    turns.places[place].acquired = now()
    turns.held.add(1, ordering: .relaxed)
    usleep(microseconds)
    turns.places[place].released = now()
  }
}

import LockCalls
import Platform
import Pprof
import Profiling

/// Whoever looks at tasks comes and goes in every order, while tasks hand over to one another; the last one sees what
/// there is to see.
func listeners(_ run: Run) async throws {
  nonisolated(unsafe) var stops = false
  let busy = (0..<4).map { _ in
    Task.detached { @Sendable in
      let desk = Desk()
      while !stops {
        await Task { await desk.touch() }.value
        await Task.yield()
      }
    }
  }
  let starts: [() throws -> Void] = [
    { try TaskProfiler.start() }, { try BlockProfiler.start(rate: .nanoseconds(1)) }, { try MutexProfiler.start() },
  ]
  let ends: [() throws -> Void] = [
    { TaskProfiler.stop() }, { _ = try BlockProfiler.stop() as Profile }, { _ = try MutexProfiler.stop() as Profile },
  ]
  let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
  for order in orders {
    for other in orders {
      for number in order { try starts[number]() }
      for _ in 0..<20 { await Task.yield() }
      for number in other { try ends[number]() }
    }
  }
  try BlockProfiler.start(rate: .nanoseconds(1))
  try MutexProfiler.start()
  await plantLastWait()
  stops = true
  for task in busy { await task.value }
  try await writeBoth(run)
}

/// A wait of a known length, after all that has been.
private func plantLastWait() async {
  let desk = Desk()
  let turns = Turns(1)
  let holder = Task.detached { await desk.hold(turns, 0, 2 * pause) }
  while turns.held.load(ordering: .relaxed) == 0 { usleep(100) }
  let arrived = now()
  await waitAtLast(desk)
  say("waited", turns.places[0].released - arrived)
  await holder.value
}

private func writeBoth(_ run: Run) async throws {
  try MutexProfiler.snapshot(by: .waiter).write(to: run.path + ".waiter")
  _ = try await MutexProfiler.stop() as Profile
  try await BlockProfiler.stop().write(to: run.path)
}

@inline(never) private func waitAtLast(_ desk: Desk) async {
  await desk.touch()
  afterwards()
}

/// Children are forked while tasks hand over to one another: each takes a lock and ends, and the parent records on.
func forkedMeanwhile(_ run: Run) async throws {
  try BlockProfiler.start(rate: .nanoseconds(1))
  try MutexProfiler.start()
  nonisolated(unsafe) var stops = false
  let busy = (0..<4).map { _ in
    Task.detached { @Sendable in
      let desk = Desk()
      while !stops {
        await Task { await desk.touch() }.value
        await Task.yield()
      }
    }
  }
  var good = 0
  for _ in 0..<30 {
    if lock_in_child() == 0 { good += 1 }
    await Task.yield()
  }
  say("good", good)
  await plantLastWait()
  stops = true
  for task in busy { await task.value }
  try await writeBoth(run)
}

/// A thousand tasks are cancelled while they wait, for a time, for an actor, for others; each ends, and has waited as long
/// as it has.
func cancelledWaits(_ run: Run) async throws {
  try BlockProfiler.start(rate: .nanoseconds(1))
  let sleepers = (0..<1000).map { _ in Task.detached { await sleepUntilCancelled() } }
  usleep(2 * pause)
  for task in sleepers { task.cancel() }
  var slept: UInt64 = 0
  for task in sleepers { slept += await task.value }
  say("slept", slept)
  let desk = Desk()
  let turns = Turns(1)
  let holder = Task.detached { await desk.hold(turns, 0, pause) }
  while turns.held.load(ordering: .relaxed) == 0 { usleep(100) }
  let waiters = (0..<100).map { _ in Task.detached { await desk.touch() } }
  for task in waiters { task.cancel() }
  for task in waiters { await task.value }
  await holder.value
  say("ended", sleepers.count + waiters.count)
  try await BlockProfiler.stop().write(to: run.path)
}

@inline(never) private func sleepUntilCancelled() async -> UInt64 {
  let began = now()
  try? await Task.sleep(for: .seconds(1000))
  return now() - began
}

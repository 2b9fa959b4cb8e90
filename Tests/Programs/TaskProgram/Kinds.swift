import Platform
import Profiling
import Synchronization

/// Every way to make a task, seven of each, kept waiting and then let go.
func kinds() async throws {
  try TaskProfiler.start()
  let gate = Gate()
  for _ in 0..<7 { makeUnstructured(gate) }
  for _ in 0..<7 { makeDetached(gate) }
  for _ in 0..<7 { makeOnMainActor(gate) }
  let structured = Task { await makeStructured(gate) }
  let lets = Task { await makeAsyncLets(gate) }
  let discarding = Task { await makeDiscarding(gate) }
  let immediate = Task { await makeImmediateChildren(gate) }
  for _ in 0..<7 { makeImmediate(gate) }
  await wait(for: "all to wait") { gate.count == 49 + 7 }
  let profile = await TaskProfiler.snapshot()
  for maker in [
    "makeUnstructured", "makeDetached", "makeOnMainActor", "makeStructured", "makeAsyncLets", "makeDiscarding",
    "makeImmediateChildren", "makeImmediate(",
  ] { say(maker, profile.tasks(under: maker, ["waits": "continuation"])) }
  say("all", profile.tasks(["waits": "continuation"]))
  gate.open()
  for task in [structured, lets, discarding, immediate] { await task.value }
  await wait(for: "all to end") { TaskProfiler.counts?.live ?? 0 <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

@inline(never) private func makeUnstructured(_ gate: Gate) { Task { await gate.pass() } }
@inline(never) private func makeDetached(_ gate: Gate) { Task.detached { await gate.pass() } }
@inline(never) private func makeOnMainActor(_ gate: Gate) { Task { @MainActor in await gate.pass() } }
@inline(never) private func makeImmediate(_ gate: Gate) { Task.immediate { await gate.pass() } }
@inline(never) private func makeStructured(_ gate: Gate) async {
  await withTaskGroup(of: Void.self) { group in
    for _ in 0..<7 { group.addTask { await gate.pass() } }
  }
}
@inline(never) private func makeDiscarding(_ gate: Gate) async {
  await withDiscardingTaskGroup { group in
    for _ in 0..<7 { group.addTask { await gate.pass() } }
  }
}
@inline(never) private func makeImmediateChildren(_ gate: Gate) async {
  await withTaskGroup(of: Void.self) { group in
    for _ in 0..<7 { group.addImmediateTask { await gate.pass() } }
  }
}
@inline(never) private func makeAsyncLets(_ gate: Gate) async {
  async let a: Void = gate.pass()
  async let b: Void = gate.pass()
  async let c: Void = gate.pass()
  async let d: Void = gate.pass()
  async let e: Void = gate.pass()
  async let f: Void = gate.pass()
  async let g: Void = gate.pass()
  _ = await (a, b, c, d, e, f, g)
}

/// Tasks that are never enqueued: some end within their maker, some are suspended in it.
func immediateTasks() async throws {
  try TaskProfiler.start()
  let before = counts()
  nonisolated(unsafe) var sum = 0
  for _ in 0..<1000 { Task.immediate { @Sendable in sum += 1 } }
  let after = counts()
  say("ran", sum)
  say("made", after.made - before.made)
  say("ended", after.ended - before.ended)
  let gate = Gate()
  for _ in 0..<100 { Task.immediate { await gate.pass() } }
  say("waiting", await TaskProfiler.snapshot(by: .current).tasks(["waits": "continuation", "state": "waiting"]))
  gate.open()
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// A task that runs within another, whose turn it is again afterwards.
func nesting() async throws {
  try TaskProfiler.start()
  let outer = Task(name: "outer") {
    say("before", state(of: "outer"))
    let inner = Task.immediate(name: "inner") {
      say("outer-meanwhile", state(of: "outer"))
      say("inner-meanwhile", state(of: "inner"))
      Task.immediate(name: "innermost") { say("innermost", state(of: "innermost")) }
      say("inner-again", state(of: "inner"))
      await Task.yield()
      return 1
    }
    say("outer-again", state(of: "outer"))
    return await inner.value
  }
  say("value", await outer.value)
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

private func state(of name: String) -> String {
  let those = TaskProfiler.snapshot(by: .current).samples.filter { $0.labels["name"] == [name] }
  return those.flatMap { $0.labels["state"] ?? [] }.joined(separator: " ")
}

/// How many objects are gone.
let gone = Atomic<Int>(0)

private final class Elsewhere: Sendable {
  @MainActor init() {}
  @MainActor deinit { gone.add(1, ordering: .relaxed) }
}
private actor Owner {
  isolated deinit { gone.add(1, ordering: .relaxed) }
}

/// Isolated deinits: on the actor already, under its lock taken inline, and as a job that is no task.
func isolatedDeinits() async throws {
  try TaskProfiler.start()
  let before = counts()
  await MainActor.run { for _ in 0..<100 { _ = Elsewhere() } }
  say("on-the-actor", gone.load(ordering: .relaxed))
  for _ in 0..<100 { _ = Owner() }
  await wait(for: "the actors") { gone.load(ordering: .relaxed) == 200 }
  for _ in 0..<100 {
    let object = await Elsewhere()
    await Task.detached { withExtendedLifetime(object) {} }.value
  }
  await wait(for: "all deinits") { gone.load(ordering: .relaxed) == 300 }
  say("deinits", gone.load(ordering: .relaxed))
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  let after = counts()
  say("made", after.made - after.met - (before.made - before.met))
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

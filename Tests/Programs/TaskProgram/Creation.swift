import Platform
import Pprof
import Profiling

/// Recursion: a task for each half, as a merge sort makes them.
func recursion() async throws {
  try TaskProfiler.start()
  let gate = Gate()
  let all = Task { await halve(0, depth: 9, gate) }
  await wait(for: "all to wait") { gate.count == 512 }
  let profile = await TaskProfiler.snapshot()
  say("leaves", profile.tasks(under: "halve", ["waits": "continuation"]))
  say("inner", profile.tasks(under: "halve", ["waits": "task"]))
  say("deepest", profile.samples.map { profile.names(of: $0).count { $0.contains("halve") } }.max() ?? 0)
  gate.open()
  say("sum", await all.value)
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

@inline(never) private func halve(_ low: Int, depth: Int, _ gate: Gate) async -> Int {
  if depth == 0 {
    await gate.pass()
    return low
  }
  async let left = halve(low, depth: depth - 1, gate)
  async let right = halve(low + 1 << (depth - 1), depth: depth - 1, gate)
  return await left + right
}

/// A stack of two hundred functions makes a task; a chain of two hundred awaits.
func deep() async throws {
  try TaskProfiler.start()
  let gate = Gate()
  let made = makeDeep(200, gate)
  let awaiting = Task { await awaitDeep(200, gate) }
  await wait(for: "both to wait") { gate.count == 2 }
  let creation = await TaskProfiler.snapshot(), current = await TaskProfiler.snapshot(by: .current)
  func most(_ name: String, in profile: Pprof.Profile) -> Int {
    profile.samples.map { profile.names(of: $0).count { $0.contains(name) } }.max() ?? 0
  }
  say("made", most("makeDeep", in: creation))
  say("awaits", most("awaitDeep", in: current))
  gate.open()
  await made.value
  _ = await awaiting.value
  TaskProfiler.stop()
}

@inline(never) private func makeDeep(_ depth: Int, _ gate: Gate) -> Task<Void, Never> {
  if depth == 0 { return Task { await gate.pass() } }
  let task = makeDeep(depth - 1, gate)
  blackHole(depth)
  return task
}

@inline(never) private func awaitDeep(_ depth: Int, _ gate: Gate) async -> Int {
  if depth == 0 {
    await gate.pass()
    return 0
  }
  let below = await awaitDeep(depth - 1, gate)
  blackHole(depth)
  return below + 1
}

@inline(never) private func blackHole(_ value: Int) {}

/// A function that makes tasks for whoever calls it: callers are told apart, and chains of makers.
func helpers() async throws {
  try TaskProfiler.start()
  let gate = Gate()
  for _ in 0..<30 { oneCaller(gate) }
  for _ in 0..<50 { anotherCaller(gate) }
  for _ in 0..<20 { await asyncCaller(gate) }
  for _ in 0..<10 { grandparent(gate) }
  await wait(for: "all to wait") { gate.count == 110 }
  let profile = await TaskProfiler.snapshot()
  say("one", profile.tasks(under: "oneCaller"))
  say("another", profile.tasks(under: "anotherCaller"))
  say("async", profile.tasks(under: "asyncCaller"))
  say("helper", profile.tasks(under: "spawn"))
  say("grandparent", profile.tasks(under: "grandparent", ["waits": "continuation"]))
  gate.open()
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

@inline(never) private func spawn(_ gate: Gate) { Task { await gate.pass() } }
@inline(never) private func oneCaller(_ gate: Gate) { spawn(gate); blackHole(1) }
@inline(never) private func anotherCaller(_ gate: Gate) { spawn(gate); blackHole(2) }
@inline(never) private func asyncCaller(_ gate: Gate) async {
  await Task.yield()
  spawn(gate)
  blackHole(3)
}
@inline(never) private func grandparent(_ gate: Gate) { Task { Task { spawn(gate) } } }

/// Labels bound around a task, in a task, and not inherited by a detached one.
func labels() async throws {
  try TaskProfiler.start()
  let gate = Gate()
  withLabels(["who": "around"]) { for _ in 0..<3 { Task { await gate.pass() } } }
  for _ in 0..<4 { Task { await withLabels(["who": "within"]) { await gate.pass() } } }
  withLabels(["who": "around"]) { for _ in 0..<5 { Task.detached { await gate.pass() } } }
  await wait(for: "all to wait") { gate.count == 12 }
  let profile = await TaskProfiler.snapshot(by: .current)
  let waiting = ["waits": "continuation"]
  say("around", profile.tasks(waiting.merging(["who": "around"]) { $1 }))
  say("within", profile.tasks(waiting.merging(["who": "within"]) { $1 }))
  say("none", profile.tasks(waiting.merging(["who": ""]) { $1 }))
  let dump = TaskProfiler.dump().description
  say("told", dump.components("labels who=around"))
  say("kept-back", TaskProfiler.dump(withLabels: false).description.components("who="))
  gate.open()
  TaskProfiler.stop()
}

/// Names, one of them long and one with a line's end.
func names() async throws {
  try TaskProfiler.start()
  let gate = Gate()
  let long = String(repeating: "ä", count: 100)
  for name in ["feeder", long, "two\nlines"] { Task(name: name) { await gate.pass() } }
  Task.detached(name: "feeder") { await gate.pass() }
  await withTaskGroup(of: Void.self) { group in
    group.addTask(name: "child") { await gate.pass() }
    await wait(for: "all to wait") { gate.count == 5 }
    let profile = await TaskProfiler.snapshot()
    say("feeder", profile.tasks(["name": "feeder"]))
    say("child", profile.tasks(["name": "child"]))
    say("long", profile.samples.flatMap { $0.labels["name"] ?? [] }.map(\.utf8.count).max() ?? 0)
    let dump = TaskProfiler.dump().description
    say("told", dump.components("\"feeder\" [waiting on continuation, "))
    say("one-line", dump.components("\"two lines\" ["))
    gate.open()
  }
  TaskProfiler.stop()
}

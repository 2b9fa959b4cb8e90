import Dispatch
import Platform
import Pprof
import Profiling

/// 200,000 short tasks: none is lost, none counted twice.
func storm() async throws {
  try TaskProfiler.start()
  let before = counts()
  let sum = await withTaskGroup(of: Int.self) { group in
    for _ in 0..<8 {
      group.addTask {
        var sum = 0
        for number in 0..<25_000 { sum += await Task { number & 1 }.value }
        return sum
      }
    }
    return await group.reduce(0, +)
  }
  say("sum", sum)
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  let after = counts()
  say("made", after.made - after.met - (before.made - before.met))
  say("ended", after.ended - before.ended)
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// Tasks from before the start, which are met when they are resumed.
func olderTasks() async throws {
  let gate = Gate(), second = Gate()
  for _ in 0..<10 {
    Task {
      await gate.pass()
      await second.pass()
    }
  }
  await wait(for: "all to wait") { gate.count == 10 }
  try TaskProfiler.start()
  say("unmet", await TaskProfiler.snapshot().tasks(["waits": "continuation"]))
  gate.open()
  await wait(for: "all to wait again") { second.count == 10 }
  say("met", await TaskProfiler.snapshot().tasks(under: "[older than the profile]", ["waits": "continuation"]))
  second.open()
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// Begun and ended again and again while tasks come and go: each session sees its own only.
func restart() async throws {
  nonisolated(unsafe) var stops = false
  let busy = (0..<4).map { _ in
    Task.detached { @Sendable in while !stops { await Task { await Task.yield() }.value } }
  }
  var wrong = 0
  for _ in 0..<60 {
    try TaskProfiler.start()
    let gate = Gate()
    for _ in 0..<20 { Task(name: "mine") { await gate.pass() } }
    await wait(for: "all to wait") { gate.count == 20 }
    // One that has handed out its continuation may be on its way to being suspended.
    var found = 0
    for _ in 0..<1000 where found != 20 {
      found = await TaskProfiler.snapshot().tasks(["name": "mine", "waits": "continuation"])
      if found != 20 { try? await Task.sleep(for: .milliseconds(5)) }
    }
    if found != 20 { wrong += 1 }
    gate.open()
    TaskProfiler.stop()
  }
  stops = true
  for task in busy { await task.value }
  say("wrong", wrong)
  say("after", TaskProfiler.isRunning)
}

/// A fork while tasks come and go: the child can look, and the parent goes on.
func forking() async throws {
  try TaskProfiler.start()
  nonisolated(unsafe) var stops = false
  let busy = (0..<4).map { _ in
    Task.detached { @Sendable in while !stops { await Task { await Task.yield() }.value } }
  }
  var children = 0
  for _ in 0..<50 {
    children += forkAndLook()
    await Task.yield()
  }
  stops = true
  for task in busy { await task.value }
  say("children", children)
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

private func forkAndLook() -> Int {
  let child = forkProcess()
  if child == 0 { _exit(TaskProfiler.counts != nil ? 7 : 1) }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 {}
  return status >> 8 & 0xff == 7 ? 1 : 0
}

/// `fork`, which Swift does not let one call by its name.
private let forkProcess: @convention(c) () -> Int32 = {
  let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork")
  return unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)
}()

/// The process ends while tasks are made.
func endingMeanwhile() async throws {
  try TaskProfiler.start()
  for _ in 0..<8 { Task.detached { while true { await Task { await Task.yield() }.value } } }
  try await Task.sleep(for: .milliseconds(100))
  say("ends", 1)
  exit(9)
}

/// Ten thousand threads, each of which makes a task.
func manyThreads() async throws {
  try TaskProfiler.start()
  let before = counts()
  nonisolated(unsafe) var started = 0
  for _ in 0..<100 {
    var threads: [pthread_t] = []
    for _ in 0..<100 {
      var thread = pthread_t()
      let error = pthread_create(
        &thread, nil,
        { _ in
          Task {}
          return nil
        }, nil)
      if error == 0 { threads.append(thread) }
    }
    started += threads.count
    for thread in threads { pthread_join(thread, nil) }
  }
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  let after = counts()
  say("started", started)
  say("made", after.made - after.met - (before.made - before.met))
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// 100,000 tasks that wait: how long it takes to collect them.
func manyTasks() async throws {
  try TaskProfiler.start()
  let gate = Gate()
  for _ in 0..<100_000 { Task { await gate.pass() } }
  await wait(for: "all to wait") { gate.count == 100_000 }
  let dump = TaskProfiler.dump()
  say("collected", dump.facts.first?.value ?? "")
  say("pages", dump.pageCount)
  say("first-page", dump.page(0).components("[waiting on continuation"))
  let profile = await TaskProfiler.snapshot(by: .current)
  say("tasks", profile.tasks(["waits": "continuation"]))
  say("samples", profile.samples.count < 100)
  gate.open()
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
}

/// Tasks that nobody will ever resume, for a profile of the whole run.
func leak() async throws {
  for _ in 0..<321 { leakOne() }
  let gate = Gate()
  await wait(for: "all to wait") { leaked.count == 321 }
  Task { await gate.pass() }
  await wait(for: "the last to wait") { gate.count == 1 }
  say("leaked", 321)
}

private let leaked = Gate()
@inline(never) private func leakOne() { Task(name: "lost") { await leaked.pass() } }

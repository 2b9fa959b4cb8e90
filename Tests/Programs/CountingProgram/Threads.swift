import Dispatch
import Platform
import Pprof
import Profiling
import Synchronization

// Threads of known number, counted by who makes them.

private func counting(_ body: () async throws -> Void) async throws {
  try ThreadCreationProfiler.start()
  defer { ThreadCreationProfiler.stop() }
  try await body()
}

/// Made here, and not on a thread of its own.
private func threadsMade() -> Profile { ThreadCreationProfiler.snapshot() }

private func report(_ name: String, in profile: Profile) {
  say(name, "\(profile.sum(under: "serve(_:_:)")) \(profile.sum(under: "backUp(_:)")) \(profile.sum())")
}

/// Each maker has its own, with the labels in force, in tasks as well.
@Sendable func makers() async throws {
  try await counting {
    _ = serve(3)
    _ = withLabels(["client": "a"]) { serve(4) }
    await withLabels(["client": "b"]) { await Task { _ = backUp(5) }.value }
    let profile = threadsMade()
    report("made", in: profile)
    for client in ["a", "b"] { say(client, profile.sum { $0.labels["client"] == [client] }) }
    let samples = profile.samples.filter { profile.names(of: $0).contains("serve(_:_:)") }
    say("leaf", Set(samples.map { profile.names(of: $0)[0] }).sorted().joined(separator: ","))
    say("types", profile.sampleTypes.map { "\($0.type)/\($0.unit)" }.joined(separator: " "))
    say("comment", profile.comments.first ?? "")
    let (now, later) = (profile, await ThreadCreationProfiler.snapshot())
    say("same", now.samples == later.samples ? 1 : 0)
  }
}

/// Ten thousand, most of them gone before the next; and a thousand by eight that make them at once.
@Sendable func manyThreads() async throws {
  try await counting {
    say("joined", serve(10_000) - 1)
    report("made", in: threadsMade())
    let makers = (0..<8).compactMap { _ in thread { _ = backUp(125) } }
    for maker in makers { pthread_join(maker, nil) }
    report("at-once", in: threadsMade())
  }
}

/// Threads of the kernel's, the profiler's own among them.
private func kernelThreads() -> Int {
  guard let folder = opendir("/proc/self/task") else { return -1 }
  defer { closedir(folder) }
  var count = 0
  while let entry = readdir(folder) {
    count += withUnsafePointer(to: &entry.pointee.d_name.0) { $0.pointee == UInt8(ascii: ".") ? 0 : 1 }
  }
  return count
}

/// Those that libdispatch and the Swift runtime make: they stay, so the kernel knows how many there are.
@Sendable func pools() async throws {
  let before = kernelThreads()
  try await counting {
    let gate = DispatchSemaphore(value: 0), group = DispatchGroup(), arrived = Atomic<Int>(0)
    func block() {
      for number in 0..<20 {
        DispatchQueue(label: "queue-\(number)").async(group: group) {
          arrived.add(1, ordering: .relaxed)
          gate.wait()
        }
      }
    }
    block()
    let task = Task { backUp(2) }
    say("task", await task.value)
    // None comes or goes any more when two looks have met the same number.
    var met = -1
    while arrived.load(ordering: .relaxed) < 20 || met != kernelThreads() {
      met = kernelThreads()
      usleep(50_000)
    }
    let profile = threadsMade()
    say("of-kernel", kernelThreads() - before - (profile.sum() - profile.sum(under: "backUp(_:)")))
    say("enough", profile.sum() >= 22 ? 1 : 0)
    say("back-up", profile.sum(under: "backUp(_:)"))
    for _ in 0..<20 { gate.signal() }
    await withCheckedContinuation { done in group.notify(queue: .global()) { done.resume() } }
  }
}

/// A thread that the system does not make is none.
@Sendable func refusedThreads() async throws {
  try await counting {
    say("refused", thread(stackBytes: 1 << 46) {} == nil ? 1 : 0)
    _ = serve(2)
    let profile = threadsMade()
    report("made", in: profile)
    say("comment", profile.comments.contains { $0 == "refused by the system: 1 more" } ? 1 : 0)
  }
}

/// The parent's threads are not its child's, and the child's not the parent's.
@Sendable func forkedMakers() async throws {
  try await counting {
    _ = serve(3)
    let isRight = inChild {
      let first = threadsMade().sum()
      _ = backUp(2)
      let profile = threadsMade()
      return first == 0 && profile.sum() == 2 && profile.sum(under: "backUp(_:)") == 2
    }
    say("child", isRight ? 1 : 0)
    _ = serve(1)
    report("parent", in: threadsMade())
  }
}

/// Each session counts from its own start.
@Sendable func threadSessions() async throws {
  _ = serve(1)
  report("before", in: threadsMade())
  try await counting {
    _ = serve(2)
    do { try ThreadCreationProfiler.start() } catch { say("again", "\(error)") }
    report("first", in: threadsMade())
  }
  _ = serve(4)
  report("between", in: threadsMade())
  try await counting {
    _ = serve(8)
    report("second", in: threadsMade())
  }
}

/// What the profilers need for themselves.
@Sendable func ownThreads() async throws {
  try await counting {
    let before = threadsMade().sum()
    try HeapProfiler.start()
    _ = try await CPUProfiler.record(for: .milliseconds(1))
    _ = await HeapProfiler.snapshot(.heap)
    _ = await ThreadCreationProfiler.snapshot()
    HeapProfiler.stop()
    let profile = threadsMade()
    // The runtime may have made some for the tasks.
    let own = profile.sum { sample in profile.names(of: sample).contains { $0.contains("onOwnThread") } }
    say("own", own)
    say("before", before)
  }
}

/// Leaves counting to the environment.
@Sendable func plain() async throws {
  _ = serve(4)
  try ThreadCreationProfiler.start()
  _ = backUp(2)
  report("session", in: threadsMade())
  ThreadCreationProfiler.stop()
  _ = serve(1)
}

/// A thread that ends the program before its maker knows that there is one.
@Sendable func lastAct() async throws {
  _ = serve(1) { exit(0) }
}

@inline(never) func descend(_ depth: Int, _ body: () -> Int) -> Int {
  depth == 0 ? body() : descend(depth - 1, body) &+ 1
}

/// Makers deeper than the profiler keeps.
@Sendable func deepMaker() async throws {
  try await counting {
    say("depth", descend(100) { serve(1) } + descend(3000) { backUp(1) })
    let profile = threadsMade()
    report("made", in: profile)
    for function in ["serve(_:_:)", "backUp(_:)"] {
      let sample = profile.samples.first { profile.names(of: $0).contains(function) }
      let names = sample.map { profile.names(of: $0) } ?? []
      say("frames", "\(names.count { $0.hasPrefix("descend") }) \(names.contains { $0.contains("frames left out") })")
    }
    say("comment", profile.comments.contains { $0.contains("so deep a stack") } ? 1 : 0)
  }
}

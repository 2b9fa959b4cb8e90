import Platform
import Pprof
import Profiling
import Synchronization

// A program that profiles parts of itself, perhaps while others profile it, too.

/// Its own session takes what happens between start and stop, without the pause.
@Sendable func ownSession(_ run: Run) async throws {
  do { _ = try stopHere() } catch { say("stop", error) }
  CPUProfiler.pause()
  say("heavy", heavy(150 * millisecond))
  try CPUProfiler.start(rate: run.rate)
  do { try CPUProfiler.start() } catch { say("start", error) }
  say("medium", medium(150 * millisecond))
  CPUProfiler.pause()
  say("light", light(150 * millisecond))
  CPUProfiler.resume()
  say("medium", medium(150 * millisecond))
  let profile = try stopHere()
  say("weight", CPUProfiler.statistics.weight)
  try profile.write(to: run.path)
  say("heavy", heavy(150 * millisecond))
}

/// Several recordings at once, which begin and end while the session of the program pauses.
@Sendable func overlapping(_ run: Run) async throws {
  try CPUProfiler.start(rate: run.rate)
  CPUProfiler.pause()
  let hasEnded = Atomic<Bool>(false)
  async let long = recording(for: .milliseconds(400), hasEnded)
  say("short", try await CPUProfiler.record(for: .milliseconds(1), rate: .hertz(500)).period)
  while !hasEnded.load(ordering: .acquiring) { _ = heavy(20 * millisecond) }
  CPUProfiler.resume()
  _ = medium(150 * millisecond)
  try stopHere().write(to: run.path)
  say("heavy", try await long.functions.contains { $0.name == "heavy(_:)" } ? 1 : 0)
  do { _ = try stopHere() } catch { say("stop", error) }
}

private func recording(for duration: Duration, _ hasEnded: borrowing Atomic<Bool>) async throws -> Profile {
  defer { hasEnded.store(true, ordering: .releasing) }
  return try await CPUProfiler.record(for: duration, rate: .hertz(1000))
}

@_silgen_name("syscall")
private func systemCall(
  _ number: Int, _ how: Int, _ set: UnsafePointer<UInt64>, _ old: UnsafeMutablePointer<UInt64>?, _ size: Int
) -> Int

/// Blocks SIGPROF in the calling thread past the C library, by rt_sigprocmask.
private func blockPastTheLibrary() {
  var signals = UInt64(1) << (SIGPROF - 1)
  if systemCall(14, Int(SIG_BLOCK), &signals, nil, MemoryLayout<UInt64>.size) != 0 { say("failed", "to block") }
}

/// A recording by a thread that had worked for long, with SIGPROF blocked, before it begins.
@Sendable func lateWindow(_ run: Run) async throws {
  onThreads(1) { _ in
    blockPastTheLibrary()
    say("before", heavy(300 * millisecond))
    do {
      try CPUProfiler.start(rate: run.rate)
      say("within", heavy(100 * millisecond))
      try stopHere().write(to: run.path)
    } catch { say("failed", "\(error)") }
    say("after", heavy(100 * millisecond))
  }
}

/// A dozen recordings that begin and end at moments of their own, within the session of the program.
@Sendable func manyWindows(_ run: Run) async throws {
  try CPUProfiler.start(rate: run.rate)
  let ended = Ended()
  let windows = (0..<12).map { number in
    Task.detached {
      try await Task.sleep(for: .milliseconds(number * 11))
      let profile = try await CPUProfiler.record(for: .milliseconds(100 + number * 7 % 5 * 30), rate: .hertz(1000))
      ended.count.add(1, ordering: .relaxed)
      return profile
    }
  }
  while ended.count.load(ordering: .relaxed) < windows.count {
    _ = medium(5 * millisecond)
    await Task.yield()
  }
  let whole = try await CPUProfiler.stop()
  for window in windows {
    let profile = try await window.value
    say("window", profile.samples.reduce(0) { $0 + $1.values[0] })
  }
  say("whole", whole.samples.reduce(0) { $0 + $1.values[0] })
}

/// How many have ended.
private final class Ended: Sendable {
  let count = Atomic(0)
}

/// Exits while sessions of its own are under way.
@Sendable func unfinished(_ run: Run) async throws {
  try CPUProfiler.start(rate: run.rate)
  Task.detached { try await CPUProfiler.record(for: .seconds(60)) }
  say("heavy", heavy(150 * millisecond))
  exit(3)
}

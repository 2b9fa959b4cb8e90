import Glibc
import Profiling

// A program that profiles parts of itself, perhaps while others profile it, too.

/// Its own session takes what happens between start and stop, without the pause.
@Sendable func ownSession(_ run: Run) async throws {
  do { _ = try CPUProfiler.stop() } catch { say("stop", error) }
  CPUProfiler.pause()
  say("heavy", heavy(150 * millisecond))
  try CPUProfiler.start(rate: run.rate)
  do { try CPUProfiler.start() } catch { say("start", error) }
  say("medium", medium(150 * millisecond))
  CPUProfiler.pause()
  say("light", light(150 * millisecond))
  CPUProfiler.resume()
  say("medium", medium(150 * millisecond))
  let profile = try CPUProfiler.stop()
  say("weight", CPUProfiler.statistics.weight)
  try profile.write(to: run.path)
  say("heavy", heavy(150 * millisecond))
}

/// Several recordings at once, of which one begins and one ends while the session of the program pauses.
@Sendable func overlapping(_ run: Run) async throws {
  try CPUProfiler.start(rate: run.rate)
  CPUProfiler.pause()
  async let long = CPUProfiler.record(for: .milliseconds(600), rate: .hertz(1000))
  async let short = CPUProfiler.record(for: .milliseconds(1), rate: .hertz(500))
  let ended = try await short
  say("short", ended.period)
  _ = heavy(150 * millisecond)
  CPUProfiler.resume()
  _ = medium(150 * millisecond)
  try CPUProfiler.stop().write(to: run.path)
  let names = try await long.functions.map(\.name)
  for name in ["heavy(_:)", "medium(_:)"] { say(name, names.contains(name) ? 1 : 0) }
  do { _ = try CPUProfiler.stop() } catch { say("stop", error) }
}

/// Exits while sessions of its own are under way.
@Sendable func unfinished(_ run: Run) async throws {
  try CPUProfiler.start(rate: run.rate)
  Task.detached { try await CPUProfiler.record(for: .seconds(60)) }
  say("heavy", heavy(150 * millisecond))
  exit(3)
}

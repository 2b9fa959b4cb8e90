import LockCalls
import Platform
import Pprof
import Profiling

/// A program that makes threads wait, for the tests of who is blamed for it.
///
///     WaitProgram SCENARIO PROFILE [FRACTION]
///
/// Writes the profile, and beside it the same by who waited, and prints what is true, one `name value` a line. With a
/// fraction of 0 it records nothing itself.
@main struct Program {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else { exit(2) }
    let run = Run(path: arguments[2], fraction: arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1)
    let words = arguments[1].split(separator: "-").map(String.init)
    switch words[0] {
    case "convoy":
      guard let lock = locks[words[1]], let threads = Int(words[2]) else { exit(2) }
      try run.profile { convoy(on: lock(), threads: threads) }
    case "readers": try run.profile(readers)
    case "condition": try run.profile(condition)
    case "turns": try run.profile(turns)
    case "async": try run.profile(behindAsync)
    case "sessions": try sessions(run)
    case "blocks": try blocks(run)
    case "idle": try idle(run)
    case "tasks": try await Task.detached { try await taskBlocks(run) }.value
    case "actors":
      guard let turning = Turning(rawValue: words[1]), let tasks = Int(words[2]) else { exit(2) }
      try await run.profileTasks { await actorConvoy(turning, tasks: tasks) }
    case "lonely": try await run.profileTasks(lonelyTurns)
    case "behind": try await run.profileTasks(behindABlock)
    case "queued": try await run.profileTasks(queueAtActor)
    case "listeners": try await Task.detached { try await listeners(run) }.value
    case "forking": try await Task.detached { try await forkedMeanwhile(run) }.value
    case "cancelled": try await Task.detached { try await cancelledWaits(run) }.value
    case "alone": try run.profile(alone)
    case "calls":
      // Both kinds look on, and each does as without the other.
      try BlockProfiler.start(rate: .nanoseconds(1))
      try run.profile { say(words[1], call(words[1])) }
      _ = try await BlockProfiler.stop()
    default: exit(2)
    }
  }

  private static func call(_ name: String) -> Int32 {
    switch name {
    case "recursive": lock_recursive()
    case "checking": lock_error_checking()
    case "robust": lock_robust()
    case "inheriting": lock_priority_inheriting()
    case "timed": lock_timed_out()
    case "cancelled": lock_cancelled()
    case "destroyed": lock_destroyed()
    case "forked": lock_forked()
    case "signalled": lock_signalled()
    case "crowded": lock_crowded(10_000)
    default: -1
    }
  }
}

/// One profiled run.
struct Run {
  let path: String
  let fraction: Int

  /// The same of what tasks do; it runs on the pool.
  func profileTasks(_ body: @escaping @Sendable () async -> Void) async throws {
    if fraction > 0 { try MutexProfiler.start(oneOf: fraction) }
    await Task.detached(operation: body).value
    guard fraction > 0 else { return }
    try MutexProfiler.snapshot(by: .waiter).write(to: path + ".waiter")
    try await MutexProfiler.stop().write(to: path)
  }

  func profile(_ body: () throws -> Void) throws {
    if fraction > 0 { try MutexProfiler.start(oneOf: fraction) }
    try body()
    guard fraction > 0 else { return }
    try MutexProfiler.snapshot(by: .waiter).write(to: path + ".waiter")
    try MutexProfiler.stop().write(to: path)
  }
}

func say(_ name: String, _ value: some CustomStringConvertible) { print(name, value) }

/// Nanoseconds.
func now() -> UInt64 {
  var t = timespec()
  clock_gettime(CLOCK_MONOTONIC, &t)
  return UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec)
}

import Foundation
import ScenarioRunning
import Synchronization

/// People log in, and a directory is asked what they may do. A health check wakes every few milliseconds.
///
/// The fault: the directory's client blocks, and is called in tasks. Swift's pool has a thread for each processor, and all of
/// them stand in a call.
enum PoolStarvation {
  static let scenario = Scenario(
    id: "pool-starvation",
    title: "A client that blocks, called by tasks",
    question: "A health check that does nothing comes late, while the processors are idle. What does it wait for?",
    parameters: [
      Parameter("logins", "log-ins for each processor", standard: 24, range: 1...1_000),
      Parameter("delay", "milliseconds until the directory answers", standard: 20, range: 1...500),
    ],
    profiles: [.block, .cpu], alsoUses: ["BlockingThreads.swift", "Upstream.swift"], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    let server = try Upstream(milliseconds: arguments["delay"])
    // Two files each: not more than a process may have open.
    let threads = BlockingThreads(min(8 * processors, 256), name: "directory")
    return Program {
      _ = server.takeMostUnderWay()
      let service = LoginService(directory: Directory(server: server))
      let health = Task(name: "health check") { await service.checkHealth() }
      let (roles, took) = try await service.logIn(arguments["logins"] * processors, variant, threads)
      health.cancel()
      let late = await health.value
      return outcome(roles, took: took, late: late, processors: processors, atOnce: server.takeMostUnderWay())
    }
  }

  private static func outcome(
    _ roles: [Int: Int], took: UInt64, late: UInt64, processors: Int, atOnce: Int
  ) -> Outcome {
    var digest = Digest()
    for (user, role) in roles.sorted(by: { $0.key < $1.key }) {
      digest.add(user)
      digest.add(role)
    }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("log-ins", Double(roles.count), basis: "counted when they had their role"),
        Truth("processors", Double(processors), basis: "those that the process may use"),
        Truth("in-flight", Double(atOnce), basis: "calls under way when most were, counted by the directory"),
        Truth(
          "health-late-share", Double(min(late, took)) / Double(took),
          basis: "of the time of all log-ins, by how much the latest health check came late, by the clock"),
      ])
  }
}

// lesson: begin directory
/// The directory's client. It comes back with the answer.
private struct Directory: Sendable {
  let server: Upstream

  @inline(never)
  func role(of user: Int) throws -> Int { try server.wait(for: user) }
}
// lesson: end directory

private struct LoginService: Sendable {
  let directory: Directory

  /// The roles of so many users, and how long it took, in nanoseconds of the clock.
  func logIn(
    _ count: Int, _ variant: Scenario.Variant, _ threads: BlockingThreads
  ) async throws -> (roles: [Int: Int], took: UInt64) {
    let began = monotonicNanoseconds()
    let roles =
      switch variant {
      case .faulty: try await logIn(0..<count)
      case .fixed: try await logIn(0..<count, on: threads)
      }
    return (roles, monotonicNanoseconds() - began)
  }

  private func logIn(_ users: Range<Int>) async throws -> [Int: Int] {
    try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      // lesson: begin on-the-pool
      for user in users {
        group.addTask { (user, try directory.role(of: user)) }
      }
      // lesson: end on-the-pool
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private func logIn(_ users: Range<Int>, on threads: BlockingThreads) async throws -> [Int: Int] {
    try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      // lesson: begin on-threads
      for user in users {
        group.addTask(executorPreference: threads) { (user, try directory.role(of: user)) }
      }
      // lesson: end on-threads
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  // lesson: begin health
  /// Wakes every 5 ms until it is cancelled; the nanoseconds by which it was late when it was most.
  func checkHealth() async -> UInt64 {
    var latest: UInt64 = 0
    while !Task.isCancelled {
      let due = monotonicNanoseconds() + 5_000_000
      try? await Task.sleep(for: .milliseconds(5))
      let now = monotonicNanoseconds()
      if now > due { latest = max(latest, now - due) }
    }
    return latest
  }
  // lesson: end health
}

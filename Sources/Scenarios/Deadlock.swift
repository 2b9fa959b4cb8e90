import Dispatch
import Foundation
import ScenarioRunning
import Synchronization

/// Transfers between accounts, each of which has a lock of its own.
///
/// The fault: a transfer locks the account that it takes from, and then the one that it gives to. Two that cross each have
/// what the other wants.
enum Deadlock {
  static let scenario = Scenario(
    id: "deadlock",
    title: "Transfers that wait for each other",
    question: "Two transfers cross, and neither comes to an end. What does each of them wait for?",
    parameters: [
      Parameter(
        "accounts", "accounts in a circle, with a transfer from each to the next", standard: 2, range: 2...64)
    ],
    profiles: [.waitfor, .task, .block], comesToRest: true,
    alsoUses: ["BlockingThreads.swift", "Upstream.swift"], program: program)

  /// The same with one more in the circle.
  static let three = scenario.with(
    "accounts", 3, id: "deadlock-of-three", title: "Three transfers that wait for each other",
    question: "The same with three transfers. How many deadlocks are there?", profiles: [.waitfor])

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let count = arguments["accounts"]
    let clerks = BlockingThreads(count, name: "clerk")
    let server = try Upstream(milliseconds: 1)
    let notes = Notes()
    return Program(atRest: { notes.truth(of: count) }) {
      notes.forget()
      // In a service it is once a month that all have an account and none has two. Here it is each time, for the journal
      // answers none of them before all have asked. In their fixed order they cannot all have one.
      let journal = Journal(server, together: variant == .faulty ? count : 1, notes)
      let bank = Bank(journal: journal, variant: variant)
      let accounts = (0..<count).map { Account(number: $0, balance: 1_000) }
      var transfers: [Task<Void, any Error>] = []
      for from in accounts {
        let to = accounts[(from.number + 1) % count]
        transfers.append(bank.begin(10 * (from.number + 1), from: from, to: to, on: clerks, notes))
      }
      for transfer in transfers { try await transfer.value }
      return Outcome(output: digest(accounts), truth: notes.truth(of: count))
    }
  }

  private static func digest(_ accounts: [Account]) -> String {
    var digest = Digest()
    for account in accounts { account.lock.withLock { digest.add(account.balance) } }
    return digest.text
  }
}

/// What is known of a round.
private final class Notes: Sendable {
  struct Counts: Sendable {
    var entered = 0
    var done = 0
  }

  private let counts = Mutex(Counts())

  // Out of line: a lock taken in asynchronous code is given back on the thread that took it.
  @inline(never)
  func note(_ change: (inout Counts) -> Void) { counts.withLock { change(&$0) } }

  func forget() { note { $0 = Counts() } }

  func truth(of transfers: Int) -> [Truth] {
    let counts = counts.withLock { $0 }
    return [
      Truth("transfers", Double(transfers), basis: "one from each account to the next"),
      Truth("entered", Double(counts.entered), basis: "transfers that had the journal's answer, which counted them"),
      Truth("done", Double(counts.done), basis: "transfers that came to their end, counted when they did"),
    ]
  }
}

// lesson: begin account
/// An account, which may be looked at or changed by whoever holds its lock.
private final class Account: @unchecked Sendable {
  let number: Int
  let lock = NSLock()
  var balance: Int
  // lesson: end account

  init(number: Int, balance: Int) {
    self.number = number
    self.balance = balance
  }
}

private struct Bank: Sendable {
  let journal: Journal
  let variant: Scenario.Variant

  @inline(never)
  func begin(
    _ amount: Int, from: Account, to: Account, on clerks: BlockingThreads, _ notes: Notes
  ) -> Task<Void, any Error> {
    Task(name: "transfer \(from.number) to \(to.number)", executorPreference: clerks) {
      switch variant {
      case .faulty: try transfer(amount, from: from, to: to)
      case .fixed: try orderedTransfer(amount, from: from, to: to)
      }
      notes.note { $0.done += 1 }
    }
  }

  // Out of line, so that profiles have its name and not that of whoever called it.
  @inline(never)
  // lesson: begin transfer
  /// Nobody sees the money in neither account, or in both.
  private func transfer(_ amount: Int, from: Account, to: Account) throws {
    // lesson: begin as-asked
    from.lock.lock()
    defer { from.lock.unlock() }
    try journal.enter(amount, from: from.number, to: to.number)
    to.lock.lock()
    defer { to.lock.unlock() }
    from.balance -= amount
    to.balance += amount
    // lesson: end as-asked
  }
  // lesson: end transfer

  @inline(never)
  private func orderedTransfer(_ amount: Int, from: Account, to: Account) throws {
    // lesson: begin in-order
    if from.number > to.number { return try orderedTransfer(-amount, from: to, to: from) }
    from.lock.lock()
    defer { from.lock.unlock() }
    try journal.enter(amount, from: from.number, to: to.number)
    to.lock.lock()
    defer { to.lock.unlock() }
    from.balance -= amount
    to.balance += amount
    // lesson: end in-order
  }
}

/// What has been moved, on a server that keeps it: who enters something waits for its answer.
///
/// Answers come to so many at the same time.
private final class Journal: Sendable {
  private let server: Upstream
  private let together: Int
  private let notes: Notes
  private let waiting = Mutex<[DispatchSemaphore]>([])

  init(_ server: Upstream, together: Int, _ notes: Notes) {
    self.server = server
    self.together = together
    self.notes = notes
  }

  @inline(never)
  func enter(_ amount: Int, from: Int, to: Int) throws {
    _ = try server.wait(for: amount)
    notes.note { $0.entered += 1 }
    let answer = DispatchSemaphore(value: 0)
    let due = waiting.withLock { waiting in
      waiting.append(answer)
      guard waiting.count == together else { return [DispatchSemaphore]() }
      defer { waiting = [] }
      return waiting
    }
    for other in due { other.signal() }
    answer.wait()
  }
}

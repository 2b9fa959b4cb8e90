import Dispatch
import Platform
import ScenarioRunning
import Synchronization

/// A ledger that clerks post to, and that an auditor prints.
///
/// The fault: the statement is made while the ledger is locked. Whoever only wants to add a number waits for all of it.
enum LockContention {
  static let scenario = Scenario(
    id: "lock-contention",
    title: "A statement that is printed while the ledger is locked",
    question: "Clerks post to a ledger that an auditor prints now and then. For whom do they wait?",
    parameters: [
      Parameter("clerks", "clerks, with a thread each", standard: 6, range: 1...64),
      Parameter("postings", "postings of each clerk, one every other millisecond", standard: 120, range: 1...5_000),
      Parameter("receipt", "kilobytes of a posting's receipt, which is verified first", standard: 40, range: 1...1_000),
      Parameter("accounts", "accounts in the ledger", standard: 50_000, range: 1...200_000),
      Parameter("seed", "seed of the generated postings", standard: 7, range: 0...1_000_000),
    ],
    profiles: [.mutex, .block, .cpu], alsoUses: ["KafkaWire.swift", "LockClock.swift"], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let office = Office(
      clerks: arguments["clerks"], postings: arguments["postings"], receipt: arguments["receipt"] * 1_000,
      accounts: arguments["accounts"], seed: UInt64(arguments["seed"]))
    return Program { try await office.round(variant) }
  }
}

/// So many cents for an account, with a receipt whose checksum is known.
private struct Posting: Sendable {
  var account: Int
  var cents: Int
  var receipt: ArraySlice<UInt8>
  var checksum: UInt32

  var isGenuine: Bool { CRC32C.checksum(receipt) == checksum }
}

/// All accounts with what is on them, the richest first.
private struct Statement: Sendable {
  let text: String

  // lesson: begin statement
  @inline(never)
  init(of balances: [Int: Int]) {
    let richestFirst = balances.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    text = richestFirst.reduce(into: "") { $0 += "\($1.key): \($1.value)\n" }
  }
  // lesson: end statement
}

// lesson: begin post
private final class Ledger: Sendable {
  private let balances: Mutex<[Int: Int]>

  @inline(never)
  func post(_ posting: Posting, _ clock: LockClock) {
    clock.came()
    balances.withLock { balances in
      clock.had()
      balances[posting.account, default: 0] += posting.cents
      clock.gave()
    }
  }
  // lesson: end post

  init(accounts: Int) { balances = Mutex(Dictionary(uniqueKeysWithValues: (0..<accounts).map { ($0, 0) })) }

  /// A statement has to be of one moment.
  @inline(never)
  func report(_ clock: LockClock) -> Statement {
    // lesson: begin report
    clock.came()
    return balances.withLock { balances in
      clock.had()
      defer { clock.gave() }
      return Statement(of: balances)
    }
    // lesson: end report
  }

  /// A copy is of one moment, too.
  @inline(never)
  func reportOfACopy(_ clock: LockClock) -> Statement {
    // lesson: begin report-of-a-copy
    clock.came()
    let copy = balances.withLock { balances in
      clock.had()
      defer { clock.gave() }
      return balances
    }
    return Statement(of: copy)
    // lesson: end report-of-a-copy
  }
}

/// Where customers queue up for one clerk: a pipe, through which the numbers of their postings come.
private final class Counter: Sendable {
  private let clerksEnd: Int32
  private let customersEnd: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ScenarioError.wrongResult("cannot make a pipe (errno \(errno))") }
    (clerksEnd, customersEnd) = (ends[0], ends[1])
  }

  func come(_ number: Int) { _ = withUnsafeBytes(of: number) { write(customersEnd, $0.baseAddress, $0.count) } }

  /// No more come.
  func end() { _ = close(customersEnd) }

  /// The number of the next posting, for which the clerk waits; nil if no more come.
  @inline(never)
  func next() -> Int? {
    var number = 0
    while true {
      let count = read(clerksEnd, &number, MemoryLayout<Int>.size)
      if count == MemoryLayout<Int>.size { return number }
      if count == 0 || errno != EINTR { break }
    }
    _ = close(clerksEnd)
    return nil
  }
}

/// The clerks, the auditor, and what there is to do.
private final class Office: Sendable {
  private let accounts: Int
  /// What each clerk posts.
  private let journals: [[Posting]]

  /// Postings with receipts of so many bytes, of which there are a few.
  init(clerks: Int, postings: Int, receipt size: Int, accounts: Int, seed: UInt64) {
    self.accounts = accounts
    var random = SplitMix64(seed: seed)
    let receipts = (0..<8).map { _ in
      let receipt = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next() >> 56) }[...]
      return (receipt, CRC32C.checksum(receipt))
    }
    journals = (0..<clerks).map { _ in
      (0..<postings).map { number in
        let (receipt, checksum) = receipts[number % receipts.count]
        return Posting(
          account: Int.random(in: 0..<accounts, using: &random), cents: Int.random(in: 1...10_000, using: &random),
          receipt: receipt, checksum: checksum)
      }
    }
  }

  func round(_ variant: Scenario.Variant) async throws -> Outcome {
    let ledger = Ledger(accounts: accounts)
    let clerks = journals.map { LockClock(roomFor: $0.count) }
    // A report takes milliseconds, so there are far fewer.
    let auditor = LockClock(roomFor: 10_000)
    let refused = Atomic(0), isOver = Atomic(false)
    let counters = try clerks.map { _ in try Counter() }
    let work = DispatchGroup(), audit = DispatchGroup()
    for ((journal, counter), clock) in zip(zip(journals, counters), clerks) {
      DispatchQueue(label: "clerk").async(group: work) {
        refused.add(Self.serve(counter, journal, ledger, clock), ordering: .relaxed)
      }
    }
    DispatchQueue(label: "customers").async(group: work) { Self.come(to: counters, self.journals) }
    DispatchQueue(label: "auditor").async(group: audit) {
      repeat { Self.audit(ledger, variant, auditor) } while !isOver.load(ordering: .acquiring)
    }
    await withCheckedContinuation { done in work.notify(queue: .global()) { done.resume() } }
    isOver.store(true, ordering: .releasing)
    await withCheckedContinuation { done in audit.notify(queue: .global()) { done.resume() } }
    guard refused.load(ordering: .relaxed) == 0 else {
      throw ScenarioError.wrongResult("a genuine receipt was refused")
    }
    return outcome(ledger, clerks, auditor)
  }

  /// Every other millisecond one comes to each counter.
  private static func come(to counters: [Counter], _ journals: [[Posting]]) {
    for number in 0..<(journals.first?.count ?? 0) {
      for counter in counters { counter.come(number) }
      usleep(2_000)
    }
    for counter in counters { counter.end() }
  }

  // lesson: begin clerk
  /// What a clerk does; how many postings it refused.
  @inline(never)
  private static func serve(_ counter: Counter, _ journal: [Posting], _ ledger: Ledger, _ clock: LockClock) -> Int {
    var refused = 0
    while let number = counter.next() {
      let posting = journal[number]
      if posting.isGenuine { ledger.post(posting, clock) } else { refused += 1 }
    }
    return refused
  }
  // lesson: end clerk

  // lesson: begin auditor
  /// What the auditor does again and again.
  @inline(never)
  private static func audit(_ ledger: Ledger, _ variant: Scenario.Variant, _ clock: LockClock) {
    switch variant {
    case .faulty: file(ledger.report(clock))
    case .fixed: file(ledger.reportOfACopy(clock))
    }
    usleep(50_000)
  }
  // lesson: end auditor

  @inline(never)
  private static func file(_ statement: Statement) { withExtendedLifetime(statement) {} }

  private func outcome(_ ledger: Ledger, _ clerks: [LockClock], _ auditor: LockClock) -> Outcome {
    let blame = LockBlame((clerks + [auditor]).map(\.visits))
    var digest = Digest()
    digest.add(ledger.reportOfACopy(LockClock(roomFor: 1)).text.utf8)
    let visits = clerks.flatMap(\.visits)
    let waits = visits.map(\.waited).sorted()
    func auditorsShare(_ blame: [UInt64]) -> Double {
      let all = blame.reduce(0, +)
      return all == 0 ? 0 : Double(blame[clerks.count]) / Double(all)
    }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("postings", Double(visits.count), basis: "visits to the ledger, counted by the clerks"),
        Truth("reports", Double(auditor.visits.count), basis: "visits to the ledger, counted by the auditor"),
        Truth(
          "long-waits", Double(waits.count { $0 > 1_000_000 }),
          basis: "postings that waited for more than a millisecond, by the clerks' clocks"),
        Truth(
          "median-wait", Double(waits[waits.count / 2]),
          basis: "nanoseconds that half of the postings waited at most, by the clerks' clocks"),
        Truth(
          "long-holds", Double(visits.count { $0.held > 20_000 }),
          basis: "postings that held the ledger for more than 20 microseconds, by the clerks' clocks"),
        Truth(
          "waited", Double(waits.reduce(0, +)), isTotal: true,
          basis: "nanoseconds that the clerks waited for the ledger, by their clocks"),
        Truth(
          "waited-for-auditor", Double(blame.byHolder[clerks.count]), isTotal: true,
          basis: "nanoseconds of all waits in which the auditor held the ledger, by the clocks of all"),
        Truth(
          "auditor-share", auditorsShare(blame.byHolder),
          basis: "of all waits, what lies in the auditor's holds, by the clocks of all"),
        Truth(
          "auditor-last-share", auditorsShare(blame.byLastUnlock),
          basis: "of all waits, those that ended when the auditor gave the ledger back, by the clocks of all"),
      ])
  }
}

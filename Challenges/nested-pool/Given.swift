import Dispatch
import Foundation
import Synchronization

/// The shop's database. It has a few connections, and whoever wants something takes one, or waits in line until one is free.
///
/// When nothing moves any more, and some still wait, all of them are let in over the limit, for the sake of the customers;
/// each of those is on the bill.
public final class Database: Sendable {
  private struct State {
    var free: [Connection] = []
    var waiting: [CheckedContinuation<Connection, Never>] = []
    var underWay = 0
    var events = 0
    var isOver = false
    var counts = Counts()
    /// Connections that somebody has and asks nothing of just now: at which event each was last asked of, or taken.
    var idle: [ObjectIdentifier: Int] = [:]
    var tables: [String: [String]] = [:]
  }

  private let prices: [String: Int]
  private let state: Mutex<State>
  private let clock = DispatchQueue(label: "database")

  /// A database with so many connections, that knows the prices of articles in cents.
  @_spi(Judge) public init(connections: Int, prices: [String: Int]) {
    self.prices = prices
    state = Mutex(State())
    state.withLock { state in state.free = (0..<connections).map { _ in Connection(self) } }
    Thread { self.watch() }.start()
  }

  /// Takes a connection for as long as `body` runs.
  public func withConnection<R: Sendable>(_ body: @Sendable (Connection) async -> R) async -> R {
    let connection = await connect()
    let taken = lay(connection)
    let result = await Self.$isConnected.withValue(true) { await body(connection) }
    use(connection)
    noteIdle(since: taken)
    giveBack(connection)
    return result
  }

  /// Whether the task has a connection already, or one that waits for it has.
  @TaskLocal private static var isConnected = false

  @inline(never)
  private func connect() async -> Connection {
    if Self.isConnected { note { $0.counts.nested += 1 } }
    return await withCheckedContinuation { continuation in
      let connection = state.withLock { state -> Connection? in
        state.events += 1
        if let connection = state.free.popLast() { return connection }
        state.waiting.append(continuation)
        return nil
      }
      if let connection { continuation.resume(returning: connection) }
    }
  }

  private func giveBack(_ connection: Connection) {
    connection.close()
    let next = state.withLock { state -> (CheckedContinuation<Connection, Never>, Connection)? in
      state.events += 1
      if connection.isOverLimit { return nil }
      let fresh = Connection(self)
      if state.waiting.isEmpty {
        state.free.append(fresh)
        return nil
      }
      return (state.waiting.removeFirst(), fresh)
    }
    if let (continuation, connection) = next { continuation.resume(returning: connection) }
  }

  /// Notes that a connection is asked nothing from now on; at which event that is.
  @inline(never)
  fileprivate func lay(_ connection: Connection) -> Int {
    state.withLock { state in
      state.events += 1
      state.idle[ObjectIdentifier(connection)] = state.events
      return state.events
    }
  }

  private func use(_ connection: Connection) { note { $0.idle[ObjectIdentifier(connection)] = nil } }

  /// Counts the connections that were asked nothing in all the time that another was taken, used and is given back.
  private func noteIdle(since taken: Int) {
    note { state in
      for (connection, start) in state.idle where start < taken {
        state.counts.idle += 1
        // Once each.
        state.idle[connection] = .max
      }
    }
  }

  @inline(never)
  private func note(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  /// Comes back a millisecond later, with no thread that waits.
  fileprivate func answer<R: Sendable>(
    to connection: Connection, _ find: @escaping @Sendable (Database) -> R
  ) async -> R {
    use(connection)
    defer { _ = lay(connection) }
    note { state in
      state.underWay += 1
      state.events += 1
    }
    return await withCheckedContinuation { continuation in
      clock.asyncAfter(deadline: .now() + .milliseconds(1)) {
        let found = find(self)
        self.note { state in
          state.underWay -= 1
          state.events += 1
        }
        continuation.resume(returning: found)
      }
    }
  }

  fileprivate func price(of article: String) -> Int { prices[article] ?? 0 }
  fileprivate func insert(_ row: String, into table: String) { note { $0.tables[table, default: []].append(row) } }

  // MARK: - What is counted

  /// What is counted of it.
  @_spi(Judge) public struct Counts: Sendable {
    /// Connections that were asked for by who had one.
    public var nested = 0
    /// Times that a connection lay idle while another was taken, used and given back.
    public var idle = 0
    /// Connections over the limit.
    public var overLimit = 0
  }

  /// What was counted so far.
  @_spi(Judge) public var counts: Counts { state.withLock { $0.counts } }
  /// Whether a table has a row with these words in it.
  @_spi(Judge) public func has(_ words: String, in table: String) -> Bool {
    state.withLock { $0.tables[table]?.contains { $0.contains(words) } ?? false }
  }
  /// All rows of a table, sorted.
  @_spi(Judge) public func rows(of table: String) -> [String] { state.withLock { ($0.tables[table] ?? []).sorted() } }
  /// Has it end.
  @_spi(Judge) public func shutDown() { note { $0.isOver = true } }

  /// How many looks have to agree that nothing moves, 20 ms from one to the next. They are counted and not timed: on a
  /// machine that is busy with other things nobody is at rest who would go on.
  private static let looks = 15

  private func watch() {
    let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
    let own = link.split(separator: "/").last.map(String.init) ?? ""
    var (agreed, seen) = (0, -1)
    while true {
      usleep(20_000)
      let (isOver, isStill, events) = state.withLock { state in
        (state.isOver, !state.waiting.isEmpty && state.underWay == 0, state.events)
      }
      if isOver { return }
      agreed = isStill && events == seen && !Self.othersRun(but: own) ? agreed + 1 : 0
      seen = events
      if agreed >= Self.looks { letIn() }
    }
  }

  private func letIn() {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      state.events += 1
      state.counts.overLimit += state.waiting.count
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: Connection(self, isOverLimit: true)) }
  }

  /// Whether a thread of this process but one is running or would be if it had a processor.
  private static func othersRun(but own: String) -> Bool {
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] where thread != own {
      guard let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8),
        let name = text.lastIndex(of: ")")
      else { continue }
      if text[name...].dropFirst(2).first == "R" { return true }
    }
    return false
  }
}

/// A connection to the database. Each of its answers takes a millisecond. Whoever has given it back may not use it.
public final class Connection: Sendable {
  private let database: Database
  fileprivate let isOverLimit: Bool
  private let isOpen = Atomic(true)

  fileprivate init(_ database: Database, isOverLimit: Bool = false) {
    (self.database, self.isOverLimit) = (database, isOverLimit)
  }

  private func checkIsOpen() {
    if !isOpen.load(ordering: .relaxed) { fatalError("a connection was used that had been given back") }
  }

  fileprivate func close() { isOpen.store(false, ordering: .relaxed) }

  /// What an article costs, in cents.
  public func price(of article: String) async -> Int {
    checkIsOpen()
    return await database.answer(to: self) { $0.price(of: article) }
  }

  /// Puts a row into a table.
  public func insert(_ row: String, into table: String) async {
    checkIsOpen()
    await database.answer(to: self) { $0.insert(row, into: table) }
  }
}

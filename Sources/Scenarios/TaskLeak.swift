import ScenarioRunning
import Synchronization

/// A client of a message broker. Each request has a number, by which the answer finds who asked.
///
/// The fault: when the broker goes, the table of those who wait is cleared. They are forgotten, and wait on.
enum TaskLeak {
  static let scenario = Scenario(
    id: "task-leak",
    title: "Requests that nobody will ever answer",
    question: "The broker has gone, and the table of those who wait is cleared. Who ends the tasks that wait?",
    parameters: [
      Parameter("connections", "connections to the broker, with six tasks each", standard: 29, range: 1...200),
      Parameter("answered", "requests that are answered on each connection", standard: 20, range: 0...1_000),
      Parameter("waiting", "requests that wait when the broker goes, over all", standard: 296, range: 0...100_000),
    ],
    profiles: [.task, .taskleak, .leaks], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let client = Client(
      connections: arguments["connections"], answered: arguments["answered"], waiting: arguments["waiting"])
    return Program { await client.round(variant) }
  }
}

/// What the broker answers.
private struct Response: Sendable {
  var id: Int
  var bytes: Int
}

private enum ConnectionError: Error { case closed }

// lesson: begin table
/// A connection to the broker, which answers in any order.
private actor Connection {
  private var waiting: [Int: UnsafeContinuation<Response, any Error>] = [:]

  /// Asks the broker, and waits for the answer with that number.
  func request(_ id: Int) async throws -> Response {
    try await withUnsafeThrowingContinuation { waiting[id] = $0 }
  }

  private func received(_ response: Response) {
    waiting.removeValue(forKey: response.id)?.resume(returning: response)
  }
  // lesson: end table

  func disconnected() {
    // lesson: begin clears
    waiting.removeAll()
    // lesson: end clears
  }

  func disconnectedAndFailed() {
    // lesson: begin fails
    for asker in waiting.values { asker.resume(throwing: ConnectionError.closed) }
    waiting.removeAll()
    // lesson: end fails
  }

  var waitingCount: Int { waiting.count }

  // MARK: - The tasks that are there by design

  private var tasks: [Task<Void, Never>] = []

  // lesson: begin open
  /// Has the answers fed to those who asked, and looks after the connection, until it is closed.
  func open(_ responses: AsyncStream<Response>) {
    tasks.append(
      Task(name: "responseFeeder") {
        for await response in responses { received(response) }
      })
    for chore in ["keep-alive", "metadata", "metrics", "re-authentication", "idle"] { look(after: chore) }
  }
  // lesson: end open

  private func look(after chore: String) {
    tasks.append(
      Task(name: chore) {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
      })
  }

  func close() async {
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    tasks = []
  }
}

/// What has become of the requests.
private final class Tally: Sendable {
  struct Counts: Sendable {
    var sent = 0
    var answered = 0
    var failed = 0
    var bytes = 0
  }

  private let counts = Mutex(Counts())

  // Out of line: a lock taken in asynchronous code is given back on the thread that took it.
  @inline(never)
  func note(_ change: (inout Counts) -> Void) { counts.withLock { change(&$0) } }

  var now: Counts {
    @inline(never) get { counts.withLock { $0 } }
  }
}

private final class Client: Sendable {
  private let connectionCount: Int
  private let answered: Int
  private let waiting: Int
  private let connections = Mutex<[Connection]>([])

  init(connections: Int, answered: Int, waiting: Int) {
    connectionCount = connections
    self.answered = answered
    self.waiting = waiting
  }

  /// A task for each message, which waits for the broker to take it.
  // lesson: begin send
  @inline(never)
  private func send(_ message: Int, over connection: Connection, _ tally: Tally) {
    tally.note { $0.sent += 1 }
    Task {
      do {
        let response = try await connection.request(message)
        tally.note {
          $0.answered += 1
          $0.bytes += response.bytes
        }
      } catch { tally.note { $0.failed += 1 } }
    }
  }
  // lesson: end send

  func round(_ variant: Scenario.Variant) async -> Outcome {
    // What a restart does, so that rounds do not add up.
    for connection in take() { await connection.close() }
    let tally = Tally()
    for number in 0..<connectionCount { await serve(number, tally, variant) }
    let failed = variant == .fixed ? waiting : 0
    while tally.now.answered + tally.now.failed < connectionCount * answered + failed {
      try? await Task.sleep(for: .milliseconds(1))
    }
    return outcome(tally.now)
  }

  /// Opens a connection, asks, and loses the broker before it has answered everything.
  private func serve(_ number: Int, _ tally: Tally, _ variant: Scenario.Variant) async {
    let connection = Connection(), broker = AsyncStream.makeStream(of: Response.self)
    keep(connection)
    await connection.open(broker.stream)
    // As evenly as can be.
    let unanswered = (number + 1) * waiting / connectionCount - number * waiting / connectionCount
    for message in 0..<answered + unanswered { send(message, over: connection, tally) }
    while await connection.waitingCount < answered + unanswered { await Task.yield() }
    for message in 0..<answered { broker.continuation.yield(Response(id: message, bytes: message * 7 + number)) }
    while await connection.waitingCount > unanswered { await Task.yield() }
    switch variant {
    case .faulty: await connection.disconnected()
    case .fixed: await connection.disconnectedAndFailed()
    }
  }

  @inline(never)
  private func keep(_ connection: Connection) { connections.withLock { $0.append(connection) } }

  @inline(never)
  private func take() -> [Connection] {
    connections.withLock { connections in
      defer { connections = [] }
      return connections
    }
  }

  private func outcome(_ counts: Tally.Counts) -> Outcome {
    var digest = Digest()
    digest.add(counts.answered)
    digest.add(counts.bytes)
    let left = counts.sent - counts.answered - counts.failed
    return Outcome(
      output: digest.text,
      truth: [
        Truth("left", Double(left), basis: "requests sent, less those answered or failed, counted by who sent them"),
        Truth("by-design", Double(connectionCount * 6), basis: "a feeder and five chores for each connection"),
        Truth("sent", Double(counts.sent), basis: "counted when they were sent"),
      ])
  }
}

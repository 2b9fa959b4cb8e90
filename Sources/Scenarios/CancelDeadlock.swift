import Dispatch
import Platform
import ScenarioRunning
import Synchronization

/// A client that asks a server. What takes too long is given up.
///
/// The fault: an answer is handed over under the lock that giving up takes, too. Handing over and giving up both change the
/// task that asked, and for that the runtime has a lock of its own in each task.
enum CancelDeadlock {
  static let scenario = Scenario(
    id: "cancel-deadlock",
    title: "An answer that comes while its request is given up",
    question: "There is one lock in the source, and whoever has it waits. For what?",
    parameters: [Parameter("length", "bytes of an answer", standard: 4_000, range: 1...60_000)],
    profiles: [.waitfor, .task], comesToRest: true, alsoUses: ["BlockingThreads.swift", "Upstream.swift"],
    program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let length = arguments["length"]
    let threads = BlockingThreads(2, name: "network")
    let asking = BlockingThreads(1, name: "client")
    let moment = Moment()
    return Program(atRest: { moment.truth }) { try await exchange(length, variant, on: threads, asking, moment) }
  }

  private static func exchange(
    _ length: Int, _ variant: Scenario.Variant, on threads: BlockingThreads, _ asking: BlockingThreads,
    _ moment: Moment
  ) async throws -> Outcome {
    moment.begin()
    let ends = try SocketPair.make()
    let client = Client(Connection(socket: ends.near), answerLength: length, moment)
    let server = Task(name: "server", executorPreference: threads) {
      try Server(Connection(socket: ends.far), moment).answer(length)
    }
    let receiver = Task(name: "receiver", executorPreference: threads) {
      try client.receive(variant)
      moment.note { $0.handedOver += 1 }
    }
    let request = Task(name: "request", executorPreference: asking) { await client.ask() }
    // The client's one thread comes to this when the request has left it, to wait for its answer: it has to wait for the
    // fault to show, and a busy machine may let everybody else be quicker.
    Task(executorPreference: asking) { moment.requestWaits() }
    let timeOut = Task(name: "time-out") {
      await moment.hasCome()
      request.cancel()
      moment.note { $0.cancelled += 1 }
    }
    try await server.value
    try await receiver.value
    await timeOut.value
    let answer = await request.value
    return Outcome(output: answer?.digest ?? "given up", truth: moment.truth)
  }
}

// lesson: begin client
/// Asks a server, one thing at a time.
private final class Client: Sendable {
  private let connection: Connection
  private let asker = Mutex<UnsafeContinuation<Answer?, Never>?>(nil)
  // lesson: end client
  private let answerLength: Int
  private let moment: Moment

  init(_ connection: Connection, answerLength: Int, _ moment: Moment) {
    self.connection = connection
    self.answerLength = answerLength
    self.moment = moment
  }

  // lesson: begin ask
  /// The answer; nil if the request is given up before it comes.
  func ask() async -> Answer? {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        asker.withLock { $0 = continuation }
        connection.send([1])
        if Task.isCancelled { giveUp() }
      }
    } onCancel: {
      moment.cancellationHasBegun()
      giveUp()
    }
  }

  private func giveUp() {
    takeAsker()?.resume(returning: nil)
  }

  private func takeAsker() -> UnsafeContinuation<Answer?, Never>? {
    asker.withLock { asker in
      defer { asker = nil }
      return asker
    }
  }
  // lesson: end ask

  /// Waits until an answer begins to come.
  func receive(_ variant: Scenario.Variant) throws {
    _ = try connection.read(1)
    switch variant {
    case .faulty: try handOver()
    case .fixed: try handOverUnlocked()
    }
  }

  // Out of line, so that profiles have its name and not that of whoever called it.
  @inline(never)
  // lesson: begin hand-over
  /// An answer has begun to come: reads the rest of it, and hands it to whoever asked.
  private func handOver() throws {
    // lesson: begin locked
    try asker.withLock { asker in
      asker?.resume(returning: try readAnswer())
      asker = nil
    }
    // lesson: end locked
  }
  // lesson: end hand-over

  @inline(never)
  private func handOverUnlocked() throws {
    // lesson: begin unlocked
    let asker = takeAsker()
    asker?.resume(returning: try readAnswer())
    // lesson: end unlocked
  }

  private func readAnswer() throws -> Answer {
    moment.answerIsRead()
    return Answer(try connection.read(answerLength))
  }
}

private struct Answer: Sendable {
  var digest: String

  init(_ bytes: [UInt8]) {
    var digest = Digest()
    digest.add(bytes)
    self.digest = digest.text
  }
}

/// The other end: it is asked, begins its answer, and sends the rest when the request is just being given up.
private struct Server {
  let connection: Connection
  let moment: Moment

  init(_ connection: Connection, _ moment: Moment) {
    self.connection = connection
    self.moment = moment
  }

  func answer(_ length: Int) throws {
    _ = try connection.read(1)
    moment.awaitRequest()
    connection.send([1])
    moment.awaitCancellation()
    connection.send((0..<length).map { UInt8(truncatingIfNeeded: $0 * $0) })
  }
}

/// One end of a connection, which it closes.
private final class Connection: Sendable {
  private let socket: Int32

  init(socket: Int32) { self.socket = socket }

  deinit { close(socket) }

  /// Reads so many bytes, and waits for them on this thread.
  @inline(never)
  func read(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count), got = 0
    while got < count {
      let more = bytes.withUnsafeMutableBytes { Platform.read(socket, $0.baseAddress?.advanced(by: got), count - got) }
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { throw ScenarioError.wrongResult("the other end has gone (errno \(errno))") }
      got += more
    }
    return bytes
  }

  /// A connection that does not take them is over, and both ends are told when they read.
  func send(_ bytes: [UInt8]) {
    if bytes.withUnsafeBytes({ write(socket, $0.baseAddress, $0.count) }) != bytes.count {
      shutdown(socket, Int32(SHUT_RDWR))
    }
  }
}

/// When the time-out comes: in a service once in a million answers just while one is read, here each time. And what is known
/// of the round.
private final class Moment: Sendable {
  struct State: Sendable {
    var hasCome = false
    var awaited: CheckedContinuation<Void, Never>?
    var handedOver = 0
    var cancelled = 0
  }

  private let state = Mutex(State())
  private let request = DispatchSemaphore(value: 0)
  private let cancellation = DispatchSemaphore(value: 0)

  func begin() { note { $0 = State() } }

  // Out of line: a lock taken in asynchronous code is given back on the thread that took it.
  @inline(never)
  func note(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  func answerIsRead() {
    let awaited = state.withLock { state in
      state.hasCome = true
      defer { state.awaited = nil }
      return state.awaited
    }
    awaited?.resume()
  }

  func hasCome() async {
    await withCheckedContinuation { continuation in
      let hasCome = state.withLock { state in
        if !state.hasCome { state.awaited = continuation }
        return state.hasCome
      }
      if hasCome { continuation.resume() }
    }
  }

  func requestWaits() { request.signal() }
  func awaitRequest() { request.wait() }
  func cancellationHasBegun() { cancellation.signal() }
  func awaitCancellation() { cancellation.wait() }

  var truth: [Truth] {
    let state = state.withLock { $0 }
    return [
      Truth("handed-over", Double(state.handedOver), basis: "answers, counted when the receiver had handed them over"),
      Truth("cancelled", Double(state.cancelled), basis: "requests, counted when cancel() had come back"),
    ]
  }
}

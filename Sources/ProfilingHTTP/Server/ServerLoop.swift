import CProfiler
import HTTPMessages
import Platform
import Synchronization

/// The one thread that does all sending and receiving of a server, and never waits for anything else.
///
/// Not SwiftNIO: an answer has to come when the program's pool is blocked, so nothing here is a task; a program that was not
/// built for it may have another SwiftNIO; and whoever links the profiler gets no package with it.
final class ServerLoop: @unchecked Sendable {
  private enum Event: Sendable {
    case begun(Int, ProfilingHandler.Reply)
    case made(Int, ProfilingResponse)
    case piece(Int, [UInt8]?)
  }

  private struct Shared: Sendable {
    var events: [Event] = []
    var isStopping = false
  }

  /// A capture that is under way: when it is over, of which client.
  private struct Waiting {
    var end: ContinuousClock.Instant
    var client: Int
    var reply: ProfilingHandler.Reply
  }

  /// Begins what a request asks for.
  typealias Begin = @Sendable (Request, [Header]) -> ProfilingHandler.Reply

  private let begin: Begin
  private let policy: ServingPolicy
  private let limits: DebugServerLimits
  private let workers = Workers()
  private let shared = Mutex(Shared())

  // What follows is the loop's thread's alone.
  private var listener: Int32 = -1
  private var bell: (read: Int32, write: Int32) = (-1, -1)
  private var clients: [Int: Client] = [:]
  private var lastNumber = 0
  private var waiting: [Waiting] = []
  /// Those of which a next request may have come with the one that was answered.
  private var unread: [Int] = []
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  init(policy: ServingPolicy, limits: DebugServerLimits, begin: @escaping Begin) {
    (self.begin, self.policy, self.limits) = (begin, policy, limits)
  }

  /// Listens; on the thread that `run` will be called on. Returns the port.
  func listen(on address: ListenAddress) throws(DebugServerError) -> Int {
    _ = lab_thread_separates_descriptors()
    let (descriptor, port) = try Sockets.listen(on: address, keeping: limits.sendBuffer)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      close(descriptor)
      throw .system(Sockets.reason())
    }
    bell = (ends[0], ends[1])
    for end in ends { Sockets.makeOurs(end) }
    listener = descriptor
    guard workers.start(2) else {
      closeAll()
      throw .system("there is no thread to be had")
    }
    return port
  }

  /// Ends it, from any thread.
  func stop() {
    shared.withLock { $0.isStopping = true }
    // The bell's descriptor is not one of this thread's.
    workers.add { self.ring() }
  }

  /// Serves until it is stopped, or the program is over.
  func run() {
    var looked = ContinuousClock.now
    while !shared.withLock(\.isStopping) {
      let order = clients.keys.sorted()
      var polled = [pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0)]
      polled.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0))
      for number in order { polled.append(polling(clients[number])) }
      _ = poll(&polled, nfds_t(polled.count), Int32(patience(now: .now)))
      if polled[0].revents != 0 { hearBell() }
      for (place, number) in order.enumerated() where polled[place + 2].revents != 0 {
        meet(number, Int32(polled[place + 2].revents))
      }
      if polled[1].revents != 0 { takeConnections() }
      while let number = unread.popLast() { readRequest(number) }
      let now = ContinuousClock.now
      finishCaptures(now)
      closeLate(now)
      guard now - looked >= .seconds(1) else { continue }
      looked = now
      if lab_program_is_over() { break }
    }
    workers.stop()
    closeAll()
  }

  private func ring() {
    var byte: UInt8 = 1
    _ = write(bell.write, &byte, 1)
  }

  private func tell(_ event: Event) {
    shared.withLock { $0.events.append(event) }
    ring()
  }

  // MARK: - Time

  /// For how long to sleep at most, in milliseconds.
  private func patience(now: ContinuousClock.Instant) -> Int {
    let next = min(
      waiting.lazy.map(\.end).min() ?? now + .seconds(1),
      clients.values.lazy.compactMap(\.deadline).min() ?? now + .seconds(1))
    return Int(max(0, min((next - now).milliseconds + 1, 1000)))
  }

  private func finishCaptures(_ now: ContinuousClock.Instant) {
    let due = waiting.filter { $0.end <= now }
    waiting.removeAll { $0.end <= now }
    for capture in due { make(capture.client, capture.reply) }
  }

  private func closeLate(_ now: ContinuousClock.Instant) {
    for (number, client) in clients { if let deadline = client.deadline, deadline <= now { drop(number) } }
  }

  // MARK: - Connections

  private func polling(_ client: Client?) -> pollfd {
    guard let client else { return pollfd(fd: -1, events: 0, revents: 0) }
    let events: Int32 =
      switch client.state {
      case .reading: Int32(POLLIN)
      case .working(let isCapture): isCapture ? Self.hangUp : 0
      // While the next piece is made there is nothing to send.
      case .writing: client.pendingBytes > 0 ? Int32(POLLOUT) : 0
      }
    return pollfd(fd: client.descriptor, events: Int16(events), revents: 0)
  }

  #if os(Linux)
    /// That the other side sends no more.
    private static let hangUp: Int32 = 0x2000
  #else
    private static let hangUp: Int32 = 0
  #endif

  private func takeConnections() {
    for _ in 0..<64 {
      let (accepted, hasRoom) = Sockets.accept(from: listener)
      guard let descriptor = accepted else {
        // Then the connection that waits would wake us again and again.
        if !hasRoom, !dropIdlest() { _ = poll(nil, 0, 50) }
        return
      }
      if clients.count >= limits.connections, !dropIdlest() {
        close(descriptor)
        continue
      }
      lastNumber += 1
      var client = Client(descriptor: descriptor, local: Sockets.name(of: descriptor)?.host ?? "")
      client.deadline = .now + limits.patience
      client.idleSince = .now
      clients[lastNumber] = client
    }
  }

  private func dropIdlest() -> Bool {
    let idle = clients.compactMap { number, client in client.idleSince.map { (number, $0) } }
    guard let (number, _) = idle.min(by: { $0.1 < $1.1 }) else { return false }
    drop(number)
    return true
  }

  private func drop(_ number: Int) {
    guard let client = clients.removeValue(forKey: number) else { return }
    close(client.descriptor)
    let abandoned = waiting.filter { $0.client == number }
    waiting.removeAll { $0.client == number }
    // What ends with a capture may take its time.
    if !abandoned.isEmpty { workers.add { withExtendedLifetime(abandoned) {} } }
  }

  private func closeAll() {
    for number in clients.keys { drop(number) }
    waiting = []
    for descriptor in [listener, bell.read, bell.write] where descriptor >= 0 { close(descriptor) }
    (listener, bell) = (-1, (-1, -1))
  }

  private func meet(_ number: Int, _ events: Int32) {
    guard let client = clients[number] else { return }
    switch client.state {
    case .reading: receive(number)
    case .working(let isCapture):
      if events & (Int32(POLLERR) | Int32(POLLHUP)) != 0 || isCapture { drop(number) }
    case .writing:
      if client.pendingBytes == 0 { return drop(number) }
      send(number)
    }
  }

  private func receive(_ number: Int) {
    guard let client = clients[number] else { return }
    guard let bytes = Sockets.receive(from: client.descriptor, into: &buffer) else { return drop(number) }
    if client.reader.isEmpty, !bytes.isEmpty { clients[number]?.deadline = .now + limits.patience }
    clients[number]?.reader.append(bytes)
    readRequest(number)
  }

  /// Takes the next request, if it is there.
  private func readRequest(_ number: Int) {
    guard var client = clients[number] else { return }
    switch client.reader.next() {
    case .waits:
      if client.reader.isEmpty { client.idleSince = client.idleSince ?? .now } else { client.idleSince = nil }
      clients[number] = client
    case .refused(let response):
      client.keepsAlive = false
      client.isHead = false
      client.idleSince = nil
      clients[number] = client
      answer(number, response)
    case .request(let head, let body):
      client.idleSince = nil
      client.deadline = nil
      client.keepsAlive = head.keepsAlive
      client.isHead = head.method == "HEAD"
      client.isOld = head.isOld
      client.state = .working(isCapture: false)
      clients[number] = client
      begin(number, head, body, client.local)
    }
  }

  // MARK: - Answers

  private func begin(_ number: Int, _ head: RequestHead, _ body: [UInt8], _ local: String) {
    if let refusal = policy.refusal(of: head, local: local) { return answer(number, refusal) }
    guard let method = Request.Method(rawValue: head.method) else {
      var response = ProfilingResponse.error(405, "Only GET, HEAD and POST are served.")
      response.headers.append(Header("Allow", "GET, HEAD, POST"))
      return answer(number, response)
    }
    guard var request = Request(method: method, target: head.target) else {
      return answer(number, .error(400, "The request cannot be understood."))
    }
    guard waiting.count < limits.captures else {
      return answer(number, .error(503, "Too many captures are under way."))
    }
    request.body = body
    let asked = request
    workers.add { self.tell(.begun(number, self.begin(asked, head.headers))) }
  }

  private func hearBell() {
    _ = read(bell.read, &buffer, buffer.count)
    let events = shared.withLock { shared in
      defer { shared.events = [] }
      return shared.events
    }
    for event in events {
      switch event {
      case .begun(let number, let reply): begun(number, reply)
      case .made(let number, let response): answer(number, response)
      case .piece(let number, let piece):
        // Also of what is added when there is no room for any of it.
        clients[number]?.deadline = .now + limits.patience
        clients[number]?.add(piece)
        send(number)
      }
    }
  }

  private func begun(_ number: Int, _ reply: ProfilingHandler.Reply) {
    guard clients[number] != nil else { return workers.add { withExtendedLifetime(reply) {} } }
    guard reply.delay > .zero else { return make(number, reply) }
    clients[number]?.state = .working(isCapture: true)
    waiting.append(Waiting(end: .now + reply.delay, client: number, reply: reply))
  }

  private func make(_ number: Int, _ reply: ProfilingHandler.Reply) {
    clients[number]?.state = .working(isCapture: false)
    workers.add { self.tell(.made(number, reply.make())) }
  }

  private func answer(_ number: Int, _ response: ProfilingResponse) {
    guard var client = clients[number] else { return }
    var response = response
    let hasRoom =
      switch response.body {
      case .bytes(let bytes): hasRoom(for: bytes.count)
      case .pieces: clients.values.count { $0.pieces != nil } < limits.dumps
      }
    if !hasRoom { response = .error(503, "Too much is being sent to others.") }
    client.begin(response, isOld: client.isOld)
    client.deadline = .now + limits.patience
    clients[number] = client
    send(number)
  }

  /// Short ones always have: each connection has one at a time, and of connections there are only so many.
  private func hasRoom(for count: Int) -> Bool {
    guard count > 16 << 10 else { return true }
    let pending = clients.values.reduce(0) { $0 + $1.pendingBytes }
    return pending == 0 || pending + count <= limits.pendingBytes
  }

  private func send(_ number: Int) {
    guard var client = clients[number], client.state == .writing else { return }
    while client.pendingBytes > 0 {
      guard let count = Sockets.send(client.unsent.prefix(256 << 10), to: client.descriptor) else {
        return drop(number)
      }
      if count == 0 { break }
      client.didSend(count)
      client.deadline = .now + limits.patience
    }
    clients[number] = client
    guard client.pendingBytes == 0 else { return }
    if let pieces = client.pieces {
      clients[number]?.deadline = nil
      return workers.add { self.tell(.piece(number, pieces.next())) }
    }
    guard client.keepsAlive else { return finish(number) }
    clients[number]?.state = .reading
    clients[number]?.deadline = .now + limits.idleness
    // The next request may have been waiting. Read from here, as many as come at once would need as deep a stack.
    unread.append(number)
  }

  /// Closes a connection in a way by which what was sent arrives: a client that is still sending would not read it.
  private func finish(_ number: Int) {
    guard let client = clients[number] else { return }
    shutdown(client.descriptor, Int32(SHUT_WR))
    for _ in 0..<16 { if Sockets.receive(from: client.descriptor, into: &buffer)?.isEmpty ?? true { break } }
    drop(number)
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

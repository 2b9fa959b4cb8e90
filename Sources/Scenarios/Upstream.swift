import Platform
import ScenarioRunning
import Synchronization

/// Somebody else's server, at the other end of a socket: it answers every call after the same delay, however many are under
/// way. One thread does it all, and waits in the kernel.
final class Upstream: Sendable {
  private let server: Server

  /// A server with that delay.
  init(milliseconds: Int) throws { server = try Server(delay: UInt64(milliseconds) * 1_000_000) }

  deinit { server.stop() }

  /// How many calls were under way when most were, since this was asked last.
  func takeMostUnderWay() -> Int {
    server.calls.withLock { calls in
      defer { calls.most = calls.underWay }
      return calls.most
    }
  }

  /// Asks, and keeps the thread until the answer is there, as many libraries do.
  @inline(never)
  func wait(for request: Int) throws -> Int {
    let (near, far) = try SocketPair.make()
    server.accept(.blocking(far))
    defer {
      close(near)
      server.ended()
    }
    var message = request
    guard write(near, &message, MemoryLayout<Int>.size) == MemoryLayout<Int>.size else {
      throw ScenarioError.wrongResult("cannot ask the upstream (errno \(errno))")
    }
    while true {
      let count = read(near, &message, MemoryLayout<Int>.size)
      if count == MemoryLayout<Int>.size { return message }
      guard count < 0, errno == EINTR else {
        throw ScenarioError.wrongResult("the upstream does not answer (errno \(errno))")
      }
    }
  }

  /// Asks, and gives the thread back meanwhile.
  func reply(to request: Int) async -> Int { await answer(to: request).status }

  /// The same, with when the answer was there: whoever had to wait for a thread goes on later.
  func answer(to request: Int) async -> Answer {
    let answer = await withUnsafeContinuation { server.accept(.suspended(request, $0)) }
    server.ended()
    return answer
  }

  /// What a server says.
  struct Answer: Sendable {
    var status: Int
    /// By the monotonic clock, in nanoseconds.
    var at: UInt64
  }
}

extension Upstream {
  /// Whom an answer goes to.
  fileprivate enum Caller {
    /// One that reads from this socket's other end, after it has written what it asks.
    case blocking(Int32)
    /// One that has asked this and is suspended.
    case suspended(Int, UnsafeContinuation<Answer, Never>)
  }
}

/// The thread and what it shares with those who call.
private final class Server: Sendable {
  struct Calls: Sendable {
    var underWay = 0
    var most = 0
    var arrived: [Upstream.Caller] = []
    var isOver = false
  }

  let calls = Mutex(Calls())
  /// Written to when a call arrives, for the thread waits in `poll`.
  private let bell: (near: Int32, far: Int32)
  private let delay: UInt64
  private let thread: Mutex<pthread_t?>

  init(delay: UInt64) throws {
    self.delay = delay
    bell = try SocketPair.make()
    thread = Mutex(nil)
    let own = Unmanaged.passRetained(self)
    guard let made = startThread(own.toOpaque()) else {
      own.release()
      throw ScenarioError.wrongResult("no thread for the upstream")
    }
    thread.withLock { $0 = made }
  }

  func accept(_ caller: Upstream.Caller) {
    note { calls in
      calls.underWay += 1
      calls.most = max(calls.most, calls.underWay)
      calls.arrived.append(caller)
    }
  }

  @inline(never)
  func ended() { calls.withLock { $0.underWay -= 1 } }

  func stop() {
    note { $0.isOver = true }
    if let thread = thread.withLock({ $0 }) { pthread_join(thread, nil) }
    close(bell.near)
    close(bell.far)
  }

  @inline(never)
  private func note(_ change: (inout Calls) -> Void) {
    calls.withLock { change(&$0) }
    var mark: UInt8 = 1
    _ = write(bell.near, &mark, 1)
  }

  private struct Due {
    var at: UInt64
    var caller: Upstream.Caller
  }

  /// Answers each call when it is due; calls come in the order in which they are due, for all wait for as long.
  fileprivate func run() {
    var due: [Due] = []
    var rings = [UInt8](repeating: 0, count: 4096)
    while true {
      let now = monotonicNanoseconds()
      let ready = due.prefix { $0.at <= now }
      for call in ready { Self.answer(call.caller) }
      due.removeFirst(ready.count)
      let wait = due.first.map { Int32(($0.at - now + 999_999) / 1_000_000) } ?? -1
      var descriptor = pollfd(fd: bell.far, events: Int16(POLLIN), revents: 0)
      if poll(&descriptor, 1, wait) > 0 { _ = read(bell.far, &rings, rings.count) }
      let (arrived, isOver) = take()
      due += arrived.map { Due(at: monotonicNanoseconds() + delay, caller: $0) }
      if isOver { return }
    }
  }

  @inline(never)
  private func take() -> ([Upstream.Caller], Bool) {
    calls.withLock { calls in
      defer { calls.arrived = [] }
      return (calls.arrived, calls.isOver)
    }
  }

  private static func answer(_ caller: Upstream.Caller) {
    switch caller {
    case .suspended(let request, let continuation):
      continuation.resume(returning: Upstream.Answer(status: result(of: request), at: monotonicNanoseconds()))
    case .blocking(let socket):
      var message = 0
      if read(socket, &message, MemoryLayout<Int>.size) == MemoryLayout<Int>.size {
        message = result(of: message)
        _ = write(socket, &message, MemoryLayout<Int>.size)
      }
      close(socket)
    }
  }

  /// Some status by which an answer is known to be the right one's.
  private static func result(of request: Int) -> Int { 200 + request % 3 }
}

/// A thread that runs a server, which it was given retained; nil if the system makes none.
private func startThread(_ server: UnsafeMutableRawPointer) -> pthread_t? {
  // Not all C libraries take the same for what may be missing.
  #if canImport(Glibc)
    var thread = pthread_t()
  #else
    var thread: pthread_t?
  #endif
  let error = pthread_create(
    &thread, nil,
    { argument in
      let argument: UnsafeMutableRawPointer? = argument
      if let argument { Unmanaged<Server>.fromOpaque(argument).takeRetainedValue().run() }
      return nil
    }, server)
  return error == 0 ? thread : nil
}

enum SocketPair {
  /// Two sockets that are connected.
  static func make() throws -> (near: Int32, far: Int32) {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = Int32(SOCK_STREAM)
    #endif
    guard socketpair(AF_UNIX, stream, 0, &ends) == 0 else {
      throw ScenarioError.wrongResult("cannot make a socket (errno \(errno))")
    }
    return (ends[0], ends[1])
  }
}

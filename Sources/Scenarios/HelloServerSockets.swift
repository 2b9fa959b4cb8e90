import Foundation
import Platform
import ScenarioRunning
import Synchronization

/// What a client asks for.
struct GreetingRequest: Sendable {
  /// Whom to greet: `name` of the address's query.
  let name: String

  /// Reads it from the head of a request; nil if that is none.
  init?(_ head: some StringProtocol) {
    let words = head.prefix { $0 != "\r\n" }.split(separator: " ")
    guard words.count == 3, words[0] == "GET" else { return nil }
    let query = words[1].split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    let values = query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
    name = values.first { $0.count == 2 && $0[0] == "name" }.map { String($0[1]) } ?? "world"
  }
}

/// A server of HTTP/1.1 on the loopback interface, with a thread for each connection.
final class GreetingServer: Sendable {
  let port: UInt16
  private let listener: Int32

  /// Listens at a port that the kernel chooses; `answer` is called on any thread.
  init(_ answer: @escaping @Sendable (GreetingRequest) -> String) throws {
    let listener = socket(AF_INET, streamSocket, 0)
    guard listener >= 0, let port = withLoopback(0, { bind(listener, $0, $1) == 0 ? Self.port(of: listener) : nil }),
      listen(listener, 64) == 0
    else { throw ScenarioError.wrongResult("cannot listen (errno \(errno))") }
    (self.listener, self.port) = (listener, port)
    startNamed("accept") {
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        startNamed("connection") { Connection(connection).serve(answer) }
      }
      close(listener)
    }
  }

  /// Takes no more connections; those that there are end with their clients.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private static func port(of listener: Int32) -> UInt16? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
    }
    return status == 0 ? UInt16(bigEndian: address.sin_port) : nil
  }
}

/// Clients that ask a server one thing after the other, each on its own connection.
struct GreetingClients {
  private let count: Int
  private let port: UInt16

  init(_ count: Int, of port: UInt16) { (self.count, self.port) = (count, port) }

  /// The bodies of all answers, by client.
  func ask(_ requests: Int) throws -> [[UInt8]] {
    let bodies = Mutex([Int: Result<[[UInt8]], any Error>]())
    let group = DispatchGroup()
    for client in 0..<count {
      group.enter()
      startNamed("client") { [port] in
        let heard = Result { try Self.talk(to: port, as: client, requests) }
        bodies.withLock { $0[client] = heard }
        group.leave()
      }
    }
    group.wait()
    return try bodies.withLock { $0 }.sorted { $0.key < $1.key }.flatMap { try $0.value.get() }
  }

  private static func talk(to port: UInt16, as client: Int, _ requests: Int) throws -> [[UInt8]] {
    let descriptor = socket(AF_INET, streamSocket, 0)
    guard descriptor >= 0, withLoopback(port, { connect(descriptor, $0, $1) }) == 0 else {
      throw ScenarioError.wrongResult("cannot connect (errno \(errno))")
    }
    let connection = Connection(descriptor)
    defer { connection.close() }
    return try (0..<requests).map { number in
      try connection.ask("GET /hello?name=client-\(client)-\(number) HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }
  }
}

/// One end of a connection.
private final class Connection {
  private let descriptor: Int32
  private var unread: [UInt8] = []

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func close() { _ = Platform.close(descriptor) }

  /// Answers until the other end closes, or says what is no request.
  func serve(_ answer: (GreetingRequest) -> String) {
    defer { close() }
    while let head = readHead(), let request = GreetingRequest(head) {
      guard write(answer(request)) else { return }
    }
  }

  /// The body of the answer to a request.
  func ask(_ request: String) throws -> [UInt8] {
    guard write(request), let head = readHead(), head.hasPrefix("HTTP/1.1 200 OK\r\nDate: "),
      let length = head.split(separator: "\r\n").first(where: { $0.hasPrefix("Content-Length: ") }),
      let count = Int(length.dropFirst("Content-Length: ".count)), let body = read(count)
    else { throw ScenarioError.wrongResult("the server does not answer (errno \(errno))") }
    return body
  }

  /// All up to an empty line; nil if the other end has closed or says too much.
  private func readHead() -> String? {
    while unread.count < 16 << 10 {
      if let end = unread.firstRange(of: [13, 10, 13, 10]) {
        defer { unread.removeSubrange(..<end.upperBound) }
        return String(decoding: unread[..<end.lowerBound], as: UTF8.self)
      }
      guard readMore() else { return nil }
    }
    return nil
  }

  private func read(_ count: Int) -> [UInt8]? {
    while unread.count < count { guard readMore() else { return nil } }
    defer { unread.removeSubrange(..<count) }
    return Array(unread[..<count])
  }

  private func readMore() -> Bool {
    var piece = [UInt8](repeating: 0, count: 2048)
    while true {
      let count = Platform.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      unread += piece[..<max(count, 0)]
      return count > 0
    }
  }

  private func write(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, withoutSignal) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

#if canImport(Glibc)
  private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
  private let streamSocket = Int32(SOCK_STREAM)
#endif
/// Whoever writes to a connection that the other end has closed is told so by an error alone, where that can be.
#if canImport(Darwin)
  private let withoutSignal: Int32 = 0
#else
  private let withoutSignal = Int32(MSG_NOSIGNAL)
#endif

/// Calls `body` with the address of a port of this machine.
private func withLoopback<Value>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}

private func startNamed(_ name: String, _ body: @escaping @Sendable () -> Void) {
  Thread {
    Thread.current.name = name
    body()
  }.start()
}

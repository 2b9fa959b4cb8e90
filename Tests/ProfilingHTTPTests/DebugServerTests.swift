import Foundation
import HTTPMessages
import Platform
import TestSupport
import Testing

@testable import ProfilingHTTP

/// A server on its port, with clients that behave and clients that do not. It records nothing, for other tests in this process
/// do.
@Suite(.serialized) struct DebugServerTests {
  private final class Running: Sendable {
    let server: DebugServer

    init(_ change: (inout DebugServer.Options) -> Void = { _ in }, host: String = "127.0.0.1") throws {
      var options = DebugServer.Options()
      change(&options)
      server = try DebugServer(ListenAddress(host: host, port: 0), options, hasArmed: false)
    }

    deinit { server.stop() }

    func head(_ line: String, _ headers: [String] = [], closes: Bool = true) -> String {
      (["\(line) HTTP/1.1", "Host: localhost:\(server.port)"] + (closes ? ["Connection: close"] : []) + headers)
        .map { $0 + "\r\n" }.joined() + "\r\n"
    }

    func ask(_ line: String, _ headers: [String] = []) throws -> String {
      let client = try LoopbackSocket(port: server.port)
      client.send(head(line, headers))
      return String(decoding: client.readToEnd() ?? [], as: UTF8.self)
    }
  }

  @Test func answers() throws {
    let running = try Running()
    #expect(running.server.url == "http://127.0.0.1:\(running.server.port)/debug/pprof/" && running.server.token == nil)
    let index = try running.ask("GET /debug/pprof/")
    #expect(index.hasPrefix("HTTP/1.1 200 OK\r\n") && index.contains("/debug/pprof/</h1>"))
    let head = try running.ask("HEAD /debug/pprof/")
    #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n") && !head.contains("Content-Length: 0"))
    #expect(try running.ask("DELETE /debug/pprof/").contains("\r\nAllow: GET, HEAD, POST\r\n"))
    #expect(try running.ask("GET /debug/pprof/symbol?0x1").hasSuffix("\r\n\r\nnum_symbols: 1\n"))
  }

  @Test("Requests that follow one another at once are answered in their order, on one connection")
  func pipelining() throws {
    let running = try Running()
    let client = try LoopbackSocket(port: running.server.port)
    let more = (0..<50).map { running.head("GET /debug/pprof/unknown\($0)", closes: false) }.joined()
    client.send(more + running.head("GET /debug/pprof/symbol"))
    let text = String(decoding: try #require(client.readToEnd()), as: UTF8.self)
    #expect(text.components(separatedBy: "Unknown profile\n").count == 51)
    #expect(text.hasSuffix("num_symbols: 1\n"))
  }

  @Test("As many as fit into what is read at once, each refused, need no deeper a stack than one")
  func pipelinedRefusals() throws {
    let running = try Running()
    let client = try LoopbackSocket(port: running.server.port)
    let count = 20_000
    let end = running.head("GET /debug/pprof/symbol")
    // What is answered is read meanwhile, or both sides would wait.
    let sender = Thread { client.send(String(repeating: "A / HTTP/1.1\r\n\r\n", count: count) + end) }
    sender.start()
    let text = String(decoding: try #require(client.readToEnd()), as: UTF8.self)
    #expect(text.components(separatedBy: "HTTP/1.1 400 Bad Request\r\n").count == count + 1)
    #expect(text.hasSuffix("num_symbols: 1\n"))
  }

  @Test("Long answers come in pieces")
  func pieces() throws {
    let running = try Running()
    let dump = try running.ask("GET /debug/pprof/task?debug=2")
    #expect(dump.contains("Transfer-Encoding: chunked") && dump.hasSuffix("\r\n0\r\n\r\n"), "\(dump.prefix(500))")
    let old = try LoopbackSocket(port: running.server.port)
    old.send("GET /debug/pprof/task?debug=2 HTTP/1.0\r\n\r\n")
    let text = String(decoding: try #require(old.readToEnd()), as: UTF8.self)
    #expect(!text.contains("chunked") && text.contains("Connection: close") && text.contains("threads"))
  }

  @Test("Who brings no token where one is needed is not answered")
  func token() throws {
    let running = try Running({ $0.token = "s3cret" })
    #expect(try running.ask("GET /debug/pprof/heap").hasPrefix("HTTP/1.1 401 "))
    #expect(try running.ask("GET /metrics", ["Authorization: Bearer s3cret"]).hasPrefix("HTTP/1.1 200 "))
    let open = try Running(host: "0.0.0.0")
    let made = try #require(open.server.token)
    #expect(made.count == 32)
    #expect(try open.ask("GET /metrics").hasPrefix("HTTP/1.1 401 "))
    #expect(try open.ask("GET /metrics", ["Authorization: Bearer \(made)"]).hasPrefix("HTTP/1.1 200 "))
  }

  @Test func badRequests() throws {
    let running = try Running()
    for (request, status) in [
      ("nonsense\r\n\r\n", 400), ("GET /debug/pprof/ HTTP/1.1\r\n\r\n", 400),
      ("GET /debug/pprof/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
      ("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 100_000) + "\r\n\r\n", 431),
    ] {
      let client = try LoopbackSocket(port: running.server.port)
      client.send(request.replacingOccurrences(of: "\r\n\r\n", with: "\r\nConnection: close\r\n\r\n"))
      let text = String(decoding: client.readToEnd() ?? [], as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(60)): \(text.prefix(60))")
    }
  }

  @Test("A thousand connections that say nothing keep nobody out, and are all closed in the end")
  func manyConnections() throws {
    let running = try Running({ $0.limits.connections = 64 })
    var clients: [LoopbackSocket] = []
    for _ in 0..<1000 { clients.append(try LoopbackSocket(port: running.server.port)) }
    #expect(try running.ask("GET /debug/pprof/symbol").hasSuffix("num_symbols: 1\n"))
    // Those that were closed for others read their end.
    #expect(clients[0].readToEnd() == [])
    clients = []
    #expect(try running.ask("GET /debug/pprof/symbol").hasSuffix("num_symbols: 1\n"))
  }

  @Test("A client that sends half a request is dropped after a time; others are answered meanwhile")
  func halfRequests() throws {
    let running = try Running({ $0.limits.patience = .milliseconds(300) })
    let half = try LoopbackSocket(port: running.server.port)
    half.send("GET /debug/pprof/ HTTP/1.1\r\nHo")
    #expect(try running.ask("GET /debug/pprof/symbol").hasSuffix("num_symbols: 1\n"))
    #expect(half.readToEnd() == [])
  }

  @Test("A capture that its client gives up ends, and makes room for others")
  func abandonedCaptures() throws {
    let running = try Running({ $0.limits.captures = 2 })
    var clients = try (0..<2).map { _ in try LoopbackSocket(port: running.server.port) }
    // Deltas of what is not recorded: nothing is begun in this process.
    for client in clients { client.send(running.head("GET /debug/pprof/mutex?seconds=60")) }
    // They are under way when a third is refused.
    let deadline = ContinuousClock.now + .seconds(30)
    func isRefused() throws -> Bool {
      try running.ask("GET /debug/pprof/symbol").hasPrefix("HTTP/1.1 503 ")
    }
    while try !isRefused(), ContinuousClock.now < deadline {}
    clients = []
    while try isRefused(), ContinuousClock.now < deadline {}
    #expect(try !isRefused())
    #expect(ContinuousClock.now < deadline)
  }

  @Test("The program's descriptors are as they would be without it, and stopping gives the port back")
  func stopping() throws {
    func descriptors() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").sorted()
    }
    let before = try descriptors()
    let running = try Running()
    let port = running.server.port
    _ = try running.ask("GET /debug/pprof/symbol")
    // Others may open files meanwhile, but none is a socket that listens there.
    #expect(try descriptors().count <= before.count + 8)
    running.server.stop()
    let deadline = ContinuousClock.now + .seconds(30)
    var isFree = false
    while !isFree, ContinuousClock.now < deadline {
      if let again = try? DebugServer(ListenAddress(host: "127.0.0.1", port: port), .init(), hasArmed: false) {
        isFree = true
        again.stop()
      } else {
        usleep(10_000)
      }
    }
    #expect(isFree)
  }

  @Test func portInUse() throws {
    let running = try Running()
    #expect(throws: DebugServerError.portInUse(running.server.port)) {
      try DebugServer(ListenAddress(host: "127.0.0.1", port: running.server.port), .init(), hasArmed: false)
    }
  }
}

import Foundation
import Platform
import Synchronization
import TestSupport
import Testing

@testable import LocalServer

/// A server on its port, with clients that behave and clients that do not.
@Suite(.serialized)
struct LoopbackServerTests {
  /// A running server and what asks it as its user does.
  private final class Running {
    let server: LoopbackServer

    init(_ limits: ServerLimits = ServerLimits(), _ handler: @escaping LoopbackServer.Handler = Running.hello) throws {
      server = try LoopbackServer(on: try LoopbackAddress(":"), limits: limits, handler: handler)
    }

    deinit { server.stop() }

    static let hello: LoopbackServer.Handler = { request in
      .text(
        "\(request.method.rawValue) \(request.path) \(request.query.text) \(String(decoding: request.body, as: UTF8.self))"
      )
    }

    var token: String { String(server.url.split(separator: "=")[1]) }

    func head(_ line: String, _ headers: [String] = [], host: String? = nil, closes: Bool = true) -> String {
      ([
        "\(line) HTTP/1.1", "Host: \(host ?? "localhost:\(server.port)")", "Cookie: lab-\(server.port)=\(token)",
      ] + (closes ? ["Connection: close"] : []) + headers).map { $0 + "\r\n" }.joined() + "\r\n"
    }

    func ask(_ line: String, _ headers: [String] = [], host: String? = nil, body: String = "") throws -> Answer {
      try exchange(server.port, head(line, headers, host: host) + body)
    }
  }

  @Test("GET, HEAD and POST are answered, with what keeps a page's contents in it")
  func answers() throws {
    let running = try Running()
    let got = try running.ask("GET /a%20b?x=1&y=2")
    #expect(got.status == 200 && got.body == "GET /a b x=1&y=2 ")
    #expect(got.header("Content-Length") == "\(got.body.utf8.count)")
    #expect(got.header("X-Content-Type-Options") == "nosniff" && got.header("Cache-Control") == "no-store")
    #expect(got.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
    #expect(got.header("Content-Security-Policy")?.contains("frame-ancestors 'none'") == true)
    #expect(got.header("Referrer-Policy") == "no-referrer")
    let head = try running.ask("HEAD /a")
    #expect(head.status == 200 && head.body.isEmpty && head.header("Content-Length") == "9")
    let posted = try running.ask("POST /p", ["Content-Length: 5"], body: "hello")
    #expect(posted.body == "POST /p  hello")
    let chunked = try running.ask("POST /p", ["Transfer-Encoding: chunked"], body: "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    #expect(chunked.body == "POST /p  abcde")
    #expect(try running.ask("DELETE /").status == 405)
    #expect(try running.ask("DELETE /").header("Allow") == "GET, HEAD, POST")
  }

  @Test("several requests on a connection are answered in turn, also if they come at once")
  func keepAlive() throws {
    let running = try Running()
    let client = try LoopbackSocket(port: running.server.port)
    client.send(running.head("GET /1", closes: false) + running.head("GET /2", closes: false) + running.head("GET /3"))
    let text = String(decoding: try #require(client.readToEnd()), as: UTF8.self)
    let found = ["GET /1", "GET /2", "GET /3"].compactMap { text.firstRange(of: $0)?.lowerBound }
    #expect(found.count == 3 && found == found.sorted())
  }

  @Test("strangers are not answered: another host name, no token, a wrong one, a form of another site")
  func strangers() throws {
    let asked = Atomic(0)
    let running = try Running { _ in
      asked.add(1, ordering: .relaxed)
      return .text("secret")
    }
    let port = running.server.port
    #expect(try running.ask("GET /", host: "evil.example:\(port)").status == 421)
    #expect(try exchange(port, "GET / HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n").status == 403)
    #expect(try running.ask("GET /?token=wrong").status == 403)
    #expect(try running.ask("POST /", ["Origin: http://evil.example", "Content-Length: 0"]).status == 403)
    #expect(try exchange(port, "GET / HTTP/1.0\r\n\r\n").status == 421)
    #expect(asked.load(ordering: .relaxed) == 0)
    #expect(try running.ask("GET /").body == "secret")
  }

  @Test("to ask for another protocol is to ask like the rest: nobody is switched, and strangers are refused")
  func upgrades() throws {
    let running = try Running()
    let port = running.server.port
    let websocket = [
      "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    let preface = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"]
    for upgrade in [websocket, preface] {
      let lines = upgrade.map { $0 + "\r\n" }.joined()
      let stranger = "GET /a HTTP/1.1\r\nHost: localhost:\(port)\r\n\(lines)\r\n"
      // What follows would be of the other protocol, were it spoken.
      let client = try LoopbackSocket(port: port)
      client.send(stranger + running.head("GET /b"))
      let text = String(decoding: try #require(client.readToEnd()), as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.1 403 ") && !text.contains("101 Switching"), "\(text)")
      #expect(try running.ask("GET /a", upgrade + ["Origin: http://evil.example"]).status == 403)
      #expect(try running.ask("GET /a", upgrade, host: "evil.example:\(port)").status == 421)
      let known = try running.ask("GET /a", upgrade)
      #expect(known.status == 200 && known.body == "GET /a  ")
    }
  }

  @Test("the address that is printed leads in, with a cookie that no script reads")
  func entering() throws {
    let running = try Running()
    let port = running.server.port
    #expect(running.server.url == "http://127.0.0.1:\(port)/?token=\(running.token)")
    let entered = try exchange(
      port,
      "GET /top?token=\(running.token)&f=x HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    )
    #expect(entered.status == 303 && entered.header("Location") == "/top?f=x")
    let cookie = try #require(entered.header("Set-Cookie"))
    #expect(
      cookie.hasPrefix("lab-\(port)=\(running.token);") && cookie.contains("HttpOnly")
        && cookie.contains("SameSite=Lax"))
    let program = try exchange(
      port,
      "GET /top?token=\(running.token)&f=x HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    )
    #expect(program.body == "GET /top f=x ", "the token is not handed on")
  }

  @Test("what is too long is refused in words, and the connection closed")
  func limits() throws {
    var limits = ServerLimits()
    (limits.head, limits.body) = (1000, 100)
    let running = try Running(limits)
    #expect(try running.ask("GET /\(String(repeating: "x", count: 1100))").status == 414)
    #expect(try running.ask("GET /", ["X: \(String(repeating: "x", count: 1100))"]).status == 431)
    #expect(try running.ask("POST /", ["Content-Length: 101"], body: String(repeating: "x", count: 101)).status == 413)
    #expect(try running.ask("POST /", ["Content-Length: 100"], body: String(repeating: "x", count: 100)).status == 200)
    // Far more than that is not even read to its end.
    let client = try LoopbackSocket(port: running.server.port)
    client.send(running.head("POST /", ["Content-Length: 100000000"]))
    for _ in 0..<10_000 where !client.send([UInt8](repeating: 0x78, count: 10_000)) { break }
    #expect(client.readToEnd() != nil)
    #expect(try running.ask("GET /").status == 200)
  }

  @Test("an answer in pieces arrives whole; one that fails is cut off, not ended")
  func streams() throws {
    struct Broken: Error {}
    let running = try Running { request in
      Response(
        body: .stream { writer in
          for number in 0..<100 { try await writer.write([UInt8](repeating: UInt8(48 + number % 10), count: 5_000)) }
          if request.path == "/broken" { throw Broken() }
        })
    }
    let whole = try running.ask("GET /")
    #expect(whole.header("Transfer-Encoding") == "chunked" && whole.body.hasSuffix("0\r\n\r\n"))
    #expect(whole.body.utf8.count { $0 == UInt8(ascii: "9") } >= 50_000)
    #expect(try running.ask("GET /broken").body.hasSuffix("0\r\n\r\n") == false)
    #expect(try running.ask("HEAD /").body.isEmpty)
  }

  @Test("a client that says nothing, half a head or half a body loses its connection")
  func slowSenders() throws {
    var limits = ServerLimits()
    limits.patience = .milliseconds(300)
    let running = try Running(limits)
    for text in ["", "GET / HT", running.head("POST /", ["Content-Length: 10"]) + "half"] {
      let client = try LoopbackSocket(port: running.server.port)
      client.send(text)
      #expect(client.readToEnd() != nil, "“\(text)” is still waited for")
    }
  }

  @Test("an answer that nobody takes is not kept in memory, and given up")
  func slowReaders() async throws {
    var limits = ServerLimits()
    limits.patience = .milliseconds(300)
    let pieces = Atomic(0)
    let (ends, ended) = AsyncStream<Bool>.makeStream()
    let running = try Running(limits) { _ in
      Response(
        body: .stream { writer in
          do {
            for _ in 0..<100_000 {
              try await writer.write([UInt8](repeating: 0, count: 1 << 16))
              pieces.add(1, ordering: .relaxed)
            }
            ended.yield(true)
          } catch {
            ended.yield(false)
            throw error
          }
        })
    }
    let client = try LoopbackSocket(port: running.server.port)
    client.send(running.head("GET /"))
    var iterator = ends.makeAsyncIterator()
    #expect(await iterator.next() == false)
    // What the two sockets hold, and one piece: far from the 6 GB that there are.
    #expect(pieces.load(ordering: .relaxed) < 2_000)
    withExtendedLifetime(client) {}
  }

  @Test("a thousand connections that say nothing keep nobody out")
  func crowd() throws {
    var files = rlimit()
    #if canImport(Glibc)
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
      files.rlim_cur = min(files.rlim_max, 8_192)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    #endif
    var limits = ServerLimits()
    limits.connections = 100
    limits.patience = .seconds(600)
    let running = try Running(limits)
    var crowd: [LoopbackSocket] = []
    for _ in 0..<1_000 { crowd.append(try LoopbackSocket(port: running.server.port)) }
    for client in crowd.suffix(50) { client.send("GET / HTTP/1.1\r\nHost: ") }
    #expect(try running.ask("GET /").status == 200)
    #expect(running.server.connectionCount <= 100)
    #expect(crowd[0].readToEnd() == [], "the first had to leave")
  }

  @Test("no bytes harm it")
  func fuzz() throws {
    let running = try Running()
    var random = SeededGenerator(seed: 11)
    let good =
      running.head("POST /a?b=c", ["Content-Length: 3", "Transfer-Encoding: chunked", "Upgrade: websocket"]) + "abc"
    let words = [
      "\r\n", "\n", " ", ":", "HTTP/9.9", "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n", "%00",
      "\0",
      "Host: a\r\n", "GET", "Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n", "//", "?", "\u{80}",
      "Expect: 100-continue\r\n",
    ]
    for _ in 0..<300 {
      var bytes = Array(good.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(contentsOf: Array(words.randomElement(using: &random)!.utf8), at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...9, using: &random)))
        case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
        default:
          bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
      }
      let client = try LoopbackSocket(port: running.server.port)
      client.send(bytes)
    }
    #expect(try running.ask("GET /").status == 200)
  }

  @Test("a port that is in use is said to be")
  func portInUse() throws {
    let running = try Running()
    let error = #expect(throws: ServerError.self) {
      try LoopbackServer(on: try LoopbackAddress(":\(running.server.port)"), handler: Running.hello)
    }
    #expect(error == .portInUse(running.server.port))
    #expect(error?.description.contains("in use") == true)
  }

  @Test("it ends: idle connections close, an answer on its way arrives, the port is free again")
  func ends() async throws {
    let (starts, started) = AsyncStream<Void>.makeStream()
    let gate = Atomic(false)
    let server = try LoopbackServer(on: try LoopbackAddress(":")) { _ in
      started.yield()
      while !gate.load(ordering: .acquiring) { try? await Task.sleep(for: .milliseconds(5)) }
      return .text("late")
    }
    let token = server.url.split(separator: "=")[1]
    let (idle, busy) = (try LoopbackSocket(port: server.port), try LoopbackSocket(port: server.port))
    busy.send("GET / HTTP/1.1\r\nHost: localhost:\(server.port)\r\nCookie: lab-\(server.port)=\(token)\r\n\r\n")
    var iterator = starts.makeAsyncIterator()
    await iterator.next()
    gate.store(true, ordering: .releasing)
    await withCheckedContinuation { done in
      Thread.detachNewThread {
        server.stop()
        done.resume()
      }
    }
    #expect(idle.readToEnd() == [])
    #expect(Answer(busy.readToEnd() ?? []).body == "late")
    #expect(throws: (any Error).self) { try LoopbackSocket(port: server.port) }
    let again = try LoopbackServer(on: try LoopbackAddress(":\(server.port)"), handler: Running.hello)
    again.stop()
  }
}

import Foundation
import Pprof
import TestSupport
import Testing

@testable import lab

struct ProfileURLTests {
  @Test(
    "an address is understood as pprof understands it",
    arguments: [
      ("http://h:6060/debug/pprof/heap", 0, 0, "http://h:6060/debug/pprof/heap", 60_000),
      ("localhost:6060", 0, 0, "http://localhost:6060/debug/pprof/profile", 60_000),
      ("localhost:6060/debug/pprof/allocs", 0, 0, "http://localhost:6060/debug/pprof/allocs", 60_000),
      ("http://h/", 5, 0, "http://h/debug/pprof/profile?seconds=5", 7_500),
      ("http://h/p?seconds=30&debug=0", 0, 0, "http://h/p?seconds=30&debug=0", 45_000),
      ("http://h/p?seconds=30", 2, 0, "http://h/p?seconds=2", 3_000),
      ("http://h/p?seconds=x", 0, 0, "http://h/p?seconds=x", 60_000),
      ("https://h/p?seconds=9#part", 0, 7, "https://h/p?seconds=9", 7_000),
      ("https+insecure://h/p", 0, 0, "https://h/p", 60_000),
      ("HTTP://h:1/p", 0, 0, "http://h:1/p", 60_000),
      ("http://[::1]:6060/p", 0, 0, "http://[::1]:6060/p", 60_000),
    ])
  func understood(_ source: String, _ seconds: Int, _ timeout: Int, _ text: String, _ milliseconds: Int) throws {
    let url = try #require(ProfileURL(source, seconds: seconds, timeout: timeout))
    #expect(url.text == text)
    #expect(url.timeout == .milliseconds(milliseconds))
    #expect(url.trustsAnyone == source.hasPrefix("https+insecure"))
  }

  @Test(
    "what can only be a file is none",
    arguments: ["profile.pb.gz", "dir/p.pb.gz", "/a/b", "ftp://h/p", "file:///p", ""])
  func files(_ source: String) { #expect(ProfileURL(source) == nil) }

  @Test("no line of a request comes from the address, and an IPv6 host has its brackets only in there")
  func request() throws {
    let url = try #require(ProfileURL("http://u:p%20w@[::1]:80/a%0d%0aX:%20y?q=%0aZ"))
    #expect(url.host == "::1")
    let lines = url.request.components(separatedBy: "\r\n")
    #expect(lines[0] == "GET /a%0d%0aX:%20y?q=%0aZ HTTP/1.1")
    #expect(lines[1] == "Host: [::1]:80")
    #expect(lines.contains("Authorization: Basic \(Data("u:p w".utf8).base64EncodedString())"))
    #expect(lines.allSatisfy { !$0.hasPrefix("X") && !$0.hasPrefix("Z") })
    #expect(url.shownText.contains("xxxxx@") && !url.shownText.contains("p%20w"))
  }

  @Test("a redirect is followed in the address's own terms; a password stays with its server")
  func redirects() throws {
    let url = try #require(ProfileURL("http://u:p@h:1/a/b?x=1"))
    #expect(url.redirected(to: "/c")?.text == "http://u:p@h:1/c")
    #expect(url.redirected(to: "c?y")?.text == "http://u:p@h:1/a/c?y")
    #expect(url.redirected(to: "http://other/c")?.text == "http://other/c")
    #expect(url.redirected(to: "https://h:1/c")?.text == "https://h:1/c")
    for bad in ["ftp://h/c", "file:///etc/passwd", "http://", "javascript:x"] {
      #expect(url.redirected(to: bad) == nil, "\(bad)")
    }
  }
}

struct HTTPAnswerTests {
  private func answer(_ text: String, in pieces: Int = .max, limit: Int = 1000) throws(HTTPError) -> HTTPAnswer {
    var answer = HTTPAnswer(limit: limit)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      try answer.read(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
    }
    try answer.end()
    return answer
  }

  @Test(
    "bodies of every kind, in pieces of every size",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.0 200\r\n\r\nhello",
      "HTTP/1.1 200 OK\nTransfer-Encoding: Chunked\n\n3;x=1\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n",
      "HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:\t5 \r\n\r\nhello and more",
    ])
  func bodies(_ text: String) throws {
    for pieces in [1, 2, 3, 7, 1000] {
      let answer = try answer(text, in: pieces)
      #expect(answer.status == 200)
      #expect(String(decoding: answer.body, as: UTF8.self) == "hello", "in pieces of \(pieces)")
    }
  }

  @Test(
    "what is wrong is said",
    arguments: [
      ("SSH-2.0-x\r\n", .notHTTP), ("HTTP/1.1 20 OK\r\n\r\n", .notHTTP),
      ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", .notHTTP),
      ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .notHTTP),
      ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", .notHTTP),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", .tooLarge(1000)),
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .cutShort), ("HTTP/1.1 200 OK\r\n", .cutShort),
      ("", .cutShort),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .notHTTP),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nabc", .cutShort),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000000\r\n", .notHTTP),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .notHTTP),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .notHTTP),
      ("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 1001), .tooLarge(1000)),
      ("HTTP/1.1 200 " + String(repeating: "x", count: 1 << 16), .tooLarge(1 << 16)),
      ("HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 1 << 14), .tooLarge(1 << 16)),
    ] as [(String, HTTPError)])
  func errors(_ text: String, _ expected: HTTPError) { #expect(throws: expected) { try answer(text) } }

  @Test("nothing that a server may send is a trap")
  func fuzz() {
    var generator = SeededGenerator(seed: 19)
    let seeds = [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ].map { Array($0.utf8) }
    var complete = 0
    for round in 0..<4_000 {
      var bytes = seeds[round % 2]
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes.suffix(4), at: place)
        }
      }
      var answer = HTTPAnswer(limit: 64)
      var rest = bytes[...]
      do {
        while !rest.isEmpty {
          let count = Int.random(in: 1...9, using: &generator)
          try answer.read(rest.prefix(count))
          rest = rest.dropFirst(count)
        }
        try answer.end()
        complete += 1
      } catch {}
      #expect(answer.body.count <= 64)
    }
    #expect(complete > 500)
  }
}

struct HTTPClientTests {
  private let profile = Profile.decoder

  private func url(_ server: ScriptedServer, _ path: String = "/p", timeout: Int = 60) throws -> ProfileURL {
    try #require(ProfileURL("http://127.0.0.1:\(server.port)\(path)", timeout: timeout))
  }

  private static func ok(_ body: [UInt8], _ headers: String = "") -> [ScriptedServer.Piece] {
    [.text("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\(headers)\r\n"), .bytes(body)]
  }

  @Test("a report on what a server has, redirected and compressed once more for the way")
  func report() throws {
    let bytes = try profile.encoded(compressed: false)
    let twice = try gzipped(try profile.encoded())
    let server = try ScriptedServer { request in
      if request.hasPrefix("GET /go ") {
        return [.text("HTTP/1.1 302 Found\r\nLocation: /debug/pprof/profile\r\n\r\n")]
      }
      if request.hasPrefix("GET /plain ") { return Self.ok(bytes) }
      return Self.ok(twice, "Content-Encoding: gzip\r\n")
    }
    for source in ["http://127.0.0.1:\(server.port)/go", "127.0.0.1:\(server.port)", "127.0.0.1:\(server.port)/plain"] {
      var notices: [String] = []
      let request = try PprofRequest(arguments: ["-top", source])
      let read = try request.profile { notices.append($0) }
      #expect(read.samples.count == profile.samples.count)
      #expect(notices.first?.hasPrefix("Fetching profile over HTTP from http://127.0.0.1:\(server.port)/") == true)
    }
    #expect(server.requests.allSatisfy { $0.contains("\r\nHost: 127.0.0.1:\(server.port)\r\n") })
  }

  @Test("sources and the base are asked for at once, with the seconds of the flags")
  func severalSources() throws {
    let bytes = try profile.encoded()
    let server = try ScriptedServer { _ in Self.ok(bytes) }
    let source = "127.0.0.1:\(server.port)/"
    let request = try PprofRequest(
      arguments: ["-seconds=1", "-timeout", "90", "-top", "-base=\(source)base", source + "a", source + "b"])
    var notices: [String] = []
    let read = try request.profile { notices.append($0) }
    #expect(read.samples.count > 0)
    let asked = Set(server.requests.map { $0.prefix { $0 != "\r\n" } })
    #expect(asked == ["a", "b", "base"].reduce(into: []) { $0.insert("GET /\($1)?seconds=1 HTTP/1.1") })
    #expect(notices.contains("Please wait... (1s)"))
  }

  @Test("a server's refusal is told in its words, and no more of them than a line")
  func refusals() throws {
    let server = try ScriptedServer { request in
      let reason = request.contains("/why") ? "X-Go-Pprof: 1\r\nContent-Type: text/plain; charset=utf-8\r\n" : ""
      return [.text("HTTP/1.1 404 Not Found\r\n\(reason)\r\nUnknown\u{1b}[31m profile\n")]
    }
    let client = HTTPClient()
    #expect(throws: HTTPError.refused(status: 404, reason: "Not Found", message: "")) {
      try client.body(of: url(server))
    }
    let refusal = HTTPError.refused(status: 404, reason: "Not Found", message: "Unknown [31m profile")
    #expect(throws: refusal) { try client.body(of: url(server, "/why")) }
    #expect("\(refusal)" == "server response: 404 Not Found - Unknown [31m profile")
  }

  @Test("redirects come to an end, sizes have a limit, and a server that says nothing is left")
  func bounds() throws {
    let server = try ScriptedServer { request in
      if request.contains("/around") { return [.text("HTTP/1.1 307 Again\r\nLocation: /around\r\n\r\n")] }
      if request.contains("/away") { return [.text("HTTP/1.1 301 Away\r\nLocation: file:///etc/passwd\r\n\r\n")] }
      if request.contains("/large") {
        return [.text("HTTP/1.1 200 OK\r\n\r\n"), .bytes([UInt8](repeating: 1, count: 5_000)), .silence]
      }
      return [.text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123"), .silence]
    }
    var client = HTTPClient()
    client.limit = 4_000
    #expect(throws: HTTPError.endlessRedirects) { try client.body(of: url(server, "/around")) }
    #expect(server.requests.count == HTTPClient.mostRedirects + 1)
    #expect(throws: HTTPError.badRedirect("file:///etc/passwd")) { try client.body(of: url(server, "/away")) }
    #expect(throws: HTTPError.tooLarge(4_000)) { try client.body(of: url(server, "/large")) }
    #expect(throws: HTTPError.overTime(.seconds(1))) { try client.body(of: url(server, "/slow", timeout: 1)) }
  }

  @Test("what is no profile is named with the address")
  func noProfile() throws {
    let server = try ScriptedServer { _ in Self.ok(Array("<!doctype html><p>hello".utf8)) }
    let request = try PprofRequest(arguments: ["http://127.0.0.1:\(server.port)/x"])
    let error = try #require(throws: PprofInputError.self) { try request.profile { _ in } }
    #expect(error.message.hasPrefix("http://127.0.0.1:\(server.port)/x: "))
    #expect(error.message.contains("HTML"))
  }

  @Test("nobody listens")
  func nobody() throws {
    let port = try ScriptedServer { _ in [] }.port
    let url = try #require(ProfileURL("http://127.0.0.1:\(port)/p"))
    #expect(throws: HTTPError.self) { try HTTPClient().body(of: url) }
  }

  @Test("TLS is curl's: a server that does not speak it is an error in curl's words", .enabled(if: Tool("curl") != nil))
  func noTLS() throws {
    let server = try ScriptedServer { _ in Self.ok([1]) }
    let url = try #require(ProfileURL("https+insecure://127.0.0.1:\(server.port)/p"))
    // The server waits for the end of a request that is none, so curl may as well run out of time.
    let patient = try #require(ProfileURL(url.text, timeout: 2))
    let error = try #require(throws: HTTPError.self) { try HTTPClient().body(of: patient) }
    switch error {
    case .curl(let message): #expect(message.contains("curl"))
    case .overTime(let limit): #expect(limit == .seconds(2))
    default: Issue.record("\(error)")
    }
  }

  /// The bytes in one more layer of gzip, as a server does it for the way.
  private func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: URL(fileURLWithPath: folder.file("x")))
    try #require(Tool("gzip")).run(["-k", folder.file("x")])
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("x.gz"))))
  }
}

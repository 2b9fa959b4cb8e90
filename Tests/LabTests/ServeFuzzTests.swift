import Foundation
import Platform
import Pprof
import Synchronization
import TestSupport
import Testing

/// A program that serves is asked at random, through its socket.
@Suite struct ServeFuzzTests {
  /// An answer as it came.
  private struct Answer {
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    func values(_ name: String) -> [String] { headers.filter { $0.name.lowercased() == name }.map(\.value) }
  }

  /// What all lanes have found.
  private final class Findings: Sendable {
    private let found = Mutex<(statuses: [Int: Int], complaints: [String])>(([:], []))

    var statuses: [Int: Int] { found.withLock(\.statuses) }
    var complaints: [String] { found.withLock(\.complaints) }
    func add(_ status: Int) { found.withLock { $0.statuses[status, default: 0] += 1 } }
    func add(_ complaint: String) { found.withLock { $0.complaints.append(complaint) } }
  }

  private struct Malformed: Error { var description: String }

  /// Reads answers, of which each is whole.
  private struct AnswerReader {
    var rest: ArraySlice<UInt8>

    mutating func line() throws -> String {
      guard let end = rest.firstIndex(of: 13), end + 1 < rest.endIndex, rest[end + 1] == 10 else {
        throw Malformed(description: "a line has no end")
      }
      defer { rest = rest[(end + 2)...] }
      return String(decoding: rest[..<end], as: UTF8.self)
    }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
      guard count >= 0, count <= rest.count else { throw Malformed(description: "\(count) bytes are not there") }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }

    mutating func next(isHead: Bool) throws -> Answer {
      var answer = Answer()
      let first = try line()
      guard let match = first.wholeMatch(of: #/HTTP/1\.1 ([1-5]\d\d) [A-Z][A-Za-z ]+/#) else {
        throw Malformed(description: "the answer begins with '\(first)'")
      }
      answer.status = Int(match.1) ?? 0
      while case let text = try line(), !text.isEmpty {
        guard let match = text.wholeMatch(of: #/([A-Za-z-]+): ([ -~]+)/#) else {
          throw Malformed(description: "'\(text)' is no header")
        }
        answer.headers.append((String(match.1), String(match.2)))
      }
      let lengths = answer.values("content-length"), codings = answer.values("transfer-encoding")
      // What cannot be read as a request is answered with words, whatever it began with.
      if isHead,
        rest.isEmpty || answer.values("connection") == ["keep-alive"] || ![400, 411, 413, 431].contains(answer.status)
      {
        return answer
      }
      if codings == ["chunked"], lengths.isEmpty {
        while true {
          let size = try line()
          guard let count = Int(size, radix: 16) else { throw Malformed(description: "'\(size)' is no size") }
          answer.body += try take(count)
          guard try line().isEmpty else { throw Malformed(description: "a piece is longer than it says") }
          if count == 0 { return answer }
        }
      }
      if let text = lengths.first, lengths.count == 1, codings.isEmpty, let count = Int(text) {
        answer.body = Array(try take(count))
      } else {
        guard lengths.isEmpty, codings.isEmpty, answer.values("connection") == ["close"] else {
          throw Malformed(description: "the answer does not say how long it is")
        }
        answer.body = Array(try take(rest.count))
      }
      return answer
    }
  }

  /// A request at random, which has an end whatever is in it.
  private static func request(_ generator: inout SeededGenerator, port: Int, isLast: Bool) -> (
    text: String, isHead: Bool
  ) {
    let method = generator.one(["GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "get", "G\u{e9}T", "\u{7f}"])
    var target = generator.one([
      "heap", "allocs", "block", "mutex", "goroutine", "task", "taskleak", "threadcreate", "profile", "trace", "leaks",
      "cmdline", "symbol", "delta_heap", "delta_block", "delta_mutex", "", "nothing", "../heap", "heap/", "%68eap",
      "%00",
      "%zz", "%", "\u{1f980}", String(repeating: "x", count: 3000), "a\tb",
    ])
    target =
      generator.one(["/debug/pprof/", "/debug/pprof/", "/debug/pprof/", "/debug/pprof/", "/", "//", "", "/metrics"])
      + target
    let values = [
      "", "0", "1", "1", "2", "-1", "+1", "0x1", "1e9", "1e-9", "0.1", ".", "nan", "inf", "-0", "99999999999999999999",
      "9223372036854775807", "-9223372036854775808", "\u{661}", "%31", "1%00", "%ff", "100", "250", "1001", "a",
      "1&&=&=1",
    ]
    let items = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      generator.one(["seconds", "debug", "rate", "gc", "", "se%63onds", "DEBUG", "0x10+0xffffffffffffffff+"])
        + generator.one(["=", "=", "", "=="])
        + generator.one(values)
    }
    if !items.isEmpty { target += "?" + items.joined(separator: "&") }
    let body = generator.one([
      "", "", "0x1", "0x10+0x20+zz+" + String(repeating: "9", count: 400), "\0\r\n\r\n", "seconds=1&debug=2",
    ])
    var lines = ["\(method) \(target) \(generator.one(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/3", ""]))"]
    lines.append(
      "Host: "
        + generator.one(["localhost:\(port)", "localhost:\(port)", "127.0.0.1", "[::1]:1", "evil.example", "[", ""]))
    for _ in 0..<Int.random(in: 0...2, using: &generator) {
      lines.append(
        generator.one([
          "Accept: application/json", "Origin: null", "Sec-Fetch-Site: cross-site", "Authorization: Basic \u{fffd}==",
          "X:",
          "X Y: z", ": z", "Connection: keep-alive", "Accept-Encoding: gzip", "Range: bytes=0-0",
          "Expect: 100-continue",
          "X: " + String(repeating: "y", count: 5000), "Host: localhost", "Transfer-Encoding: chunked", "\u{0}: \u{1}",
        ]))
    }
    if !body.isEmpty || method == "POST" {
      // More would be waited for; of less the rest is a request.
      let length = "\(body.utf8.count)"
      lines.append(
        "Content-Length: " + generator.one([length, length, "-1", "9999999999", "+0", "0, 0", isLast ? "0" : length]))
    }
    if isLast { lines.append("Connection: close") }
    return (lines.map { $0 + "\r\n" }.joined() + "\r\n" + body, method == "HEAD")
  }

  private static func check(_ answer: Answer, _ request: (text: String, isHead: Bool), decodes: Bool) throws {
    let said = "\(answer.status) \(answer.headers) to \(request.text.prefix(300).debugDescription)"
    #expect([200, 301, 400, 401, 403, 404, 405, 411, 413, 421, 431, 500, 503].contains(answer.status), "\(said)")
    #expect(
      answer.values("x-content-type-options") == ["nosniff"] && answer.values("content-type").count == 1, "\(said)")
    let isFile = answer.values("content-type") == ["application/octet-stream"]
    #expect(answer.values("content-disposition").count == (isFile ? 1 : 0), "\(said)")
    if answer.status >= 400 {
      #expect(!isFile && answer.values("x-go-pprof") == ["1"] && (request.isHead || answer.body.last == 10), "\(said)")
    }
    if answer.status == 500 {
      let words = String(decoding: answer.body, as: UTF8.self)
      #expect(request.isHead || words.contains("Could not enable") || words.contains("--rates"), "\(words) \(said)")
    }
    guard isFile, !request.isHead else { return }
    #expect(answer.status == 200 && !answer.body.isEmpty, "\(said)")
    guard decodes, answer.values("content-disposition") != ["attachment; filename=\"trace\""] else { return }
    try Profile(decoding: answer.body).checkValid()
  }

  @Test("Requests at random find no trap; every answer is whole and well-formed, and the program is alive afterwards")
  func fuzz() throws {
    let program = try TestedProgram(built: "ServingProgram start longest=1")
    let run = try ServeTests.asking(program, [:]) { served in
      let findings = Findings()
      DispatchQueue.concurrentPerform(iterations: 6) { lane in
        var generator = SeededGenerator(seed: UInt64(lane) + 1818)
        for round in 0..<150 {
          let count = Int.random(in: 1...4, using: &generator)
          let requests = (0..<count).map { Self.request(&generator, port: served.port, isLast: $0 == count - 1) }
          do {
            let client = try LoopbackSocket(port: served.port)
            client.send(requests.map(\.text).joined())
            guard let bytes = client.readToEnd() else { throw Malformed(description: "no end comes") }
            var reader = AnswerReader(rest: bytes[...])
            var answered = 0
            while !reader.rest.isEmpty {
              // A body that is longer than it says is a request, too.
              let request = answered < count ? requests[answered] : (text: "", isHead: false)
              let answer = try reader.next(isHead: request.isHead)
              try Self.check(answer, request, decodes: round % 3 == 0)
              findings.add(answer.status)
              answered += 1
            }
            if answered == 0 { throw Malformed(description: "nothing is answered") }
          } catch {
            findings.add("\(error): \(requests.map { String($0.text.prefix(300)) })")
          }
        }
      }
      #expect(findings.complaints == [])
      let found = findings.statuses
      #expect([200, 400, 404, 405, 421].allSatisfy { found[$0, default: 0] > 0 }, "\(found)")
      let index = try served.ask("/debug/pprof/"), heap = try served.profile("heap")
      #expect(index.status == 200 && heap.period == 524_288)
    }
    #expect(run.end == -SIGTERM, "\(run.errors)")
  }
}

extension SeededGenerator {
  fileprivate mutating func one(_ words: [String]) -> String { words.randomElement(using: &self) ?? "" }
}

import TestSupport
import Testing

@testable import ProfilingHTTP

@Suite struct RequestReaderTests {
  /// What becomes of bytes that come in pieces of the given lengths, over and over.
  private static func steps(_ text: String, pieces: [Int]) -> [String] {
    var reader = RequestReader()
    var rest = Array(text.utf8)[...]
    var steps: [String] = []
    var turn = 0
    while true {
      switch reader.next() {
      case .request(let head, let body):
        steps.append("\(head.method) \(head.target) \(head.keepsAlive) \(String(decoding: body, as: UTF8.self))")
      case .refused(let response): return steps + ["\(response.status)"]
      case .waits:
        guard !rest.isEmpty else { return steps }
        let count = pieces[turn % pieces.count]
        turn += 1
        reader.append(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
    }
  }

  @Test(arguments: [
    ("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", ["GET /a true "]),
    ("GET /a HTTP/1.0\r\n\r\n", ["GET /a false "]),
    ("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", ["GET /a true "]),
    ("GET /a HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", ["GET /a false "]),
    ("GET /a HTTP/1.1\r\nConnection: a, Close\r\n\r\n", ["GET /a false "]),
    ("\r\nGET /a HTTP/1.1\r\n\r\n", ["GET /a true "]),
    ("POST /s HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n", ["POST /s true abc", "GET /b true "]),
    ("POST /s HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", ["400"]),
    ("POST /s HTTP/1.1\r\nContent-Length: -3\r\n\r\nabc", ["400"]),
    ("POST /s HTTP/1.1\r\nContent-Length: 70000\r\n\r\n", ["413"]),
    ("POST /s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ["411"]),
    ("GET /a HTTP/1.1\r\nHost : x\r\n\r\n", ["400"]), ("GET /a HTTP/1.1\r\n folded\r\n\r\n", ["400"]),
    ("GET /a HTTP/2\r\n\r\n", ["400"]), ("GET  /a HTTP/1.1\r\n\r\n", ["400"]), ("nonsense\r\n\r\n", ["400"]),
    ("GET /a HTTP/1.1\nHost: x\n\n", []), ("GET /\u{1} HTTP/1.1\r\n\r\n", ["400"]),
  ])
  func whole(_ text: String, _ expected: [String]) {
    for pieces in [[100_000], [1], [2, 3, 7]] { #expect(Self.steps(text, pieces: pieces) == expected) }
  }

  @Test("A head without an end is refused when it is too long, and not kept")
  func tooLong() {
    let head = "GET /a HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 10_000)
    #expect(Self.steps(head, pieces: [4096]) == ["431"])
    let target = "GET /" + String(repeating: "x", count: 20_000) + " HTTP/1.1\r\n\r\n"
    #expect(Self.steps(target, pieces: [1000]) == ["431"])
    let many = "GET /a HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 200) + "\r\n"
    #expect(Self.steps(many, pieces: [1000]) == ["400"])
  }

  @Test("Whatever comes, in whatever pieces, is taken the same way and never traps")
  func fuzz() {
    var generator = SeededGenerator(seed: 18)
    let seeds = [
      "GET /debug/pprof/profile?seconds=1&debug=2 HTTP/1.1\r\nHost: localhost:1\r\nConnection: keep-alive\r\n\r\n",
      "POST /debug/pprof/symbol HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n0x10+0x20+0x",
    ]
    for round in 0..<3000 {
      var bytes = Array((seeds[round % 2] + seeds[(round / 2) % 2]).utf8)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: [13, 10].prefix(Int.random(in: 1...2, using: &generator)), at: place)
        default: bytes += bytes[place...].prefix(40)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let whole = Self.steps(text, pieces: [100_000])
      #expect(whole == Self.steps(text, pieces: [Int.random(in: 1...9, using: &generator)]))
    }
  }
}

import HTTPMessages
import TestSupport
import Testing

@testable import LocalServer

struct LoopbackAddressTests {
  @Test(arguments: [
    (":8080", "127.0.0.1", 8080), ("localhost:8080", "127.0.0.1", 8080), (":", "127.0.0.1", 0),
    ("localhost:", "127.0.0.1", 0), ("127.0.0.1:1", "127.0.0.1", 1), ("127.8.9.10:65535", "127.8.9.10", 65535),
    ("[::1]:80", "::1", 80), (":0", "127.0.0.1", 0),
  ])
  func understood(_ text: String, _ host: String, _ port: Int) throws {
    let address = try LoopbackAddress(text)
    #expect(address.host == host && address.port == port)
  }

  @Test(arguments: [
    "8080", "", "0.0.0.0:8080", "[::]:80", "example.com:80", "192.168.1.1:80", ":65536", ":-1", ":x", ":8o", "127.1:80",
    "127.0.0.256:80", "127.0.0.:80", "127.0.0.1.evil.com:80", "::1:80", "localhost.:80", ":99999999999999999999",
    "127.0.0.+1:80", ":٣",
  ])
  func refused(_ text: String) throws {
    let error = #expect(throws: ServerError.self) { try LoopbackAddress(text) }
    #expect((error?.description.count ?? 0) > 20)
  }
}

struct QueryTests {
  @Test func decoded() {
    let query = URLQuery("f=a%2Bb+c&f=second&empty=&bare&%zz=%4&u=%E2%82%AC&=x&&a=b=c")
    #expect(query["f"] == "a+b c")
    #expect(query["empty"] == "" && query["bare"] == "" && query["none"] == nil)
    #expect(query["%zz"] == "%4")
    #expect(query["u"] == "€" && query[""] == "x" && query["a"] == "b=c")
    #expect(query.items.filter { $0.name == "f" }.map(\.value) == ["a+b c", "second"])
    #expect(URLQuery("x=%ff")["x"] == "\u{FFFD}")
  }

  @Test func replaced() {
    var query = URLQuery("a=1&b=2&a=3&c=4")
    query["a"] = "5"
    #expect(query.text == "a=5&b=2&c=4")
    query["b"] = nil
    query["d"] = "x y&z"
    #expect(query.text == "a=5&c=4&d=x%20y%26z")
  }

  @Test("whatever stands in a query comes out of its text again")
  func roundTrips() {
    var random = SeededGenerator(seed: 5)
    let pool = Array("aZ09 %+&=?#/\\\"'<>\u{0}\u{7f}é€😀\n;:,~")
    for _ in 0..<500 {
      func text() -> String {
        String((0..<Int.random(in: 1...6, using: &random)).map { _ in pool.randomElement(using: &random)! })
      }
      let query = URLQuery((0..<Int.random(in: 0...4, using: &random)).map { _ in (text(), text()) })
      #expect(URLQuery(query.text) == query)
    }
  }

  @Test("a target is a path with a query, and nothing else")
  func targets() {
    #expect(Request(method: .get, target: "/a%20b+c?x=1")?.path == "/a b+c")
    #expect(Request(method: .get, target: "/a?x=1?y")?.query["x"] == "1?y")
    for other in ["http://localhost/", "*", "", "localhost:80", "?x"] {
      #expect(Request(method: .get, target: other) == nil)
    }
  }
}

struct AccessPolicyTests {
  private let policy = AccessPolicy(host: "127.0.0.1", port: 80_80, token: "0123456789abcdef")

  private func verdict(
    _ target: String = "/", method: Request.Method = .get, _ headers: [String: [String]] = [:],
    host: [String] = ["localhost:8080"], cookie: String? = "lab-8080=0123456789abcdef"
  ) -> AccessPolicy.Verdict {
    var headers = headers
    headers["Host"] = host
    if let cookie { headers["Cookie"] = [cookie] }
    return policy.verdict(on: Request(method: method, target: target)) { headers[$0] ?? [] }
  }

  private func status(_ verdict: AccessPolicy.Verdict) -> Int {
    if case .refused(let status, _) = verdict { status } else { 0 }
  }

  @Test("only the names of this machine, with the port")
  func hosts() {
    for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST:8080"] {
      #expect(verdict(host: [host]) == .allowed, "\(host)")
    }
    for host in [
      "localhost", "localhost:8081", "evil.com:8080", "evil.com", "localhost.evil.com:8080", "127.0.0.1:8080.evil.com",
      "", "localhost:8080 ", "192.168.0.1:8080", "0.0.0.0:8080", "localhost:8080@evil.com",
    ] { #expect(status(verdict(host: [host])) == 421, "\(host)") }
    #expect(status(verdict(host: [])) == 421)
    #expect(status(verdict(host: ["localhost:8080", "evil.com"])) == 421)
  }

  @Test("the token, in the cookie or in the address")
  func tokens() {
    #expect(verdict() == .allowed)
    #expect(verdict(cookie: "a=b; lab-8080=0123456789abcdef; c=d") == .allowed)
    for cookie in [
      nil, "", "lab-8080=", "lab-8080=0123456789abcdeF", "lab-8080=0123456789abcde", "lab-8080=0123456789abcdef0",
      "lab-8081=0123456789abcdef", "xlab-8080=0123456789abcdef", "lab-8080", "=0123456789abcdef",
    ] { #expect(status(verdict(cookie: cookie)) == 403, "\(cookie ?? "none")") }
    #expect(verdict("/top?token=0123456789abcdef", cookie: nil) == .allowed)
    #expect(status(verdict("/top?token=wrong")) == 403, "a wrong token is not made good by a cookie")
  }

  @Test("a browser that brings the token is sent on without it, and to no other host")
  func entering() {
    let html = ["Accept": ["text/html,*/*"]]
    #expect(verdict("/?token=0123456789abcdef", html, cookie: nil) == .enter(target: "/"))
    #expect(
      verdict("/top?f=a%20b&token=0123456789abcdef&i=c", html, cookie: nil) == .enter(target: "/top?f=a%20b&i=c"))
    #expect(verdict("//evil.com/?token=0123456789abcdef", html) == .enter(target: "/evil.com/"))
    #expect(verdict("/%0d%0aX:y?token=0123456789abcdef", html) == .enter(target: "/%0D%0AX:y"))
  }

  @Test("nothing is answered that another site asks for, in whatever way; to come from nowhere is not enough")
  func origins() {
    for method in [Request.Method.get, .head, .post] {
      #expect(verdict(method: method) == .allowed)
      #expect(verdict(method: method, ["Origin": ["http://localhost:8080"]]) == .allowed)
      #expect(status(verdict(method: method, cookie: nil)) == 403)
      #expect(status(verdict(method: method, ["Origin": ["http://localhost:8080"]], cookie: nil)) == 403)
      for origin in [
        "http://evil.com", "null", "https://localhost:8080", "http://localhost:8081", "", "http://192.0.2.1:8080",
        "http://[2001:db8::1]:8080", "http://0.0.0.0:8080", "http://localhost:8080.evil.com", "localhost:8080",
        "http://localhost:8080, http://evil.com",
      ] { #expect(status(verdict(method: method, ["Origin": [origin]])) == 403, "\(origin)") }
      #expect(status(verdict(method: method, ["Origin": ["http://localhost:8080", "http://evil.com"]])) == 403)
    }
  }

  @Test("a token is made anew each time")
  func newTokens() {
    let tokens = (0..<100).map { _ in SecretToken().text }
    #expect(Set(tokens).count == 100)
    #expect(tokens.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
  }
}

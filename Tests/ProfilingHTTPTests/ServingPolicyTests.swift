import HTTPMessages
import Testing

@testable import ProfilingHTTP

@Suite struct ServingPolicyTests {
  private static func status(
    _ headers: [(String, String)], on host: String = "127.0.0.1", allowed: [String] = [], token: String? = nil,
    local: String = "127.0.0.1", isOld: Bool = false
  ) throws -> Int? {
    let policy = ServingPolicy(
      address: try ListenAddress(host: host, port: 6060), allowed: allowed, token: token.map { SecretToken($0) })
    let head = RequestHead(
      method: "GET", target: "/", isOld: isOld, headers: headers.map { Header($0.0.lowercased(), $0.1) })
    return policy.refusal(of: head, local: local)?.status
  }

  @Test(arguments: [
    "localhost", "localhost:6060", "LOCALHOST:1", "127.0.0.1:6060", "127.0.0.1", "[::1]:6060", "127.1.2.3:80",
  ])
  func ownNames(_ host: String) throws { #expect(try Self.status([("Host", host)]) == nil) }

  @Test(arguments: [
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:6060", "10.0.0.1", "", "[::2]:6060",
    "127.evil.example:80",
  ])
  func otherNames(_ host: String) throws { #expect(try Self.status([("Host", host)]) == 421) }

  @Test func oneHost() throws {
    #expect(try Self.status([]) == 400)
    #expect(try Self.status([], isOld: true) == nil)
    #expect(try Self.status([("Host", "localhost"), ("Host", "localhost")]) == 400)
  }

  @Test("Names that were allowed, and addresses that a client has connected to")
  func allowed() throws {
    #expect(try Self.status([("Host", "profiled:6060")], allowed: ["Profiled"]) == nil)
    #expect(try Self.status([("Host", "10.0.0.7:6060")], on: "0.0.0.0", local: "10.0.0.7") == nil)
    #expect(try Self.status([("Host", "10.0.0.8:6060")], on: "0.0.0.0", local: "10.0.0.7") == 421)
  }

  @Test("A page of another site cannot ask")
  func otherSites() throws {
    let host = ("Host", "localhost:6060")
    #expect(try Self.status([host, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")]) == 403)
    #expect(try Self.status([host, ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "cors")]) == 403)
    #expect(try Self.status([host, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")]) == nil)
    #expect(try Self.status([host, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors")]) == nil)
    #expect(try Self.status([host, ("Origin", "https://evil.example")]) == 403)
    #expect(try Self.status([host, ("Origin", "null")]) == 403)
    #expect(try Self.status([host, ("Origin", "http://localhost:6060")]) == nil)
  }

  @Test func token() throws {
    let host = ("Host", "localhost:6060")
    func status(_ value: String) throws -> Int? {
      try Self.status([host, ("Authorization", value)], token: "s3cret")
    }
    #expect(try Self.status([host], token: "s3cret") == 401)
    #expect(try status("Bearer s3cret") == nil)
    #expect(try status("bearer s3cret") == nil)
    #expect(try status("Bearer s3cret ") == 401)
    #expect(try status("Bearer s3cre") == 401)
    // "lab:s3cret" and ":s3cret"
    #expect(try status("Basic bGFiOnMzY3JldA==") == nil)
    #expect(try status("Basic OnMzY3JldA==") == nil)
    #expect(try status("Basic bGFiOnMzY3JlZA==") == 401)
    #expect(try status("Basic s3cret") == 401)
    #expect(try status("Digest s3cret") == 401)
  }

  @Test(arguments: [
    ("127.0.0.1:6060", "127.0.0.1", 6060), (":80", "127.0.0.1", 80), ("localhost:0", "127.0.0.1", 0),
    ("[::1]:6060", "::1", 6060), ("0.0.0.0:6060", "0.0.0.0", 6060), ("[::]:1", "::", 1),
  ])
  func addresses(_ text: String, _ host: String, _ port: Int) throws {
    let address = try ListenAddress(text)
    #expect(address.host == host && address.port == port)
    #expect(address.isLoopback == (host == "127.0.0.1" || host == "::1"))
  }

  @Test(arguments: [
    "", "6060", "localhost", "::1:6060", "example.com:80", "127.0.0.1:", "127.0.0.1:65536", ":-1", ":x",
  ])
  func noAddresses(_ text: String) { #expect(throws: DebugServerError.self) { try ListenAddress(text) } }
}

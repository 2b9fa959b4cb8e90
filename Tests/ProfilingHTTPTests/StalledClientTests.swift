import HTTPMessages
import Platform
import Synchronization
import TestSupport
import Testing

@testable import ProfilingHTTP

/// Clients that ask for something long and take nothing of it. Answers are long and the system's buffers small, so that they
/// cannot be anything but stalled.
@Suite(.serialized) struct StalledClientTests {
  private static let size = 4 << 20

  /// Answers `/bytes` and `/pieces` at length, and counts how many pieces of which answer were made.
  private final class Running: Sendable {
    let server: DebugServer
    let made: Made

    init(_ change: (inout DebugServerLimits) -> Void) throws {
      var options = DebugServer.Options()
      options.limits.sendBuffer = 16 << 10
      change(&options.limits)
      let made = Made()
      self.made = made
      server = try DebugServer(ListenAddress(host: "127.0.0.1", port: 0), options, hasArmed: false) { request, _ in
        switch request.path {
        case "/bytes": .at(once: .file([UInt8](repeating: 7, count: StalledClientTests.size), name: "bytes"))
        case "/pieces": .at(once: ProfilingResponse(type: "text/plain", body: .pieces(made.pieces())))
        default: .at(once: .text("short"))
        }
      }
    }

    deinit { server.stop() }

    func stall(_ target: String) throws -> LoopbackSocket {
      let client = try LoopbackSocket(port: server.port, room: 4096)
      client.send("GET \(target) HTTP/1.1\r\nHost: localhost:\(server.port)\r\n\r\n")
      // Its answer has begun.
      let head = try #require(client.read(upTo: "\r\n\r\n"))
      #expect(head.starts(with: Array("HTTP/1.1 200 ".utf8)))
      return client
    }

    /// The status, and how much came in all.
    func ask(_ target: String) throws -> (status: String, count: Int) {
      let client = try LoopbackSocket(port: server.port)
      client.send("GET \(target) HTTP/1.1\r\nHost: localhost:\(server.port)\r\nConnection: close\r\n\r\n")
      let bytes = try #require(client.readToEnd())
      return (String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self), bytes.count)
    }

    /// Whether it is answered whole in the end: there is no room for it while others stall.
    func isAnsweredInTheEnd(_ target: String) throws -> Bool {
      let deadline = ContinuousClock.now + .seconds(60)
      while ContinuousClock.now < deadline {
        let (status, count) = try ask(target)
        if status == "200", count > StalledClientTests.size { return true }
      }
      return false
    }
  }

  /// The pieces that were made, by answer.
  private final class Made: Sendable {
    let counts = Mutex<[Int]>([])

    func pieces() -> Pieces {
      counts.withLock { counts in
        counts.append(0)
        return Pieces(made: self, answer: counts.count - 1)
      }
    }
  }

  /// Each is made when it is asked for.
  private struct Pieces: Sequence, Sendable {
    let made: Made
    let answer: Int

    func makeIterator() -> AnyIterator<[UInt8]> {
      var rest = 64
      return AnyIterator {
        guard rest > 0 else { return nil }
        rest -= 1
        made.counts.withLock { $0[answer] += 1 }
        return [UInt8](repeating: 7, count: size / 64)
      }
    }
  }

  @Test("While a client takes nothing, what is kept for others is bounded, and they are answered")
  func isBounded() throws {
    let running = try Running {
      $0.patience = .seconds(3600)
      $0.pendingBytes = 1 << 20
      $0.dumps = 1
    }
    let stalled = [try running.stall("/bytes"), try running.stall("/pieces")]
    for target in ["/bytes", "/pieces"] { #expect(try running.ask(target).status == "503", "\(target)") }
    #expect(try running.ask("/").status == "200")
    // Of pieces only those are made that are taken, but for what the system keeps.
    #expect(running.made.counts.withLock { $0[0] } < 8)
    withExtendedLifetime(stalled) {}
  }

  @Test("A client that takes nothing of a long answer is dropped after a time", arguments: ["/bytes", "/pieces"])
  func isDropped(_ target: String) throws {
    let running = try Running {
      $0.patience = .milliseconds(200)
      $0.pendingBytes = 1 << 20
      $0.dumps = 1
    }
    let stalled = try running.stall(target)
    #expect(try running.isAnsweredInTheEnd(target))
    // What the system had taken, and then the end.
    #expect(try #require(stalled.readToEnd()).count < Self.size / 8)
    if target == "/pieces" { #expect(running.made.counts.withLock { $0[0] } < 8) }
  }
}

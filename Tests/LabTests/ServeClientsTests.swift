import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// A program that serves has clients that take nothing, go away or ask nonsense, and is as it was afterwards.
@Suite(.serialized) struct ServeClientsTests {
  private typealias Served = ServeTests.Served

  private static let patience = Duration.seconds(40)

  /// Whether something becomes true, asked again and again.
  private static func becomes(_ isTrue: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
      if try isTrue() { return true }
      usleep(5_000)
    }
    return try isTrue()
  }

  /// What a process has: threads, descriptors of its own, and those of the thread that has most, the server's.
  private struct Inventory: Equatable {
    var threads = 0, descriptors = 0, served = 0

    init(of id: pid_t) throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")
      threads = names.count
      descriptors = Self.count("/proc/\(id)/fd")
      served = names.map { Self.count("/proc/\(id)/task/\($0)/fd") }.max() ?? 0
    }

    /// How many there are; none of a thread that has ended meanwhile.
    private static func count(_ folder: String) -> Int {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).count
    }
  }

  /// Of the memory in use, in bytes.
  private static func residentBytes(_ id: pid_t) throws -> Int {
    let words = try String(contentsOfFile: "/proc/\(id)/statm", encoding: .utf8).split(separator: " ")
    return (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  private static func request(_ target: String, _ served: Served) -> String {
    "GET /debug/pprof/\(target) HTTP/1.1\r\nHost: localhost:\(served.port)\r\n\r\n"
  }

  @Test("Of dumps only so many are sent at once, for each keeps all tasks; one that is given up makes room")
  func dumps() throws {
    let program = try TestedProgram(built: "ServingProgram start tasks=80000 dumps=1")
    try ServeTests.asking(program, [:]) { served in
      var client: LoopbackSocket? = try LoopbackSocket(port: served.port, room: 4096)
      client?.send(Self.request("task?debug=2", served))
      #expect(client?.read(upTo: "\r\n\r\n") != nil)
      let refused = try served.ask("/debug/pprof/task?debug=2")
      #expect(refused.status == 503 && refused.body.elementsEqual("Too much is being sent to others.\n".utf8))
      #expect(try served.ask("/debug/pprof/heap").status == 200)
      client = nil
      let hasRoom = try Self.becomes { try served.ask("/debug/pprof/task?debug=2").status == 200 }
      #expect(hasRoom)
    }
  }

  private static let targets = [
    "heap", "allocs", "task?debug=2", "goroutine", "profile?seconds=1", "allocs?seconds=1", "", "trace?seconds=0.1",
    "threadcreate", "mutex?seconds=60",
  ]

  private static func giveUp(_ count: Int, _ served: Served) throws {
    for number in 0..<count {
      let client = try LoopbackSocket(port: served.port, room: 2048)
      client.send(request(targets[number % targets.count], served))
      // Some have begun to come.
      if number % 4 == 0 { _ = client.read(upTo: "H") }
    }
  }

  @Test("Downloads that are given up, in numbers, leave no descriptor, no thread and no memory")
  func aborted() throws {
    let program = try TestedProgram(built: "ServingProgram start")
    try ServeTests.asking(program, [:]) { served in
      // What is made once stays.
      for target in Self.targets.dropLast() { _ = try served.ask("/debug/pprof/\(target)") }
      try Self.giveUp(Self.targets.count, served)
      // Captures that were given up have ended when another rate may be asked for.
      let isOver = try Self.becomes { try served.ask("/debug/pprof/profile?seconds=1&rate=250").status == 200 }
      #expect(isOver)
      let before = try Inventory(of: served.id), memory = try Self.residentBytes(served.id)
      try Self.giveUp(200, served)
      let isAsBefore = try Self.becomes { try Inventory(of: served.id) == before }
      #expect(isAsBefore)
      #expect(try served.profile("heap").period == 524_288)
      #expect(try Self.residentBytes(served.id) < memory + 64 << 20)
    }
  }
}

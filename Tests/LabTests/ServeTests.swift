import Foundation
import Platform
import Pprof
import Synchronization
import TestSupport
import Testing

/// Programs that were not built for it serve their profiles under `lab record --http`, and are as they would be without.
@Suite(.serialized) struct ServeTests {
  /// A program that runs, its port, and what asks it.
  final class Served: Sendable {
    let id: pid_t
    let port: Int
    init(id: pid_t, port: Int) { (self.id, self.port) = (id, port) }

    func ask(_ target: String, _ headers: [String] = []) throws -> (status: Int, head: String, body: [UInt8]) {
      let client = try LoopbackSocket(port: port)
      let lines = ["GET \(target) HTTP/1.1", "Host: localhost:\(port)", "Connection: close"] + headers
      client.send(lines.map { $0 + "\r\n" }.joined() + "\r\n")
      let bytes = client.readToEnd() ?? []
      let end = bytes.indices.dropLast(3).first { bytes[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) } ?? bytes.count
      let head = String(decoding: bytes.prefix(end), as: UTF8.self)
      return (Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0, head, Array(bytes.dropFirst(end + 4)))
    }

    func profile(_ target: String) throws -> Profile {
      let answer = try ask("/debug/pprof/\(target)")
      try #require(answer.status == 200, "\(target): \(String(decoding: answer.body, as: UTF8.self))")
      let profile = try Profile(decoding: answer.body)
      try profile.checkValid()
      return profile
    }
  }

  /// Runs a program under `lab record --http` until `body` has asked it, and ends it by SIGTERM.
  @discardableResult
  static func serving(
    _ program: TestedProgram, _ options: [String] = [], _ body: (Served) throws -> Void
  ) throws -> TestedProgram.Run {
    try asking(program, by: [LabCommand.path, "record", "--http", "127.0.0.1:0"] + options + ["--"], [:], body)
  }

  /// The same of a program that serves by itself.
  @discardableResult
  static func asking(
    _ program: TestedProgram, by other: [String] = [], _ environment: [String: String], _ body: (Served) throws -> Void
  ) throws -> TestedProgram.Run {
    try program.run(by: other, environment: environment) { id in
      try program.wait(for: "lab: profiles are served at http://127.0.0.1:")
      let said = try ["errors", "output"].map { try String(contentsOfFile: program.folder.file($0), encoding: .utf8) }
      let digits = try #require(said.joined().firstMatch(of: #/served at http://127\.0\.0\.1:(\d+)//#)).1
      let served = Served(id: id, port: try #require(Int(digits)))
      defer { kill(id, SIGTERM) }
      try program.wait(for: "begun")
      try body(served)
    }
  }

  /// A program that computes, allocates, waits for a lock and makes tasks.
  static func busy(flags: [String] = []) throws -> TestedProgram {
    try TestedProgram(
      swift: """
        import Foundation

        final class Page { let text: [UInt8]; init(_ n: Int) { text = [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: 100_000) } }
        nonisolated(unsafe) var pages: [Page] = []
        let lock = NSLock()

        @inline(never) func compute(_ n: Int) -> Int {
          var sum = n
          for number in 0..<2_000_000 { sum = (sum &* 31 &+ number) ^ (sum >> 7) }
          return sum
        }
        @inline(never) func keep(_ n: Int) { lock.withLock { if pages.count > 200 { pages.removeFirst(100) }; pages.append(Page(n)) } }
        @inline(never) func holdLock() { lock.withLock { usleep(2_000) } }
        @inline(never) @Sendable func sleepLong() async { try? await Task.sleep(for: .seconds(3600)) }

        for _ in 0..<7 { Task { await sleepLong() } }
        Thread.detachNewThread { while true { holdLock(); usleep(200) } }
        print("begun")
        fflush(stdout)
        var n = 0
        while true { n = compute(n); keep(n) }
        """, flags: flags)
  }

  static func functions(_ profile: Profile) -> Set<String> {
    Set(
      profile.samples.flatMap {
        $0.locations.flatMap { profile.locations[$0].lines.map { profile.functions[$0.function].name } }
      })
  }

  @Test("Every endpoint shows what the program does")
  func endpoints() throws {
    try Self.serving(Self.busy(), ["--rates", "block=1,mutex=1"]) { served in
      let cpu = try served.profile("profile?seconds=1")
      #expect(Self.functions(cpu).contains("compute(_:)"))
      #expect(cpu.sampleTypes.map { "\($0.type)/\($0.unit)" } == ["samples/count", "cpu/nanoseconds"])
      #expect(Self.functions(try served.profile("heap")).contains("keep(_:)"))
      let allocs = try served.profile("allocs")
      #expect(allocs.defaultSampleType == "alloc_space" && allocs.period == 524_288)
      let tasks = try served.profile("goroutine")
      #expect(tasks.sampleTypes.first == ValueType(type: "goroutine", unit: "count"))
      #expect(tasks.samples.reduce(0) { $0 + $1.values[0] } == 7)
      #expect(try served.profile("task").sampleTypes.first?.type == "task")
      #expect(try !served.profile("threadcreate").samples.isEmpty)
      #expect(Self.functions(try served.profile("block")).contains("holdLock()"))
      #expect(Self.functions(try served.profile("mutex?seconds=1")).contains("holdLock()"))
      let change = try served.profile("allocs?seconds=1")
      #expect(change.durationNanoseconds >= 1_000_000_000 && change.samples.allSatisfy { $0.values[0] >= 0 })
      for (target, name) in [("heap", "heap"), ("heap?seconds=1", "heap-delta"), ("profile?seconds=1", "profile")] {
        let head = try served.ask("/debug/pprof/\(target)").head
        #expect(head.contains("\r\nContent-Disposition: attachment; filename=\"\(name)\"\r\n"))
        #expect(head.contains("\r\nContent-Type: application/octet-stream\r\n") && head.contains("nosniff"))
      }
      let dump = String(decoding: try served.ask("/debug/pprof/goroutine?debug=2").body, as: UTF8.self)
      #expect(dump.contains("sleepLong()") && dump.contains("waiting on sleep"))
      let trace = try served.ask("/debug/pprof/trace?seconds=0.2")
      #expect(trace.status == 200 && !trace.body.isEmpty)
      let leaks = try served.ask("/debug/pprof/leaks")
      #expect(leaks.status == 500 && String(decoding: leaks.body, as: UTF8.self).contains("--rates leaks"))
      let metrics = String(decoding: try served.ask("/metrics").body, as: UTF8.self)
      #expect(metrics.contains("\nswift_tasks{state=\"waiting\"} 7\n") && metrics.contains("\nswift_heap_live_bytes "))
      #expect(metrics.contains("\nswift_lock_wait_seconds_total "))
    }
  }

  @Test("go tool pprof reads every endpoint", .enabled(if: Tool("go") != nil, "Go is not installed"))
  func goTool() throws {
    let go = try #require(Tool("go"))
    try Self.serving(Self.busy(), ["--rates", "block=1,mutex=1"]) { served in
      for (target, type, function) in [
        ("profile?seconds=1", "cpu", "compute"), ("heap", "inuse_space", "keep"), ("allocs", "alloc_space", "keep"),
        ("goroutine", "goroutine", "main"), ("task", "task", "main"), ("block", "delay", "holdLock"),
        ("mutex", "delay", "holdLock"), ("threadcreate", "threadcreate", "main"),
        ("allocs?seconds=1", "alloc_space", "keep"),
        ("delta_heap", "inuse_space", "keep"), ("delta_mutex", "delay", "holdLock"),
        ("heap?debug=1", "space", "keep"),
        ("block?debug=1", "delay", "holdLock"),
      ] {
        let report = try go.run(["tool", "pprof", "-top", "http://127.0.0.1:\(served.port)/debug/pprof/\(target)"])
        #expect(report.contains("\(type)\n") && report.contains(function), "\(target): \(report.prefix(600))")
      }
    }
  }

  /// Rules of Alloy's and Parca's scrapers: 200, a body, its type; ids from 1 on, no address of zero, no empty key; and the
  /// same synthetic frame at the same address.
  private static func check(_ answer: (status: Int, head: String, body: [UInt8]), _ target: String) throws -> Profile? {
    #expect(answer.status == 200, "\(target): \(String(decoding: answer.body.prefix(200), as: UTF8.self))")
    #expect(answer.head.contains("\r\nContent-Type: application/octet-stream") && !answer.body.isEmpty)
    guard answer.status == 200 else { return nil }
    let profile = try Profile(decoding: answer.body)
    try profile.checkValid()
    #expect(profile.locations.enumerated().allSatisfy { $1.id == UInt64($0 + 1) && $1.address != 0 }, "\(target)")
    #expect(profile.functions.enumerated().allSatisfy { $1.id == UInt64($0 + 1) }, "\(target)")
    #expect(profile.mappings.enumerated().allSatisfy { $1.id == UInt64($0 + 1) }, "\(target)")
    #expect(profile.samples.allSatisfy { $0.labels.keys.allSatisfy { !$0.isEmpty } }, "\(target)")
    return profile
  }

  @Test(
    "A thousand scrapes, one after the other and two at once, while the CPU is profiled: each by the scrapers' rules")
  func scraped() throws {
    try Self.serving(Self.busy(), ["--rates", "block=1000,mutex=1"]) { served in
      let targets = ["allocs", "block", "goroutine", "mutex", "heap", "threadcreate", "delta_mutex", "delta_block"]
      let failed = Mutex<[String]>([])
      let group = DispatchGroup()
      // Two scrapers' captures of CPU time, which overlap: the first of their parameters counts.
      for _ in 0..<2 {
        Thread.detachNewThread(in: group) {
          for _ in 0..<5 {
            let answer = try? served.ask("/debug/pprof/profile?seconds=1&seconds=9")
            if answer?.status != 200 { failed.withLock { $0.append("profile: \(answer?.status ?? 0)") } }
          }
        }
      }
      var addresses: [String: Set<UInt64>] = [:]
      for number in 0..<1000 {
        let target = targets[number % targets.count]
        let answer = try served.ask("/debug/pprof/\(target)")
        // Decoding all of them would take longest.
        guard answer.status != 200 || answer.body.isEmpty || number % 20 < targets.count else { continue }
        guard let profile = try Self.check(answer, target) else { continue }
        for location in profile.locations where location.mapping == nil && location.lines.count == 1 {
          addresses[profile.functions[location.lines[0].function].name, default: []].insert(location.address)
        }
      }
      group.wait()
      #expect(failed.withLock { $0 } == [])
      for (name, found) in addresses where name.hasPrefix("[") && !name.contains(".so") {
        #expect(found.count == 1, "\(name) has several addresses")
      }
    }
  }

  @Test("A capture of the CPU time at another rate than the one under way is refused, in Go's words")
  func conflictingRates() throws {
    try Self.serving(Self.busy()) { served in
      let first = Thread.result { try? served.ask("/debug/pprof/profile?seconds=3&rate=100") }
      var refusal = try served.ask("/debug/pprof/profile?seconds=1&rate=1001")
      #expect(refusal.status == 400)
      // Until the first one has begun there is no conflict: 1 s each.
      let deadline = ContinuousClock.now + .seconds(20)
      var isRefused = false
      while !isRefused, ContinuousClock.now < deadline {
        let other = try served.ask("/debug/pprof/profile?seconds=1&rate=250")
        isRefused = other.status == 500
        refusal = other
        if first.isOver { break }
      }
      // Whichever of the two came first, the other one was refused.
      let answers = [first.wait()?.status ?? 0, refusal.status].sorted()
      #expect(answers == [200, 500])
    }
  }

  @Test("A program of C, with the child of a fork that does not serve and has none of our descriptors")
  func forked() throws {
    try Self.serving(try TestedProgram("forking_server")) { served in
      #expect(try served.ask("/debug/pprof/heap").status == 200)
      #expect(try served.profile("profile?seconds=1").sampleTypes.count == 2)
      // Its child has the same descriptors as without the profiler: the standard ones, and is not asked when the parent is.
      let children = try String(
        contentsOfFile: "/proc/\(served.id)/task/\(served.id)/children", encoding: .utf8
      ).split(separator: " ").compactMap { pid_t($0) }
      let child = try #require(children.first)
      for id in [served.id, child] {
        let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").compactMap {
          try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\($0)")
        }
        #expect(!links.contains { $0.hasPrefix("socket:") }, "\(links)")
      }
    }
  }

  @Test(
    "A program ends as it would without, and says no more",
    arguments: [
      "main_ends returns", "main_ends is-ended", "ends bare", "leaves _exit", "leaves abort", "leaves segv",
      "leaves daemon",
    ])
  func ends(_ command: String) throws {
    let program = try TestedProgram(command)
    let bare = try program.run()
    let run = try program.run(by: [LabCommand.path, "record", "--http", "127.0.0.1:0", "--"])
    #expect(run.end == bare.end && run.output == bare.output)
    let errors = run.errors.split(separator: "\n").filter { !$0.hasPrefix("lab: profiles are served at ") }
    #expect(errors.joined(separator: "\n") == bare.errors.trimmingCharacters(in: .newlines))
  }

  @Test(
    "A program that links it serves by a line of code, or on the word of the environment", arguments: [true, false])
  func linked(byCode: Bool) throws {
    let program = try TestedProgram(built: byCode ? "ServingProgram start" : "ServingProgram")
    try Self.asking(program, byCode ? [:] : ["LAB_HTTP": "127.0.0.1:0"]) { served in
      let cpu = try served.profile("profile?seconds=1")
      #expect(Self.functions(cpu).contains { $0.hasSuffix("compute(_:)") })
      #expect(try served.profile("heap").period == 524_288)
      #expect(try served.profile("threadcreate").sampleTypes.first?.type == "threadcreate")
    }
  }

  @Test("It answers when every thread of the program's pool is blocked")
  func blockedPool() throws {
    let program = try TestedProgram(
      swift: """
        import Foundation
        let gate = DispatchSemaphore(value: 0)
        @inline(never) func waitForEver() { gate.wait() }
        for _ in 0..<64 { Task { waitForEver() } }
        var seen = false
        Task { seen = true }
        // The pool has no thread left when what was enqueued last has not run for a while.
        repeat { usleep(300_000) } while seen
        print("begun")
        fflush(stdout)
        while true { sleep(100) }
        """)
    try Self.serving(program) { served in
      let dump = String(decoding: try served.ask("/debug/pprof/task?debug=2").body, as: UTF8.self)
      #expect(dump.contains("waitForEver()"))
      #expect(try served.profile("profile?seconds=1").sampleTypes.count == 2)
    }
  }

  @Test("A program with Swift's library in its own file serves what can be seen of it")
  func staticSwift() throws {
    try Self.serving(Self.busy(flags: ["-static-stdlib"])) { served in
      let cpu = try served.profile("profile?seconds=1")
      #expect(Self.functions(cpu).contains("compute(_:)"))
      #expect(Self.functions(try served.profile("heap")).contains("keep(_:)"))
      #expect(try served.profile("goroutine").sampleTypes.first?.type == "goroutine")
    }
  }

  @Test("The environment and the output of the program are as without; a port in use is said, and nothing else happens")
  func unharmed() throws {
    let program = try TestedProgram(
      swift:
        "import Foundation\nprint(ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix(\"LAB_\") || $0 == \"LD_PRELOAD\" }, CommandLine.arguments.dropFirst())"
    )
    let record = [LabCommand.path, "record", "--http"]
    let bare = try program.run(arguments: ["a"])
    let listener = try LoopbackSocket.listening()
    let run = try program.run(
      arguments: ["a"], by: record + ["127.0.0.1:\(listener.port)", "--rates", "leaks", "--"],
      environment: ["LAB_HTTP_TOKEN": "x"])
    #expect(run.output == bare.output && run.end == bare.end)
    #expect(run.errors == "LAB_HTTP: port \(listener.port) is in use by another program; nothing is served\n")
    for (options, words) in [
      (["127.0.0.1:0", "--rates", "cpu=1"], "has no rate here"),
      (["127.0.0.1:0", "--rates", "heap=0"], "is no rate of heap"),
      (["127.0.0.1:0", "--hide", "x"], "cannot be hidden"),
    ] {
      let refused = try program.run(by: record + options + ["--"])
      #expect(refused.end == 2 && refused.errors.contains(words), "\(refused.errors)")
    }
  }
}

extension Thread {
  /// Runs `body` on a new thread, which the group waits for.
  fileprivate static func detachNewThread(in group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
    group.enter()
    detachNewThread {
      body()
      group.leave()
    }
  }

  /// What a thread comes to.
  fileprivate final class Outcome<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let group = DispatchGroup()

    init(_ body: @escaping @Sendable () -> Value) {
      Thread.detachNewThread(in: group) {
        let made = body()
        self.value.withLock { $0 = made }
      }
    }

    var isOver: Bool { value.withLock { $0 != nil } }

    func wait() -> Value {
      group.wait()
      guard let made = value.withLock({ $0 }) else { preconditionFailure("the thread has ended") }
      return made
    }
  }

  fileprivate static func result<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Outcome<Value> {
    Outcome(body)
  }
}

import Foundation
import Platform
import TestSupport
import Testing
import Waiting

/// Who waits for whom in programs that stand still in ways of which the truth is known, and in one that never does.
@Suite(.serialized, .enabled(if: FileManager.default.fileExists(atPath: TestedProgram.preloaded)))
struct WaitForTests {
  enum Build: String, CaseIterable { case debug, release }

  private static let programs = Build.allCases.map { build in
    Result {
      try TestedProgram(
        swift: String(contentsOfFile: TestedProgram.swiftSource(of: "Deadlocks"), encoding: .utf8),
        flags: ["-swift-version", "5"] + (build == .debug ? ["-Onone"] : []))
    }
  }

  private func program(_ build: Build) throws -> TestedProgram {
    try Self.programs[build == .debug ? 0 : 1].get()
  }

  /// The graph of a scenario that has come to rest, when a signal ends it.
  private func graph(
    _ scenario: String, _ build: Build, kind: String = "waitfor", options: [String] = [], by other: [String] = []
  ) throws -> WaitGraph {
    let program = try program(build), file = program.folder.file("\(scenario)-\(kind).json")
    let run = try program.run(
      recording: kind, to: file, options: options, arguments: [scenario], by: other,
      meanwhile: { id in
        try program.wait(for: "ready")
        kill(id, SIGTERM)
      })
    #expect(run.end == -SIGTERM && run.errorsOfProgram == "", "\(scenario): \(run.end), \(run.errorsOfProgram)")
    return try WaitGraph(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: file))))
  }

  /// What to call a node here: what stands in quotes, or what it is without numbers and addresses. Threads of libdispatch
  /// are `worker`. A lock of Foundation's is called one of the C library's where the optimizer has left nothing of it.
  private func name(_ node: WaitNode) -> String {
    if node.kind == .thread, node.name.hasSuffix("(main)") { return "main" }
    if node.isWaiter {
      let quoted = node.name.split(separator: "\"").dropFirst().first.map(String.init) ?? node.kind.rawValue
      return quoted.contains("qos") ? "worker" : quoted
    }
    let name = node.name.replacing(#/^(the )?(NSLock|mutex)\b/#, with: "lock")
      .replacing(#/^(the )?(NSRecursiveLock|recursive mutex)\b/#, with: "recursive lock")
      .replacing("NSCondition", with: "condition")
    return name.replacing(#/ at 0x[0-9a-f]+| of task [0-9]+( "waiting")?| [A-Z]$|^the /#, with: "")
  }

  /// Every wait as `who > what > holder`; `who > whom` if it waits for that itself; without a holder if there is none that
  /// is known.
  private func waits(_ graph: WaitGraph, along ring: [Int]? = nil) -> Set<String> {
    var told: Set<String> = []
    for edge in graph.edges where graph.nodes[edge.from].isWaiter && ring?.contains(edge.from) ?? true {
      let (who, what) = (name(graph.nodes[edge.from]), name(graph.nodes[edge.to]))
      let holders = graph.edges.filter { $0.from == edge.to && !graph.nodes[edge.to].isWaiter && !$0.isPossible }
      if holders.isEmpty { told.insert("\(who) > \(what)") }
      for holder in holders { told.insert("\(who) > \(what) > \(name(graph.nodes[holder.to]))") }
    }
    return told
  }

  private static let deadlocks: [(scenario: String, ring: Set<String>)] = [
    ("mixed-threads", ["debit > lock ledger > credit", "credit > Mutex first > debit"]),
    ("mixed-tasks", ["debit > lock ledger > credit", "credit > Mutex first > debit"]),
    ("accounts", ["by balance > lock > by history", "by history > Mutex Account.balance > by balance"]),
    ("three", ["one > Mutex second > two", "two > lock ledger > three", "three > Mutex first > one"]),
    ("nslock", ["left > lock > right", "right > lock > left"]),
    ("nslock-tasks", ["left > lock > right", "right > lock > left"]),
    ("recursive", ["left > recursive lock > right", "right > recursive lock > left"]),
    ("same", ["twice > lock > twice"]),
    ("queue", ["poster > queue \"bank.ledger\" > worker", "worker > Mutex first > poster"]),
    ("target", ["poster > queue \"bank.target\" > worker", "worker > Mutex first > poster"]),
    ("main-queue", ["asker > queue \"com.apple.main-thread\" > main", "main > Mutex first > asker"]),
    ("joins", ["first joiner > second joiner", "second joiner > first joiner"]),
    ("initialisers", ["left > initialiser of Right.value > right", "right > initialiser of Left.value > left"]),
    ("awaiting", ["parent > child", "child > parent"]),
    ("group", ["parent > group > wants", "wants > parent"]),
    ("resumed-under-lock", ["canceller > Mutex > resumer", "resumer > status record lock > canceller"]),
  ]

  @Test("A deadlock is found, and its ring is told", arguments: deadlocks, Build.allCases)
  func findsDeadlocks(planted: (scenario: String, ring: Set<String>), build: Build) throws {
    var graph = try graph(planted.scenario, build)
    // Who is refused again and again runs in between, and one look may come then.
    for _ in 0..<3 where planted.scenario == "initialisers" && graph.deadlocks.isEmpty {
      graph = try self.graph(planted.scenario, build)
    }
    let deadlocks = graph.deadlocks
    #expect(deadlocks.count == 1 && deadlocks.allSatisfy(\.isProven), "\(graph)")
    guard let deadlock = deadlocks.first else { return }
    #expect(waits(graph, along: deadlock.ring) == planted.ring, "\(graph)")
    #expect(graph.sentence(deadlock).hasPrefix("Deadlock: "))
  }

  /// Runs what follows where the symbols of the system's libraries are not at hand.
  private static let withoutSymbols = [
    "/usr/bin/env", "unshare", "-m", "sh", "-c", "mount -t tmpfs none /usr/lib/debug && exec \"$@\"", "sh",
  ]
  private static let mayHideSymbols: Bool = {
    guard let unshare = Tool("unshare"), FileManager.default.fileExists(atPath: "/usr/lib/debug") else { return false }
    return (try? unshare.run(["-m", "sh", "-c", "mount -t tmpfs none /usr/lib/debug"])) != nil
  }()

  @Test(
    "So is it where the C library's own functions have no names",
    .enabled(if: Self.mayHideSymbols, "needs the right to mount, and symbols to hide"),
    // Who runs an initialiser the kernel says, and Swift's own names are always there.
    arguments: deadlocks.filter { $0.scenario != "initialisers" })
  func findsDeadlocksWithoutSymbols(planted: (scenario: String, ring: Set<String>)) throws {
    let graph = try graph(planted.scenario, .release, by: Self.withoutSymbols)
    #expect(graph.deadlocks.count == 1 && graph.deadlocks.allSatisfy(\.isProven), "\(graph)")
    guard let deadlock = graph.deadlocks.first else { return }
    #expect(waits(graph, along: deadlock.ring) == planted.ring, "\(graph)")
  }

  @Test(
    "And what may go on", .enabled(if: Self.mayHideSymbols, "needs the right to mount, and symbols to hide"),
    arguments: waiting)
  func findsWaitsWithoutSymbols(planted: (scenario: String, waits: Set<String>)) throws {
    let graph = try graph(planted.scenario, .release, by: Self.withoutSymbols)
    #expect(graph.deadlocks.isEmpty, "\(graph)")
    #expect(waits(graph).isSuperset(of: planted.waits), "\(graph)")
  }

  private static let waiting: [(scenario: String, waits: Set<String>)] = [
    ("recursive-held", ["waiter > recursive lock > holder"]),
    ("writer", ["reader > read-write lock > writer", "late writer > read-write lock > writer"]),
    ("readers", ["writer > read-write lock"]),
    ("limited", ["patient > lock > impatient", "impatient > lock > patient"]),
    ("semaphore", ["semaphore > semaphore", "group > dispatch group", "condition > condition"]),
    ("actor-semaphore", ["inside > semaphore", "outside > actor Vault > inside"]),
    ("actor-lock", ["inside > Mutex first > holder", "visitor > actor Vault > inside", "holder > semaphore"]),
    ("main-actor", ["queued > main actor > above", "above > Mutex first > holder"]),
  ]

  @Test("What waits and may go on is told, and is no deadlock", arguments: waiting, Build.allCases)
  func findsWaits(planted: (scenario: String, waits: Set<String>), build: Build) throws {
    let graph = try graph(planted.scenario, build)
    #expect(graph.deadlocks.isEmpty, "\(graph)")
    #expect(waits(graph).isSuperset(of: planted.waits), "\(graph)")
  }

  /// A lock that a task took which is suspended now is on the account of the thread on which it ran; it will be given
  /// back.
  @Test(arguments: Build.allCases)
  func aLockHeldAcrossASuspensionProvesNothing(build: Build) throws {
    let graph = try graph("across-await", build)
    #expect(graph.deadlocks.allSatisfy { !$0.isProven }, "\(graph)")
    #expect(graph.deadlocks.allSatisfy { graph.sentence($0).hasPrefix("Probably a deadlock: ") })
  }

  @Test func whoHangsOnADeadlockIsStuck() throws {
    let graph = try graph("three", .debug)
    let stuck = graph.stuck.map { graph.nodes[$0] }.filter(\.isWaiter).map(name)
    #expect(Set(stuck) == ["one", "two", "three", "victim"])
    #expect(graph.description.contains("1 more waits for that, for ever."))
  }

  @Test(
    "As JSON, by the name of the file or when asked",
    arguments: [["--dump"], ["--dump", "--json"], ["--by", "waits"]])
  func theDumpHasIt(options: [String]) throws {
    let graph = try graph("mixed-tasks", .debug, kind: "task", options: options)
    #expect(graph.deadlocks.count == 1)
    #expect(waits(graph) == ["debit > lock ledger > credit", "credit > Mutex first > debit"])
  }

  @Test func theDumpTellsItInWords() throws {
    let program = try program(.debug), file = program.folder.file("dump.txt")
    _ = try program.run(
      recording: "task", to: file, options: ["--dump"], arguments: ["mixed-tasks"],
      meanwhile: { id in
        try program.wait(for: "ready")
        kill(id, SIGTERM)
      })
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("Deadlock: task ") }.count == 1, "\(text)")
    #expect(
      lines.contains {
        $0.wholeMatch(of: #/  waits for Mutex first \(0x[0-9a-f]+\), held by task [0-9]+ "debit", for .*/#) != nil
      }, "\(text)")
  }

  /// The program stands and goes on standing: what is written is a look. On a machine so busy that it comes to rest later
  /// than that, nothing is asked.
  @Test(arguments: [["--duration", "3s"], ["--snapshot-signal", "SIGUSR1"]])
  func itIsToldWhileTheProgramStands(options: [String]) throws {
    let program = try program(.debug), bySignal = options[0] == "--snapshot-signal"
    let pattern = program.folder.file(bySignal ? "look-%n.json" : "look.json")
    let written = pattern.replacing("%n", with: "1")
    try? FileManager.default.removeItem(atPath: written)
    var cameTooLate = false
    let run = try program.run(
      recording: "waitfor", to: pattern, options: options, arguments: ["main-queue"],
      meanwhile: { id in
        try program.wait(for: "ready")
        cameTooLate = FileManager.default.fileExists(atPath: written)
        if bySignal { kill(id, SIGUSR1) }
        try program.wait(for: "lab: wrote")
        kill(id, SIGKILL)
      })
    #expect(run.end == -SIGKILL)
    let graph = try WaitGraph(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: written))))
    if !cameTooLate { #expect(graph.deadlocks.count == 1 && graph.deadlocks.allSatisfy(\.isProven), "\(graph)") }
  }

  @Test("Who is busy is in no deadlock, however often one looks", arguments: Build.allCases)
  func aBusyProgramHasNone(build: Build) throws {
    let looks = 100
    let program = try program(build), pattern = program.folder.file("busy-%n.json")
    func file(_ number: Int) -> String { pattern.replacing("%n", with: "\(number)") }
    _ = try program.run(
      recording: "waitfor", to: pattern, options: ["--snapshot-signal", "SIGUSR1"], arguments: ["busy"],
      meanwhile: { id in
        try program.wait(for: "ready")
        for number in 1...looks {
          kill(id, SIGUSR1)
          // Each look is waited for, or the next signal would be the same.
          for _ in 0..<6000 where !FileManager.default.fileExists(atPath: file(number)) { usleep(5_000) }
        }
        kill(id, SIGKILL)
      })
    var waiting = 0
    for number in 1...looks {
      let graph = try WaitGraph(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: file(number)))))
      #expect(graph.deadlocks.isEmpty, "look \(number): \(graph)")
      waiting += graph.edges.count
    }
    // It was looked at while somebody waited.
    #expect(waiting > 0)
  }
}

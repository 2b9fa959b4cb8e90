import Testing
import Waiting

@testable import Analysis

@Suite struct WaitForReportTests {
  /// Two tasks in a ring of two locks, a third that waits for the first, and so many others that wait for a semaphore.
  static func graph(others: Int = 1) -> WaitGraph {
    var nodes = [
      WaitNode(
        kind: .task, name: "task 1 \"debit\"", state: "blocked", nanoseconds: 5_000_000_000,
        place: "a() at a.swift:1"),
      WaitNode(kind: .mutex, name: "Mutex A"),
      WaitNode(kind: .task, name: "task 2 \"credit\"", state: "blocked", nanoseconds: 3_000_000_000),
      WaitNode(kind: .lock, name: "NSLock B", place: "0x10"),
      WaitNode(kind: .task, name: "task 3", state: "waiting on task"),
      WaitNode(kind: .semaphore, name: "semaphore"),
    ]
    var edges = [
      WaitEdge(from: 0, to: 3), WaitEdge(from: 3, to: 2), WaitEdge(from: 2, to: 1), WaitEdge(from: 1, to: 0),
      WaitEdge(from: 4, to: 0),
    ]
    for number in 0..<others {
      nodes.append(WaitNode(kind: .thread, name: "thread \(number)", state: "blocked"))
      edges.append(WaitEdge(from: nodes.count - 1, to: 5))
    }
    return WaitGraph(program: "/bin/bank", nodes: nodes, edges: edges)
  }

  @Test func aDeadlockIsDrawnWithWhoHangsOnItAndNobodyElse() {
    let report = WaitForReport(Self.graph())
    #expect(report.boxes.map(\.name) == ["task 1 \"debit\"", "Mutex A", "task 2 \"credit\"", "NSLock B", "task 3"])
    #expect(report.boxes.map(\.role) == [.deadlocked, .deadlocked, .deadlocked, .deadlocked, .stuck])
    #expect(report.boxes[0].facts == ["blocked, 5 s", "a() at a.swift:1"])
    #expect(report.arrows.filter(\.isInRing).count == 4 && report.arrows.count == 5)
    #expect(report.arrows.filter(\.isHold).map { [$0.from, $0.to] } == [[3, 2], [1, 0]])
    #expect(report.leftOut == 1)
    #expect(report.sentence.hasPrefix("Deadlock: task 1 \"debit\" holds Mutex A and waits for NSLock B, which task 2"))
  }

  @Test func theTableHasEverybodyWhoWaits() {
    let rows = WaitForReport(Self.graph()).rows.map(\.cells)
    #expect(rows.count == 4)
    #expect(rows[0] == ["task 1 \"debit\"", "NSLock B", "task 2 \"credit\"", "5 s", "a() at a.swift:1"])
    #expect(rows[3] == ["thread 0", "semaphore", "", "", ""])
  }

  @Test func withoutADeadlockAllWhoWaitAreDrawn() {
    var graph = Self.graph(others: 3)
    graph.edges.removeFirst()
    let report = WaitForReport(graph)
    #expect(report.deadlocks.isEmpty && report.boxes.count == graph.nodes.count)
    #expect(report.sentence == "No deadlock: 5 wait, and may go on.")
    #expect(report.boxes[8].role == .waiting && report.boxes[5].role == .free)
  }

  @Test func ofManyTheDeadlocksAreDrawn() {
    var graph = Self.graph(others: 100)
    for thread in 6..<graph.nodes.count { graph.edges.append(WaitEdge(from: thread, to: 1)) }
    let report = WaitForReport(graph, most: 10)
    #expect(report.boxes.count == 10 && report.boxes.filter { $0.role == .deadlocked }.count == 4)
    #expect(report.leftOut == 95)
  }

  @Test func nobodyWaits() {
    let report = WaitForReport(WaitGraph(program: "", nodes: [], edges: []))
    #expect(report.boxes.isEmpty && report.sentence == "Nobody waits for anybody.")
  }

  private func value(_ name: String, _ arguments: [String: String] = [:]) throws -> Double {
    let provenance = Provenance(
      scenario: "s", variant: "faulty", kind: "waitfor", parameters: [:], command: "", date: "",
      machine: .init(processor: "p", cores: 2, kernel: "k", system: "s", toolchain: "t"), build: "release", key: "",
      digest: "", recording: .init(samples: 4, lost: 0, truncated: 0, unresolved: 0, cpuSeconds: 0),
      overhead: .init(ratios: [1]), cpuSecondsPerRound: 1, wallSecondsPerRound: 1, output: "", truth: [])
    let capture = Capture(Self.graph(), provenance: provenance)
    let query = try #require(Query.named(name))
    return try query.evaluate(Query.Input(capture: capture, arguments: arguments) { _ in capture }).value
  }

  @Test func claimsAskForIt() throws {
    #expect(try value("deadlocks") == 1 && value("deadlock-members") == 2 && value("stuck") == 3)
    #expect(try value("deadlocks", ["through": "NSLock"]) == 1 && value("deadlocks", ["through": "queue"]) == 0)
    #expect(try value("waits-for", ["what": "Mutex A"]) == 1)
    #expect(try value("waits-for", ["what": "Mutex A", "who": "debit"]) == 0)
    #expect(try value("waits-for", ["what": "NSLock", "who": "debit"]) == 1)
  }
}

import Foundation
import Testing

@testable import Waiting

@Suite struct WaitGraphFileTests {
  private static let graph = WaitGraph(
    program: "/bin/bank",
    nodes: [
      WaitNode(
        kind: .task, name: "task 5 \"debit\"", state: "blocked", nanoseconds: 3_000_000_000,
        place: "debit() at Bank.swift:31", thread: 4711),
      WaitNode(kind: .mutex, name: "Mutex A", place: "0x55d0"),
      WaitNode(kind: .group, name: "the group of task 7", needsAll: true),
    ],
    edges: [WaitEdge(from: 0, to: 1), WaitEdge(from: 1, to: 0, isLimited: true, isPossible: true)],
    notes: ["a note"])

  @Test func whatIsWrittenIsRead() throws {
    #expect(try WaitGraph(json: Self.graph.json) == Self.graph)
    #expect(try WaitGraph(fileBytes: Self.graph.bytes(forFile: "x.json")) == Self.graph)
  }

  @Test func othersCanReadIt() throws {
    let object = try JSONSerialization.jsonObject(with: Data(Self.graph.json)) as? [String: Any]
    #expect(object?["version"] as? Int == 1)
    #expect((object?["nodes"] as? [[String: Any]])?[0]["name"] as? String == "task 5 \"debit\"")
  }

  @Test func whatIsDamagedIsAnError() {
    let json = Self.graph.json
    for length in stride(from: 0, to: json.count - 2, by: 7) {
      #expect(throws: WaitGraphError.self) { try WaitGraph(json: Array(json.prefix(length))) }
    }
    let astray = String(decoding: json, as: UTF8.self).replacing("\"to\": 1", with: "\"to\": 9")
    #expect(throws: WaitGraphError.self) { try WaitGraph(json: Array(astray.utf8)) }
    let later = String(decoding: json, as: UTF8.self).replacing("\"version\": 1", with: "\"version\": 2")
    #expect(throws: WaitGraphError.self) { try WaitGraph(json: Array(later.utf8)) }
  }

  @Test func itsWordsTellWhoWaitsForWhat() {
    let text = Self.graph.description
    #expect(text.hasPrefix("No deadlock.\n"))
    #expect(text.contains("task 5 \"debit\" waits for Mutex A (0x55d0)"))
    #expect(text.contains("for 3 s"))
    #expect(text.hasSuffix("a note\n"))
  }
}

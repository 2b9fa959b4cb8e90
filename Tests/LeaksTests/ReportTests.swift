import Foundation
import Leaks
import Testing

@Suite struct ReportTests {
  @Test("What is written is read again, whatever the names hold")
  func roundTrip() throws {
    var cycle = SampleReports.closure
    cycle.nodes[0].name = "Odd \"name\"\\ with\ttabs\nand ünï🙂 \u{1}"
    let lost = LostBlocks(
      node: HeapNode(name: "memory of f()", kind: .memory, count: 1, bytes: 100), kept: KeptBlocks(blocks: 1, bytes: 2))
    let report = SampleReports.report(
      cycles: [cycle, SampleReports.bareClosure, SampleReports.tree], lost: [lost], notes: ["one", "two"])
    #expect(try LeakReport(json: report.json) == report)
    #expect(report.json == report.json)
    // Others read the same in it.
    let object = try #require(JSONSerialization.jsonObject(with: Data(report.json)) as? [String: Any])
    let cycles = try #require(object["cycles"] as? [[String: Any]])
    let nodes = try #require(cycles[0]["nodes"] as? [[String: Any]])
    #expect(nodes[0]["name"] as? String == cycle.nodes[0].name)
    #expect(object["notes"] as? [String] == ["one", "two"])
    let rewritten = try JSONSerialization.data(withJSONObject: object)
    #expect(try LeakReport(json: [UInt8](rewritten)) == report)
  }

  @Test("A damaged file is an error, never a trap")
  func damaged() throws {
    let json = SampleReports.report(cycles: [SampleReports.closure]).json
    for length in stride(from: 0, to: json.count - 2, by: 7) {
      #expect(throws: LeakReportError.self) { try LeakReport(json: Array(json.prefix(length))) }
    }
  }

  @Test(
    "What is no report says where it is none",
    arguments: [
      ("[]", "'version' is missing"), ("{\"version\": 1, \"program\": 2}", "a text is missing"),
      ("{\"version\": 99999999999999999999}", "no value (byte 32)"), ("\"\\ud83d\"", "'version' is missing"),
      (String(repeating: "[", count: 100_000), "too deep"), ("{} {}", "follows the end"), ("\"a", "does not end"),
    ])
  func noReport(text: String, says: String) {
    let error = #expect(throws: LeakReportError.self) { try LeakReport(json: Array(text.utf8)) }
    #expect(error?.description.contains(says) == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test("References that point nowhere are read as a path without them")
  func danglingReferences() throws {
    var cycle = SampleReports.tree
    cycle.loops = [RetainLoop(references: [0, 99, -1])]
    cycle.references[1].to = 77
    #expect(cycle.path == "Parent.children → Parent")
    #expect(cycle.cut(of: cycle.loops[0]) == nil)
  }

  @Test func text() {
    let report = SampleReports.report(
      cycles: [SampleReports.closure],
      lost: [
        LostBlocks(
          node: HeapNode(
            name: "Forgotten", kind: .object, count: 2, bytes: 64,
            allocation: [
              AllocationFrame(function: "helper", isProgram: false),
              AllocationFrame(function: "make()", file: "/app/Make.swift", line: 3),
            ]),
          kept: KeptBlocks(blocks: 1, bytes: 10))
      ], notes: ["something could not be told"])
    #expect(
      report.description == """
        3 retain cycles of 1 shape; leaked in all: 8 blocks, 2.0 KiB

        1. Session.onClose → closure capturing Session → Session
           3 cycles, 6 blocks, 240 B; keeps 2 more blocks, 1.5 KiB alive
           cut: write [weak self] in the closure made in Session.open() (Session.swift:7)
           Session allocated in Server.accept() (Server.swift:12)
           closure in Session.open() allocated in Session.open() (Session.swift:7)

        Lost without a cycle (an unbalanced retain, or memory never freed):
           2 × Forgotten, 64 B; keeps 1 more block, 10 B alive
              allocated in make() (Make.swift:3)

        Note: something could not be told

        Looked at 12,345 live blocks, 3.0 MiB; 1 thread stood still for 4.3 ms, the report took 56.8 ms.

        """)
  }

  @Test("What hangs on lost tasks is told apart from retain cycles")
  func lostTasks() throws {
    var report = SampleReports.report(
      cycles: [SampleReports.task, SampleReports.finishedTask],
      lost: [
        LostBlocks(
          node: HeapNode(name: "Task in send(_:)", kind: .task, count: 8, bytes: 4096), kept: KeptBlocks())
      ])
    report.scan.lostTasks = 9
    #expect(report.retainCycles == [SampleReports.finishedTask])
    #expect(
      report.description.hasPrefix(
        """
        1 retain cycle of 1 shape, 9 lost tasks; leaked in all: 5 blocks, 2.0 KiB

        1. Loader.task → finished Task in Loader.load().result → Loader
           1 cycle, 2 blocks, 344 B
           cut: set Loader.task to nil once the task has ended: it keeps its result

        Lost tasks (suspended, and nothing can resume them; --profile taskleak tells who made them and why they wait):

        2. Job.task → Task in Job.start() (suspended in Job.run()) → Job
           1 loop, 3 blocks, 1.4 KiB
           cut: cancel or finish the task: suspended in Job.run(), it holds Job, and nothing will resume it
           8 × Task in send(_:), 4.0 KiB

        """))
    #expect(try LeakReport(json: report.json) == report)
    let json = String(decoding: report.json, as: UTF8.self)
    #expect(json.contains("\"isOfLostTasks\"") && json.contains("\"areLostTasks\"") && json.contains("\"lostTasks\""))
    let object = try #require(JSONSerialization.jsonObject(with: Data(report.json)) as? [String: Any])
    let cycles = try #require(object["cycles"] as? [[String: Any]])
    #expect(cycles.map { $0["isOfLostTasks"] as? Bool } == [true, nil])
  }

  @Test func nothingLeaked() {
    #expect(SampleReports.report(cycles: []).description.hasPrefix("No leaks: everything"))
  }
}

import Pprof
import TestSupport
import Testing

@testable import Figures

@Suite struct TasksFigureTests {
  /// As a client of a broker leaves them: most wait for an answer, each connection has its feeder and its chores.
  private static var tasks: Profile {
    var builder = ProfileBuilder("task/count")
    func add(_ stack: String, _ count: Int64, _ waits: String, age: Int64, name: String? = nil) {
      builder.add(
        stack, count,
        labels: ["state": ["waiting"], "waits": [waits]].merging(name.map { ["name": [$0]] } ?? [:]) { $1 },
        numericLabels: ["age": [NumericLabel(value: age, unit: "milliseconds")]])
    }
    add("Client.send(_:over:)", 290, "continuation", age: 1_000)
    add("Client.send(_:over:)", 6, "actor", age: 0)
    add("Connection.open(_:)", 29, "stream", age: 100, name: "responseFeeder")
    for chore in ["keep-alive", "metadata", "metrics", "idle <1>"] {
      add("Connection.look(after:)", 29, "sleep", age: 100, name: chore)
    }
    return builder.profile
  }

  private func draw(_ items: [(name: String, value: String)]) throws -> Figure {
    try FigureKind.tasks.draw(FigureInput(profile: Self.tasks, options: FigureOptions([("view", "tasks")] + items)))
  }

  @Test func paintsFamilies() throws {
    let figure = try draw([("callout", "Client.send"), ("says", "Nobody will answer."), ("title", "Tasks")])
    #expect(xmlError(figure.body) == nil)
    #expect(Golden.difference(figure.body, "tasks.html") == nil)
    #expect(figure.functions == ["Client.send(_:over:)", "Connection.look(after:)", "Connection.open(_:)"])
    let share = "67%%".nonBreaking
    #expect(
      figure.alt == "441 live tasks: 296 (\(share)) are made by Client.send(_:over:): "
        + "290 waiting on a continuation, 6 waiting on an actor. Called out: \(share) in Client.send.")
    #expect(
      figure.table.rows[0] == [
        "Client.send(_:over:)", "296", share, "290 waiting on a continuation, 6 waiting on an actor", "",
      ])
    #expect(figure.table.rows[1][4] == "idle <1>, keep-alive, metadata, metrics")
    #expect(figure.body.contains("“idle &lt;1&gt;”, “keep-alive”, “metadata” and 1 more"))
  }

  @Test("By state and by age the same tasks are drawn, divided otherwise")
  func otherGroupings() throws {
    let state = try draw([("by", "state")]), age = try draw([("by", "age")])
    #expect(state.alt.hasPrefix("441 live tasks: 290 ("))
    #expect(state.functions.contains("Client.send(_:over:)"))
    #expect(age.table.rows.map { $0[0] } == ["less than 1\u{A0}ms", "100\u{A0}ms or more", "1\u{A0}s or more"])
    #expect(age.functions.isEmpty)
  }

  @Test("A state looks the same in two figures, whatever else there is; more than there are styles for share the last")
  func patternsOfStates() throws {
    func figure(_ states: [(String, Int64)]) throws -> String {
      var builder = ProfileBuilder("task/count")
      for (wait, count) in states { builder.add("make()", count, labels: ["state": ["waiting"], "waits": [wait]]) }
      return try FigureKind.tasks.draw(FigureInput(profile: builder.profile)).body
    }
    let many = try figure([("continuation", 9), ("sleep", 8), ("stream", 7)])
    let few = try figure([("stream", 9), ("sleep", 3)])
    #expect(many.contains("p1\"></i>asleep") && few.contains("p1\"></i>asleep"))
    #expect(many.contains("p2\"></i>waiting on a stream") && few.contains("p2\"></i>waiting on a stream"))
    // A task and a group would have the same one.
    let waits = ["task", "group", "continuation", "sleep", "stream", "actor", "observations", "other"]
    let all = try figure(waits.enumerated().map { ($1, Int64(20 - $0)) })
    #expect(all.contains("p4\"></i>waiting on a task") && all.contains("p3\"></i>waiting on a group"))
    #expect(all.contains("p5\"></i>all others"))
    for index in 0..<6 { #expect(all.contains("<i class=\"p\(index)\"></i>"), "\(index)") }
  }

  @Test("What is cut off is told, and what is not drawn cannot be called out")
  func fewRows() throws {
    #expect(try draw([("nodecount", "1")]).body.contains("and 145 more in 2 smaller families"))
    #expect(throws: FigureError.calloutNotShown(name: "Connection.open")) {
      try draw([("nodecount", "1"), ("callout", "Connection.open")])
    }
    #expect(throws: FigureError.invalidOption(name: "by", value: "x", expected: "one of creation, state, age")) {
      try draw([("by", "x")])
    }
  }

  @Test func nothingIsAlive() throws {
    let figure = try FigureKind.tasks.draw(
      FigureInput(profile: Profile(sampleTypes: [ValueType(type: "task", unit: "count")])))
    #expect(figure.alt == "No task is alive." && xmlError(figure.body) == nil)
  }
}

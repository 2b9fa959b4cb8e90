import Pprof
import TestSupport
import Testing

@testable import Analysis

extension Profile {
  /// Nine tasks: five that a client has made and one that it has, of a connection, and three that the runtime made.
  fileprivate static var tasks: Profile {
    var builder = ProfileBuilder("task/count")
    func add(_ stack: String, _ count: Int64, _ state: [String], age: Int64, name: String? = nil) {
      var labels = ["state": [state[0]]]
      if state.count > 1 { labels["waits"] = [state[1]] }
      if let name { labels["name"] = [name] }
      builder.add(
        stack, count, labels: labels, numericLabels: ["age": [NumericLabel(value: age, unit: "milliseconds")]])
    }
    add("main;Client.send(_:)", 4, ["waiting", "continuation"], age: 1_000)
    add("main;Client.send(_:)", 1, ["running"], age: 0)
    add("main;Connection.open()", 1, ["waiting", "stream"], age: 120_000, name: "feeder")
    add("swift_task_create", 2, ["waiting", "sleep"], age: 10)
    add("swift_task_create", 1, ["runnable"], age: 0)
    return builder.profile
  }
}

@Suite struct TaskReportTests {
  @Test func familiesAreThoseOfTheirMakers() throws {
    let report = try TaskReport(.tasks, by: .creation)
    #expect(report.total == 9 && report.unit == "count")
    #expect(report.rows.map(\.name) == ["Client.send(_:)", "(no function of the program)", "Connection.open()"])
    #expect(report.rows.map(\.count) == [5, 3, 1])
    #expect(report.rows[0].parts.map(\.name) == ["waiting on a continuation", "running"])
    #expect(report.rows[0].parts.map(\.count) == [4, 1])
    #expect(report.rows[0].share == Estimate(5.0 / 9))
    #expect(report.rows[2].taskNames == ["feeder"] && report.rows[0].taskNames == [])
    #expect(
      report.parts == [
        "waiting on a continuation", "asleep", "ready, for want of a thread", "running", "waiting on a stream",
      ])
    #expect(report.largest?.name == "Client.send(_:)")
  }

  @Test func statesAreDividedByMakers() throws {
    let report = try TaskReport(.tasks, by: .state)
    #expect(report.rows.map(\.name).prefix(2) == ["waiting on a continuation", "asleep"])
    #expect(report.rows.map(\.count) == [4, 2, 1, 1, 1])
    #expect(report.rows[1].parts.map(\.name) == ["(no function of the program)"])
  }

  @Test func agesComeFromTheYoungest() throws {
    let report = try TaskReport(.tasks, by: .age)
    #expect(
      report.rows.map(\.name) == [
        "less than 1\u{A0}ms", "10\u{A0}ms or more", "1\u{A0}s or more", "2\u{A0}min or more",
      ])
    #expect(report.rows.map(\.count) == [2, 2, 4, 1])
  }

  @Test func aProfileWithoutLabelsHasFamiliesAllTheSame() throws {
    var builder = ProfileBuilder("goroutine/count")
    builder.add("main;serve", 3)
    let report = try TaskReport(builder.profile, by: .creation)
    #expect(report.rows.map(\.name) == ["serve"] && report.parts == ["in a state that is not known"])
    #expect(try TaskReport(builder.profile, by: .age).rows.map(\.name) == ["of unknown age"])
    #expect(throws: ClaimError.emptyProfile) { try TaskReport(Profile(), by: .creation) }
  }
}

import Pprof
import TestSupport
import Testing

@testable import Analysis

extension Profile {
  /// A block profile in which a pipeline waits 100 ms for answers and rows, of them 30 for a thread; a server that is idle.
  fileprivate static var waits: Profile {
    var builder = ProfileBuilder("contentions/count", "delay/nanoseconds", "runnable/nanoseconds")
    func add(_ stack: String, _ count: Int64, _ delay: Int64, _ runnable: Int64, _ waits: String? = nil) {
      builder.add(stack, count, delay, runnable, labels: waits.map { ["waits": [$0]] } ?? [:])
    }
    add("main;enrich(_:)", 4, 60_000_000, 20_000_000, "continuation")
    add("main;enrich(_:)", 1, 5_000_000, 0, "sleep")
    add("main;write(_:)", 2, 30_000_000, 10_000_000, "stream")
    add("swift_task_switch", 3, 5_000_000, 0, "actor")
    add("[idle]", 9, 900_000_000, 0)
    return builder.profile
  }
}

@Suite struct WaitReportTests {
  @Test("By place: what each waited for, and for how long it then had no thread")
  func places() throws {
    let report = try WaitReport(.waits, by: .place)
    #expect(report.total == 100_000_000 && report.idle == 900_000_000 && report.unit == "nanoseconds")
    #expect(report.rows.map(\.name) == ["enrich(_:)", "write(_:)", "(no function of the program)"])
    #expect(report.rows.map(\.time) == [65_000_000, 30_000_000, 5_000_000])
    #expect(report.rows.map(\.count) == [5, 2, 3])
    #expect(report.rows[0].share == Estimate(0.65))
    #expect(
      report.rows[0].parts.map(\.name) == ["waiting on a continuation", "asleep", "ready, for want of a thread"])
    #expect(report.rows[0].parts.map(\.time) == [40_000_000, 5_000_000, 20_000_000])
    #expect(report.rows[2].parts.map(\.name) == ["waiting on an actor"])
  }

  @Test("By reason: a wait that is over but for a thread is a reason of its own, and no further wait")
  func reasons() throws {
    let report = try WaitReport(.waits, by: .reason)
    #expect(
      report.rows.map(\.name) == [
        "waiting on a continuation", "ready, for want of a thread", "waiting on a stream", "asleep",
        "waiting on an actor",
      ])
    #expect(report.rows.map(\.time) == [40_000_000, 30_000_000, 20_000_000, 5_000_000, 5_000_000])
    #expect(report.rows.map(\.count) == [4, 0, 2, 1, 3])
    #expect(report.rows[1].parts.map(\.name) == ["enrich(_:)", "write(_:)"])
    #expect(report.parts == ["enrich(_:)", "write(_:)", "(no function of the program)"])
  }

  @Test("Filters leave what they leave, and shares are of that")
  func filtered() throws {
    var filters = ReportOptions.Filters()
    filters.ignore = "enrich"
    let report = try WaitReport(.waits, by: .place, filters: filters)
    #expect(report.total == 35_000_000 && report.rows[0].name == "write(_:)")
    filters.ignore = "("
    #expect(throws: ReportError.self) { try WaitReport(.waits, by: .place, filters: filters) }
    #expect(throws: ReportError.noSampleTypes) { try WaitReport(Profile(), by: .place) }
  }

  @Test("A mutex profile has holders, by the locks that they held")
  func holders() throws {
    var builder = ProfileBuilder("contentions/count", "delay/nanoseconds")
    builder.add("main;report()", 8, 9_000, labels: ["lock": ["Mutex"]])
    builder.add("main;post(_:)", 80, 1_000, labels: ["lock": ["DispatchQueue"]])
    let report = try WaitReport(builder.profile, by: .holder)
    #expect(report.rows.map(\.name) == ["report()", "post(_:)"])
    #expect(report.parts == ["waiting on a Mutex", "waiting on a DispatchQueue"])
    #expect(report.rows.map(\.share.value) == [0.9, 0.1] && report.rows.map(\.count) == [8, 80])
  }
}

import ExecutionTrace
import Testing

@testable import Analysis

@Suite struct RegionReportTests {
  /// 2,000 stores of some 180 ns and two that take milliseconds.
  static var stores: SmallTrace {
    var trace = SmallTrace(threads: 1)
    let name = trace.builder.text("store")
    trace.make(1, at: 0, by: "main()")
    trace.run(1, at: 0, thread: 0)
    var time: Int64 = 10
    for number in 0..<2_003 {
      trace.builder.append(TraceEvent(.regionBegins, at: time, thread: 0, task: 1, index: name))
      time += number % 700 == 699 ? 10_000_000 + Int64(number) : 150 + Int64(number % 60)
      trace.builder.append(TraceEvent(.regionEnds, at: time, thread: 0, task: 1, index: name))
      time += 50
    }
    trace.end(1, at: time, thread: 0)
    return trace
  }

  @Test("What is rare and long lies apart, with its share of the time")
  func islands() throws {
    let report = RegionReport(try Self.stores.summary(until: 40_000_000))
    let row = try #require(report.rows.first)
    #expect(row.name == "store" && row.kind == .region && row.times.count == 2_003)
    #expect(row.islands.map(\.count) == [2_001, 2])
    #expect(row.islands[1].sum == 20_002_098)
    #expect(row.islands[0].range == 128..<256)
    #expect(report.range.lowerBound == 128 && report.range.upperBound == 16_777_216)
    #expect(row.bins.reduce(0) { $0 + $1.count } == 2_003)
  }

  @Test("The longest in a thousand lie apart, though nothing lies empty before them, if they take much of the time")
  func rareAndHeavy() throws {
    /// 10,000 stores of 100 ns, and one each of twice as long, four times, and so on.
    func islands(doublings: Int) throws -> [RegionReport.Island] {
      var trace = SmallTrace(threads: 1)
      let name = trace.builder.text("store")
      trace.run(1, at: 0, thread: 0)
      var time: Int64 = 10
      for number in 0..<10_000 + doublings {
        trace.builder.append(TraceEvent(.regionBegins, at: time, thread: 0, task: 1, index: name))
        time += number < 10_000 ? 100 : 100 << Int64(number - 9_999)
        trace.builder.append(TraceEvent(.regionEnds, at: time, thread: 0, task: 1, index: name))
      }
      trace.end(1, at: time, thread: 0)
      return try #require(RegionReport(try trace.summary(until: time)).rows.first).islands
    }
    let rare = try islands(doublings: 14)
    #expect(rare.map(\.count) == [10_004, 10], "ten are the most that are one in a thousand")
    #expect(rare[1].range.lowerBound <= 3_200 && rare[0].range.upperBound == rare[1].range.lowerBound)
    #expect(rare[0].sum + rare[1].sum == 1_000_000 + 100 * ((1 << 15) - 2))
    #expect(try islands(doublings: 8).map(\.count) == [10_008], "a twentieth of the time is not much")
  }

  @Test("Regions lie within one another, go on on other threads, and end with their task")
  func nestedRegions() throws {
    var trace = SmallTrace(threads: 2)
    let (outer, inner) = (trace.builder.text("outer"), trace.builder.text("inner"))
    func tell(_ kind: TraceEvent.Kind, _ time: Int64, _ name: UInt32, thread: Int32 = 0, task: UInt64 = 1) {
      trace.builder.append(TraceEvent(kind, at: time, thread: thread, task: task, index: name))
    }
    trace.make(1, at: 0, by: "f()")
    trace.run(1, at: 0, thread: 0)
    tell(.regionBegins, 10, outer)
    tell(.regionBegins, 20, inner)
    tell(.regionBegins, 25, inner)
    tell(.regionEnds, 30, inner)
    trace.suspend(1, at: 40, thread: 0, reason: .task)
    trace.wake(1, at: 50)
    trace.run(1, at: 50, thread: 1)
    tell(.regionEnds, 60, inner, thread: 1)
    tell(.regionBegins, 60, inner, thread: 0, task: 0)
    trace.end(1, at: 90, thread: 1)
    let summary = try trace.summary(until: 100)
    #expect(summary.regions.map(\.name) == ["inner", "outer"])
    #expect(summary.regions[0].times.count == 3 && summary.regions[0].times.sum == 85)
    #expect(summary.regions[0].cut == 1 && summary.regions[1].cut == 1)
    #expect(summary.regions[1].times.sum == 80 && summary.irregularities.total == 0)
  }

  @Test("User tasks go by their numbers")
  func userTasks() throws {
    var trace = SmallTrace(threads: 1)
    let name = trace.builder.text("request")
    for number in 1...3 {
      trace.builder.append(
        TraceEvent(.userTaskBegins, at: Int64(number), other: UInt64(number), index: name))
      trace.builder.append(
        TraceEvent(.userTaskEnds, at: Int64(10 * number), other: UInt64(number), index: name))
    }
    let summary = try trace.summary(until: 40)
    #expect(summary.userTasks.map(\.name) == ["request"] && summary.userTasks[0].times.sum == 54)
    #expect(RegionReport(summary).rows.map(\.kind) == [.userTask])
  }
}

import Analysis
import ExecutionTrace
import TestSupport
import Testing

@testable import Figures

@Suite struct SweepFigureTests {
  /// Two threads, on which so many tasks of so many microseconds each run one after the other, half of the time.
  private struct Captures: CaptureSource {
    func named(_ name: CaptureName) throws -> Capture {
      let grain = Int(name.scenario.drop { $0 != "-" }.dropFirst()) ?? 1
      var builder = TraceBuilder(processors: 2)
      let threads = (0..<2).map { builder.thread(TraceThread(id: $0, isPool: true)) }
      for task in 0..<16 / grain {
        for thread in threads {
          let (id, start) = (UInt64(2 * task) + UInt64(thread) + 1, Int64(task) * 2_000 * Int64(grain))
          builder.append(TraceEvent(.taskMade, at: start, thread: thread, task: id))
          builder.append(TraceEvent(.taskRuns, at: start, thread: thread, task: id))
          builder.append(TraceEvent(.taskEnds, at: start + 1_000 * Int64(grain), thread: thread, task: id))
        }
      }
      var capture = try SampleCaptures().named(name)
      capture.contents = builder.trace()
      capture.provenance.parameters = ["grain": grain, "elements": 16]
      return capture
    }
    func both(_ name: CaptureName) throws -> (published: Capture?, local: Capture?) { (try named(name), nil) }
  }

  private func draw(with others: String?) throws -> Figure {
    var options = FigureOptions()
    (options.view, options.with) = (.sweep, others)
    let captures = Captures()
    let name = CaptureName(scenario: "sort-4", variant: "fixed", kind: "trace")
    return try FigureKind.sweep.draw(FigureInput(captures.named(name), captures: captures, options: options))
  }

  @Test("Rows are in the order of what differs, as long as they took, and told with what ran")
  func rows() throws {
    let figure = try draw(with: "sort-16|sort-1")
    #expect(figure.table.rows.map { $0[0] } == ["grain 1", "grain 4", "grain 16"])
    #expect(figure.table.rows.map { $0[3] } == ["32", "8", "2"])
    #expect(figure.table.rows.map { $0[4] } == ["1 µs", "4 µs", "16 µs"].map(\.nonBreakingUnits))
    #expect(figure.alt.hasPrefix("grain 1: 31 µs, 32 tasks, ".nonBreakingUnits))
    // The longest is 31 µs: the others end after 28 and 16 of them.
    for columns in ["600", "542", "310"] { #expect(figure.body.contains("<rect width=\"\(columns)\"")) }
    #expect(xmlError(figure.body) == nil)
  }

  @Test func theAreaIsWhatRan() throws {
    let row = try TraceSweep([Captures().named(CaptureName(scenario: "sort-1", variant: "fixed", kind: "trace"))]).rows[
      0]
    let area = row.running.reduce(0, +) / Double(row.running.count) / 2
    #expect(abs(area - row.share) < 0.01 && abs(row.share - 16.0 / 31) < 0.01)
    #expect(row.name.isEmpty, "nothing differs")
  }

  @Test func othersThatAreNotThereAreErrors() throws {
    let captures = SampleCaptures()
    var options = FigureOptions()
    options.view = .sweep
    let heap = try captures.named(CaptureName(scenario: "s", variant: "faulty", kind: "heap-5"))
    #expect(throws: FigureError.noTrace(kind: .sweep)) {
      try FigureKind.sweep.draw(FigureInput(heap, captures: captures, options: options))
    }
  }
}

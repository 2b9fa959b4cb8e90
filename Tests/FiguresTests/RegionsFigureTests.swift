import ExecutionTrace
import TestSupport
import Testing

@testable import Figures

@Suite struct RegionsFigureTests {
  private func draw(_ items: [(String, String)] = []) throws -> Figure {
    let options = try FigureOptions([("view", "regions")] + items.map { (name: $0.0, value: $0.1) })
    return try FigureKind.regions.draw(FigureInput(trace: SampleTraces.regions, options: options))
  }

  @Test func paintsHistograms() throws {
    let figure = try draw([("title", "Stores"), ("callout", "store"), ("says", "It grows.")])
    #expect(xmlError(figure.body) == nil)
    #expect(Golden.difference(figure.body, "regions.html") == nil)
    #expect(figure.functions == ["store", "fibonacci", "request <1>"])
    // Four of 3,004 took nearly all the time.
    #expect(figure.body.contains("<b>4</b>") && figure.body.contains("request &lt;1&gt;"))
    #expect(figure.alt.contains("Called out: 4 of 3,004 in store."))
  }

  /// A region that took a microsecond 100 times and once eight, and perhaps others, much shorter and much longer, on the
  /// same axis.
  private func islands(amongOthers: Bool) throws -> Figure {
    var builder = TraceBuilder(program: "/tmp/store", processors: 1)
    let thread = builder.thread(TraceThread(id: 71, isMain: true))
    var time: Int64 = 100
    func tell(_ name: String, took length: Int64) {
      let index = builder.text(name)
      builder.append(TraceEvent(.regionBegins, at: time, thread: thread, other: 1, index: index))
      time += length
      builder.append(TraceEvent(.regionEnds, at: time, thread: thread, other: 1, index: index))
      time += 20
    }
    for number in 0..<101 { tell("store", took: number == 50 ? 8_000 : 1_000) }
    if amongOthers {
      tell("tick", took: 2)
      tell("night", took: 4_000_000_000)
    }
    return try FigureKind.regions.draw(FigureInput(trace: builder.trace()))
  }

  @Test("What is said of two islands stands side by side, or on two lines where there is no room for that")
  func labelsDoNotOverlap() throws {
    for amongOthers in [false, true] {
      let body = try islands(amongOthers: amongOthers).body
      #expect(body.contains("<b>100</b>") && body.contains("<b>1</b>"))
      #expect(body.contains("regions-islands two") == amongOthers)
    }
  }

  @Test func names() throws {
    #expect(try draw([("nodecount", "1")]).body.contains("and 2 more names"))
    #expect(throws: FigureError.calloutNotShown(name: "load")) { try draw([("callout", "load")]) }
    let empty = try FigureKind.regions.draw(FigureInput(trace: SampleTraces.sort))
    #expect(empty.alt == "No region and no user task was recorded." && xmlError(empty.body) == nil)
  }
}

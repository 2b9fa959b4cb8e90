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

  @Test func names() throws {
    #expect(try draw([("nodecount", "1")]).body.contains("and 2 more names"))
    #expect(throws: FigureError.calloutNotShown(name: "load")) { try draw([("callout", "load")]) }
    let empty = try FigureKind.regions.draw(FigureInput(trace: SampleTraces.sort))
    #expect(empty.alt == "No region and no user task was recorded." && xmlError(empty.body) == nil)
  }
}

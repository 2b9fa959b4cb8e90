import Analysis
import Foundation
import Testing

@testable import Figures

@Suite struct CostFigureTests {
  private let costs = [
    MeasuredCost(name: "sampling", ratio: 1.004, interval: 0.998...1.011),
    MeasuredCost(name: "every wait", ratio: 1.31, interval: 1.28...1.36),
    MeasuredCost(name: "every wait, by <go> & \"friends\"", ratio: 1.52, interval: 1.4...1.6, peer: "go"),
    MeasuredCost(name: "once", ratio: 2),
  ]

  @Test func saysWhatItShows() {
    let figure = CostFigure(costs).figure()
    #expect(xmlError(figure.body) == nil)
    #expect(figure.alt.contains("in 4 ways") && figure.alt.contains("once") && figure.alt.contains("1 of them"))
    #expect(figure.body.contains("1.004×\u{A0}±\u{A0}0.007, noise"))
    #expect(figure.body.contains("1.31×\u{A0}±\u{A0}0.05<"))
    #expect(!figure.body.contains("<go>"))
    // A row of another tool's is told by its mark, and one without an interval has no line.
    #expect(figure.body.matches(of: #/class="cost peer"/#).count == 1)
    #expect(figure.body.matches(of: #/<s></#).count == 3)
    #expect(figure.table.rows.count == 4)
    #expect(figure.table.rows[1] == ["every wait", "1.310", "1.280 to 1.360"])
    #expect(figure.table.rows[3][2] == "not known")
    #expect(CostFigure(costs).figure() == figure)
  }

  @Test("No two ticks of the axis read the same")
  func ticksAreToldApart() {
    let figure = CostFigure([MeasuredCost(name: "a little", ratio: 1.15, interval: 0.94...1.25)]).figure()
    let labels = figure.body.matches(of: #/<small style="left:[0-9.]+%">([^<]+)</#).map { String($0.1) }
    #expect(labels == ["0.95", "1", "1.05", "1.1", "1.2"])
  }

  @Test func nothingIsNothing() {
    let figure = CostFigure([]).figure()
    #expect(xmlError(figure.body) == nil)
    #expect(figure.alt == "No costs were measured.")
  }
}

import Analysis
import TestSupport
import Testing

@testable import Figures

@Suite(.enabled(if: Tool("dot") != nil, "Graphviz is not installed: apt-get install graphviz"))
struct WaitForFigureTests {
  private func draw(_ items: [(name: String, value: String)] = []) throws -> Figure {
    let captures = SampleCaptures()
    let capture = try captures.named(CaptureName(scenario: "s", variant: "faulty", kind: "waitfor"))
    let options = try FigureOptions([("view", "waitfor")] + items)
    return try FigureKind.waitfor.draw(FigureInput(capture, captures: captures, options: options))
  }

  @Test func theRingStandsOutAndIsToldFirst() throws {
    let figure = try draw([("title", "Who <waits>")])
    #expect(xmlError(figure.body) == nil)
    let begin = "Deadlock: task 5 \"debit <a>\" holds Mutex Bank.accounts and waits for NSLock A, which"
    #expect(figure.alt.hasPrefix(begin))
    #expect(figure.body.components(separatedBy: "class=\"e ring").count == 5)
    #expect(figure.body.components(separatedBy: "class=\"n deadlocked waiter\"").count == 3)
    #expect(figure.body.contains("class=\"n stuck waiter\"") && !figure.body.contains("idle"))
    #expect(figure.body.contains("One more waits and is not drawn.") && figure.body.contains("Who &lt;waits&gt;"))
    #expect(figure.table.rows.count == 4)
    #expect(figure.functions.contains("Bank.transfer(from:to:amount:)"))
  }

  @Test func aGraphAloneIsDrawnAlike() throws {
    let figure = try FigureKind.waitfor.draw(FigureInput(waits: SampleCaptures.deadlock))
    #expect(try figure == draw())
  }

  @Test func whatIsAnythingElseIsAnError() throws {
    let captures = SampleCaptures()
    let capture = try captures.named(CaptureName(scenario: "s", variant: "faulty", kind: "heap-5"))
    #expect(throws: FigureError.noWaitGraph(kind: .waitfor)) {
      try FigureKind.waitfor.draw(FigureInput(capture, captures: captures))
    }
    #expect(throws: FigureError.otherKindsOption(name: "focus", kind: .waitfor)) { try draw([("focus", "x")]) }
  }
}

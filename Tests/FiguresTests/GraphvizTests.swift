import Analysis
import Pprof
import TestSupport
import Testing

@testable import Figures

@Suite(.enabled(if: Tool("dot") != nil, "Graphviz is not installed"))
struct GraphvizTests {
  @Test("draws every node of the graph")
  func picture() throws {
    let drawing = try Report(.decoder, kind: .svg).shownGraph()
    let picture = String(decoding: try Graphviz.layout(drawing.dot, format: "svg"), as: UTF8.self)
    #expect(picture.contains("<svg"))
    for number in 1...drawing.nodes.count { #expect(picture.contains("id=\"node\(number)\"")) }
  }

  @Test("a graph that is none, and a time that is up, are errors")
  func errors() {
    do throws(GraphvizError) {
      _ = try Graphviz.layout("digraph {", format: "svg")
      Issue.record("an unclosed graph was drawn")
    } catch {
      guard case .failed(let message) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(message.contains("syntax error"))
    }
    #expect(throws: GraphvizError.timeLimit(.zero)) {
      try Graphviz.layout("digraph { a -> b }", format: "svg", limit: .zero)
    }
  }
}

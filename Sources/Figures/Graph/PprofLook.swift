import Analysis

/// How pprof draws a call graph: sizes of text, widths and colours of lines. Larger, wider and redder is more.
///
/// Source: google/pprof, `internal/graph/dotgraph.go`.
struct PprofLook {
  private let graph: ShownGraph

  init(_ graph: ShownGraph) { self.graph = graph }

  /// From 8 to 24 points; grows with the square root of the flat value.
  func fontSize(_ node: ShownGraph.Node) -> Int {
    0...1 ~= node.relativeFlat ? 8 + Int((16 * node.relativeFlat.squareRoot()).rounded(.up)) : 8
  }

  /// The colour of a box's border.
  func lineColor(_ node: ShownGraph.Node) -> HeatColor { HeatColor(share: graph.portion(of: node.cum), role: .line) }

  /// The colour of a box's area.
  func areaColor(_ node: ShownGraph.Node) -> HeatColor { HeatColor(share: graph.portion(of: node.cum), role: .area) }

  /// The colour of an arrow; nil if there is no total to compare with.
  func color(_ edge: ShownGraph.Edge) -> HeatColor? {
    graph.total == 0 ? nil : HeatColor(share: graph.portion(of: edge.weight), role: .line)
  }

  /// The width of an arrow, from 1 to 6 points.
  func penWidth(_ edge: ShownGraph.Edge) -> Int { 1 + graph.parts(of: edge.weight, outOf: 5) }

  /// How much the layout should straighten an arrow, from 1 to 101.
  func layoutWeight(_ edge: ShownGraph.Edge) -> Int { 1 + graph.parts(of: edge.weight, outOf: 100) }
}

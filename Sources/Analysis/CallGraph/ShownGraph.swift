/// What a drawing of a call graph shows: functions, calls and boxes for labels, the most telling first.
///
/// Source: google/pprof, `internal/graph/dotgraph.go`.
public struct ShownGraph: Sendable {
  /// The name of the program; empty if unknown.
  public let title: String
  /// What the profile is, what is shown of it and what was left out, a line each.
  public let legend: [String]
  /// The value that percentages refer to.
  public let total: Int64
  /// How values are written.
  public let format: ValueFormat
  /// The nodes, the most telling first.
  public let nodes: [Node]
  /// The calls, the heaviest first.
  public let edges: [Edge]
}

extension ShownGraph {
  /// The box of a function.
  public struct Node: Sendable {
    /// The place the box stands for.
    public let frame: Frame
    /// The place's name in one line, unshortened.
    public let name: String
    /// The lines of the name, shortened where it looks like Go, Java or C++.
    public let label: Label
    /// The value of the place itself.
    public let flat: Int64
    /// The value of the place and all that it calls.
    public let cum: Int64
    /// The flat value's magnitude as a part of the graph's largest; not a number if that is 0.
    public let relativeFlat: Double
    /// The samples' text labels, in boxes of their own.
    public let nodelets: [Nodelet]
    /// The numeric labels of samples without text labels, in boxes of their own.
    public let numericNodelets: [Nodelet]
  }

  /// The parts of a name, each of which begins a line.
  public struct Label: Sendable, Hashable {
    /// The address, if the report goes down to addresses.
    public let address: String?
    /// The function's name, split where its parts are joined.
    public let name: [String]
    /// File and line, or the binary if no more is known.
    public let place: String?
  }

  /// The box of a label of samples.
  public struct Nodelet: Sendable, Hashable {
    /// Its number among its siblings; numbers of boxes without a value are skipped.
    public let number: Int
    /// The text.
    public let label: String
    /// The value of the samples that have the label.
    public let value: Int64
    /// Whether the value includes that of called functions which have boxes of their own.
    public let isDotted: Bool
    /// Numeric labels that go with this one.
    public let nodelets: [Nodelet]
  }

  /// The arrow of a call.
  public struct Edge: Sendable {
    /// The caller's position in `nodes`.
    public let source: Int
    /// The callee's position in `nodes`; nil if it is not drawn, its value being 0 or below.
    public let destination: Int?
    /// The caller's name.
    public let sourceName: String
    /// The callee's name.
    public let destinationName: String
    /// The value of the calls.
    public let weight: Int64
    /// Whether some of the calls go by way of functions that are not shown.
    public let isResidual: Bool
    /// Whether all of the calls were inlined.
    public let isInline: Bool
  }
}

extension ShownGraph {
  /// A value as a part of the total's magnitude; not a number if both are 0.
  public func portion(of value: Int64) -> Double { Double(value) / Double(total.wrappingMagnitude) }

  /// How many of so many equal parts of the total a value comes to, its sign aside; 0 without a total.
  ///
  /// In whole numbers, which wrap as pprof's do.
  public func parts(of value: Int64, outOf count: Int64) -> Int {
    total == 0 ? 0 : Int(min((value &* count).mean(over: total).wrappingMagnitude, count))
  }
}

extension ShownGraph {
  /// What is shown of a graph.
  init(_ graph: CallGraph, title: String, legend: [String], total: Int64, format: ValueFormat) {
    self.title = title
    self.legend = legend
    self.total = total
    self.format = format
    let largest = graph.shownNodes.map { Double($0.flat.wrappingMagnitude) }.max() ?? 0
    self.nodes = graph.shownNodes.map { Node($0, largestFlat: largest) }
    self.edges = graph.shownEdges.map { edge in
      Edge(
        source: edge.source, destination: edge.destination < graph.shownCount ? edge.destination : nil,
        sourceName: graph.nodes[edge.source].name, destinationName: graph.nodes[edge.destination].name,
        weight: edge.weight, isResidual: edge.isResidual, isInline: edge.isInline)
    }
  }
}

extension ShownGraph.Node {
  fileprivate init(_ node: CallGraph.Node, largestFlat: Double) {
    self.frame = node.frame
    self.name = node.name
    self.label = ShownGraph.Label(node.frame)
    self.flat = node.flat
    self.cum = node.cum
    self.relativeFlat = Double(node.flat.wrappingMagnitude) / largestFlat
    self.nodelets = node.nodelets
    self.numericNodelets = node.numericNodelets
  }
}

extension ShownGraph.Label {
  fileprivate init(_ frame: Frame) {
    var short = frame
    short.name = frame.shortName
    if !short.file.isEmpty { short.file = SlashPath.base(short.file) }
    var parts = short.nameComponents
    self.address = short.address == 0 ? nil : parts.removeFirst()
    if short.name.isEmpty {
      self.name = []
    } else {
      // Go writes left-out type parameters as "[...]"; they are no place to break the line.
      self.name = parts.removeFirst().replacing("[...]", with: "[…]").split(at: "::").flatMap { $0.split(at: ".") }
    }
    self.place = parts.first
  }
}

extension String {
  /// The parts between the separators, the empty ones included.
  fileprivate func split(at separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}

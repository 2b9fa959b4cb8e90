/// Who calls whom, and what each costs: the functions of a profile as nodes, their calls as weighted edges.
///
/// Invariant: `nodes` begins with the `shownCount` nodes that are shown, in the report's order. The nodes behind them
/// are not shown; they stand there because an edge of a shown one still leads to them (which happens to nodes whose
/// value is 0 or, if asked for, negative). Edges refer to nodes and nodes to edges by position.
///
/// Source: google/pprof, `internal/graph/graph.go`.
public struct CallGraph: Sendable {
  /// The nodes, the shown ones first.
  public internal(set) var nodes: [Node]
  /// How many of `nodes` are shown.
  public internal(set) var shownCount: Int
  /// The calls, the heaviest first.
  public internal(set) var edges: [Edge]

  /// The nodes that are shown, in the report's order.
  public var shownNodes: ArraySlice<Node> { nodes.prefix(shownCount) }

  /// The edges that leave a shown node, the heaviest first.
  public var shownEdges: [Edge] { edges.filter { $0.source < shownCount } }
}

extension CallGraph {
  /// A place in the program, with what it costs by itself and with all that it calls.
  public struct Node: Sendable {
    /// The place.
    public let frame: Frame
    /// The place's name for people, in one line.
    public let name: String
    /// The value of the place itself, as summed over samples.
    public internal(set) var flatSum: Int64 = 0
    /// What to divide `flatSum` by; 0 if nothing.
    public internal(set) var flatDivisor: Int64 = 0
    /// The value of the place and all that it calls, as summed over samples.
    public internal(set) var cumSum: Int64 = 0
    /// What to divide `cumSum` by; 0 if nothing.
    public internal(set) var cumDivisor: Int64 = 0
    /// Positions of the calls that lead here; in a finished graph the heaviest first.
    public internal(set) var incoming: [Int] = []
    /// Positions of the calls that are made here; in a finished graph the heaviest first.
    public internal(set) var outgoing: [Int] = []
    /// What the samples' labels say; empty unless the graph was made for drawing.
    public internal(set) var tags = NodeTags()
    /// Numbers the function this place lies in; places of one function have the same number.
    let function: Int

    init(frame: Frame, name: String, function: Int) {
      self.frame = frame
      self.name = name
      self.function = function
    }

    /// The value of the place itself; the mean if the report is one of means.
    public var flat: Int64 { flatSum.mean(over: flatDivisor) }
    /// The value of the place and all that it calls; the mean if the report is one of means.
    public var cum: Int64 { cumSum.mean(over: cumDivisor) }
  }

  /// The calls from one node to another.
  public struct Edge: Sendable {
    /// Position of the calling node.
    public internal(set) var source: Int
    /// Position of the called node.
    public internal(set) var destination: Int
    /// The value of the calls, as summed over samples.
    public internal(set) var weightSum: Int64
    /// What to divide `weightSum` by; 0 if nothing.
    public internal(set) var weightDivisor: Int64
    /// Whether some of the calls go by way of nodes that are not shown.
    public internal(set) var isResidual: Bool
    /// Whether all of the calls were inlined.
    public internal(set) var isInline: Bool

    /// The value of the calls; the mean if the report is one of means.
    public var weight: Int64 { weightSum.mean(over: weightDivisor) }
  }
}

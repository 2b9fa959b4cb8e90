import Patterns
import Pprof

/// Places of a profile, each with those that call it and those that it calls: the reports `tree` and `peek`.
public struct CallTable: Sendable {
  /// What the profile is, what is shown of it and what was left out, a line each.
  public let legend: [String]
  /// The value that percentages of places refer to; those of calls refer to the place's cum.
  public let total: Int64
  /// How values are written.
  public let format: ValueFormat
  /// The places, the weightiest first.
  public let rows: [Row]
  /// Whether the graph has any place at all, be it one that was asked for or not.
  public let hasNodes: Bool

  /// The places with the largest cum, at most so many.
  public func heaviest(_ count: Int) -> [Row] {
    Array(rows.sorted { $0.cum.magnitude > $1.cum.magnitude }.prefix(count))
  }

  /// A place with its callers and callees.
  public struct Row: Sendable {
    /// The place's name in one line.
    public let name: String
    /// The value of the place itself.
    public let flat: Int64
    /// The flat values up to this row, inclusively.
    public let flatSum: Int64
    /// The value of the place and all that it calls.
    public let cum: Int64
    /// Who calls it, the heaviest first.
    public let callers: [Call]
    /// What it calls, the heaviest first.
    public let callees: [Call]
  }

  /// The calls from or to a place.
  public struct Call: Sendable, Hashable {
    /// The name of the other place in one line.
    public let name: String
    /// The value of the calls, as summed over samples.
    public let weight: Int64
    /// Whether all of the calls were inlined.
    public let isInline: Bool
  }
}

extension Report {
  /// The places of the profile with their callers and callees.
  /// - Parameter pattern: which places to show; nil shows all.
  public func callTable(matching pattern: Pattern? = nil) -> CallTable {
    let trimmed = trimmedGraph()
    let graph = trimmed.graph
    var flatSum: Int64 = 0
    let rows: [CallTable.Row] = graph.shownNodes.compactMap { node in
      if let pattern, !pattern.matches(node.name) { return nil }
      flatSum &+= node.flat
      return CallTable.Row(
        name: node.name, flat: node.flat, flatSum: flatSum, cum: node.cum,
        callers: node.incoming.map { CallTable.Call(graph.edges[$0], name: graph.nodes[graph.edges[$0].source].name) },
        callees: node.outgoing.map {
          CallTable.Call(graph.edges[$0], name: graph.nodes[graph.edges[$0].destination].name)
        })
    }
    return CallTable(
      legend: legend(of: trimmed), total: total, format: trimmed.format, rows: rows, hasNodes: graph.shownCount > 0)
  }
}

extension CallTable.Call {
  fileprivate init(_ edge: CallGraph.Edge, name: String) {
    self.init(name: name, weight: edge.weightSum, isInline: edge.isInline)
  }
}

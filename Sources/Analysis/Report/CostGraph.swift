/// The call graph with the names it needs in Callgrind's format.
///
/// That format takes functions of one name in one file for one. Those that are not (a call tree has many) are numbered
/// where they are called, e.g. `decode [2/3]`.
public struct CostGraph: Sendable {
  /// The graph.
  public let graph: CallGraph
  /// What the values measure, e.g. `cpu`.
  public let sampleType: String
  /// How values are written.
  public let format: ValueFormat
  /// The name of each of the graph's nodes where it is called.
  public let calleeNames: [String]
}

extension Report {
  /// The call graph with names for Callgrind's format.
  public func costGraph() -> CostGraph {
    let trimmed = trimmedGraph()
    let graph = trimmed.graph
    var numbers: [FileAndName: [Int: Int]] = [:]
    for node in graph.shownNodes {
      let count = numbers[FileAndName(node.frame)]?.count ?? 0
      numbers[FileAndName(node.frame), default: [:]][node.function, default: count] += 0
    }
    let names = graph.nodes.enumerated().map { position, node in
      if position >= graph.shownCount { return "" }
      let all = numbers[FileAndName(node.frame)] ?? [:]
      return all.count > 1 ? "\(node.frame.name) [\((all[node.function] ?? 0) + 1)/\(all.count)]" : node.frame.name
    }
    return CostGraph(graph: graph, sampleType: sampleType, format: trimmed.format, calleeNames: names)
  }
}

private struct FileAndName: Hashable {
  var file: String
  var name: String

  init(_ frame: Frame) {
    file = frame.file
    name = frame.name
  }
}

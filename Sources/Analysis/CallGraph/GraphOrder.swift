import Platform

/// How the nodes of a report are sorted.
enum NodeOrder {
  /// By the value of the place itself.
  case flat
  /// By the value of the place and all it calls.
  case cum
  /// By how much a node tells in a drawing: the more, the less it merely passes on what comes in.
  case entropy
}

extension CallGraph {
  /// Shows exactly the given nodes, in the given order.
  mutating func show(_ shown: [Int]) {
    var isShown = [Bool](repeating: false, count: nodes.count)
    for node in shown { isShown[node] = true }
    let order = shown + nodes.indices.filter { !isShown[$0] }
    var newPosition = [Int](repeating: 0, count: nodes.count)
    for (position, node) in order.enumerated() { newPosition[node] = position }
    nodes = order.map { nodes[$0] }
    shownCount = shown.count
    for edge in edges.indices {
      edges[edge].source = newPosition[edges[edge].source]
      edges[edge].destination = newPosition[edges[edge].destination]
    }
  }

  /// Sorts the shown nodes, the weightiest first; equal ones by name.
  mutating func sortNodes(by order: NodeOrder) {
    let scores: [Int64] = shownNodes.map { node in
      switch order {
      case .flat: node.flatSum.wrappingMagnitude
      case .cum: node.cumSum.wrappingMagnitude
      case .entropy: entropyScore(node).wrappingMagnitude
      }
    }
    let ranks = nameRanks()
    func rest(_ node: Int) -> Int64 {
      (order == .flat ? nodes[node].cumSum : nodes[node].flatSum).wrappingMagnitude
    }
    show(
      (0..<shownCount).sorted { left, right in
        if scores[left] != scores[right] { return scores[left] > scores[right] }
        if ranks[left] != ranks[right] { return ranks[left] < ranks[right] }
        return rest(left) != rest(right) ? rest(left) > rest(right) : left < right
      })
  }

  /// Sorts edges by weight, the heaviest first whatever its sign; equal ones by the names of their ends.
  /// - Parameter ranks: what `nameRanks()` says; the names need not be compared for every two edges then.
  func sortedByWeight(_ positions: [Int], ranks: [Int]) -> [Int] {
    positions.map { EdgeRank($0, edges[$0], ranks: ranks) }.sorted().map(\.position)
  }

  /// The place of each node's name among all names in order of their bytes; equal names have equal ranks.
  func nameRanks() -> [Int] {
    let order = nodes.indices.sorted { nodes[$0].name.precedesBytewise(nodes[$1].name) }
    var ranks = [Int](repeating: 0, count: nodes.count)
    for (node, next) in zip(order, order.dropFirst()) {
      ranks[next] = ranks[node] + (nodes[node].name.precedesBytewise(nodes[next].name) ? 1 : 0)
    }
    return ranks
  }
}

/// What an edge is sorted by.
private struct EdgeRank: Comparable {
  let position: Int
  private let weight: Int64
  private let source: Int
  private let destination: Int

  init(_ position: Int, _ edge: CallGraph.Edge, ranks: [Int]) {
    self.position = position
    weight = edge.weightSum.wrappingMagnitude
    source = ranks[edge.source]
    destination = ranks[edge.destination]
  }

  static func < (left: EdgeRank, right: EdgeRank) -> Bool {
    if left.weight != right.weight { return left.weight > right.weight }
    if left.source != right.source { return left.source < right.source }
    if left.destination != right.destination { return left.destination < right.destination }
    return left.position < right.position
  }
}

extension CallGraph {
  /// How much a node tells: the entropy of its calls, weighed by its cum, plus its own value.
  ///
  /// A node that passes on one edge to one other has none; an entry or a leaf counts 1.
  private func entropyScore(_ node: Node) -> Int64 {
    let score =
      (node.incoming.isEmpty ? 1 : entropy(of: node.incoming, besides: 0))
      + (node.outgoing.isEmpty ? 1 : entropy(of: node.outgoing, besides: node.flatSum))
    return Int64(truncatingOrMin: score * Double(node.cumSum)) &+ node.flatSum
  }

  /// The information, in bits, that lies in which edge (or the node's own value) a sample belongs to.
  private func entropy(of positions: [Int], besides own: Int64) -> Double {
    let weights = positions.map { edges[$0].weightSum }
    let total = weights.reduce(own) { $1 > 0 ? $0 &+ $1 : $0 }
    if total == 0 { return 0 }
    func information(_ weight: Int64) -> Double {
      let share = Double(weight.wrappingMagnitude) / Double(total)
      return -share * log2(share)
    }
    return weights.reduce(0) { $0 + information($1) } + (own > 0 ? information(own) : 0)
  }
}

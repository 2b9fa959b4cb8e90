extension CallGraph {
  /// Removes tags that account for less than the minimum.
  mutating func trimTags(below minimum: Int64) {
    for node in 0..<shownCount { nodes[node].tags.trim(below: minimum) }
  }

  /// Removes edges into shown nodes that weigh less than the minimum, and says how many they were.
  ///
  /// The heaviest edge into a node that is to be spared stays, whatever it weighs.
  /// - Complexity: linear in the number of edges, unless many nodes are to be spared.
  mutating func trimEdges(below minimum: Int64, sparing isSpared: (Frame) -> Bool = { _ in false }) -> Int {
    var ranks: [Int]?
    var isCut = [Bool](repeating: false, count: edges.count)
    var count = 0
    for node in 0..<shownCount {
      var spared: Int?
      if isSpared(nodes[node].frame) {
        ranks = ranks ?? nameRanks()
        spared = sortedByWeight(nodes[node].incoming, ranks: ranks ?? []).first
      }
      for edge in nodes[node].incoming where edge != spared && edges[edge].weightSum.wrappingMagnitude < minimum {
        isCut[edge] = true
        count += 1
      }
    }
    if count == 0 { return 0 }
    for node in nodes.indices {
      nodes[node].incoming.removeAll { isCut[$0] }
      nodes[node].outgoing.removeAll { isCut[$0] }
    }
    return count
  }

  /// Removes residual edges whose ends are connected in another way, the lightest first.
  ///
  /// Edges heavier than some direct edge into the same node stay, lest the drawing mislead.
  mutating func removeRedundantEdges() {
    let ranks = nameRanks()
    for node in (0..<shownCount).reversed() {
      for edge in sortedByWeight(nodes[node].incoming, ranks: ranks).reversed() {
        if !edges[edge].isResidual { break }
        if isRedundant(edge) { detach(edge) }
      }
    }
  }

  /// Shows only the nodes of a tree that fulfil the condition, and ties what is below the others to their parents.
  mutating func trimTree(keeping isKept: (Int) -> Bool) {
    let isDropped = nodes.indices.map { $0 < shownCount && !isKept($0) }
    // The edge by which each dropped node is reached from the nearest one above it that stays; nil if from none.
    var ways = [Int?](repeating: nil, count: nodes.count)
    var isFound = isDropped.map { !$0 }
    for node in nodes.indices where isDropped[node] {
      // From the highest one that is not found yet down, so that each is found once.
      var path: [Int] = []
      var next = node
      while !isFound[next] {
        path.append(next)
        isFound[next] = true
        guard let edge = nodes[next].incoming.first else { break }
        next = edges[edge].source
      }
      for node in path.reversed() {
        if let edge = nodes[node].incoming.first { ways[node] = lift(edge, above: isDropped, ways) ? edge : nil }
      }
    }
    for node in nodes.indices where !isDropped[node] {
      let incoming = nodes[node].incoming
      nodes[node].incoming = incoming.filter { edge in
        let isLifted = isDropped[edges[edge].source]
        guard lift(edge, above: isDropped, ways) else { return false }
        if isLifted { edges[edge].isResidual = true }
        return true
      }
      nodes[node].outgoing = []
    }
    for node in nodes.indices where !isDropped[node] {
      for edge in nodes[node].incoming { nodes[edges[edge].source].outgoing.append(edge) }
    }
    show((0..<shownCount).filter { !isDropped[$0] })
    removeRedundantEdges()
  }

  /// Drops the edges that no node holds any more and sorts the others, in all places, the heaviest first.
  mutating func settleEdges() {
    var isHeld = [Bool](repeating: false, count: edges.count)
    for node in nodes.prefix(shownCount) {
      for edge in node.incoming { isHeld[edge] = true }
      for edge in node.outgoing { isHeld[edge] = true }
    }
    let order = sortedByWeight(edges.indices.filter { isHeld[$0] }, ranks: nameRanks())
    edges = order.map { edges[$0] }
    for node in nodes.indices {
      nodes[node].incoming = []
      nodes[node].outgoing = []
    }
    for (position, edge) in edges.enumerated() {
      nodes[edge.source].outgoing.append(position)
      nodes[edge.destination].incoming.append(position)
    }
  }

  /// Ties an edge whose source is dropped to the node above that stays; false if there is none.
  private mutating func lift(_ edge: Int, above isDropped: [Bool], _ ways: [Int?]) -> Bool {
    let source = edges[edge].source
    guard isDropped[source] else { return true }
    guard let way = ways[source] else { return false }
    edges[edge].source = edges[way].source
    edges[edge].isInline = edges[edge].isInline && edges[way].isInline
    return true
  }

  private mutating func detach(_ edge: Int) {
    nodes[edges[edge].source].outgoing.removeAll { $0 == edge }
    nodes[edges[edge].destination].incoming.removeAll { $0 == edge }
  }

  /// Whether the edge's source reaches its destination without it.
  private func isRedundant(_ edge: Int) -> Bool {
    let source = edges[edge].source
    var seen: Set<Int> = [edges[edge].destination]
    var queue = [edges[edge].destination]
    var next = 0
    while next < queue.count {
      for way in nodes[queue[next]].incoming where way != edge {
        let caller = edges[way].source
        if seen.contains(caller) { continue }
        if caller == source { return true }
        seen.insert(caller)
        queue.append(caller)
      }
      next += 1
    }
    return false
  }
}

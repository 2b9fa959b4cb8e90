extension CallGraph {
  /// Removes tags that account for less than the minimum.
  mutating func trimTags(below minimum: Int64) {
    for node in 0..<shownCount { nodes[node].tags.trim(below: minimum) }
  }

  /// Removes edges into shown nodes that weigh less than the minimum, and says how many they were.
  ///
  /// The heaviest edge into a node that is to be spared stays, whatever it weighs.
  mutating func trimEdges(below minimum: Int64, sparing isSpared: (Node) -> Bool = { _ in false }) -> Int {
    var removed = 0
    for node in 0..<shownCount {
      let spared = isSpared(nodes[node]) ? sortedByWeight(nodes[node].incoming).first : nil
      for edge in nodes[node].incoming where edge != spared && edges[edge].weightSum.wrappingMagnitude < minimum {
        detach(edge)
        removed += 1
      }
    }
    return removed
  }

  /// Removes residual edges whose ends are connected in another way, the lightest first.
  ///
  /// Edges heavier than some direct edge into the same node stay, lest the drawing mislead.
  mutating func removeRedundantEdges() {
    for node in (0..<shownCount).reversed() {
      for edge in sortedByWeight(nodes[node].incoming).reversed() {
        if !edges[edge].isResidual { break }
        if isRedundant(edge) { detach(edge) }
      }
    }
  }

  /// Shows only the nodes of a tree that fulfil the condition, and ties what is below the others to their parents.
  mutating func trimTree(keeping isKept: (Int) -> Bool) {
    let (kept, dropped) = ((0..<shownCount).filter(isKept), (0..<shownCount).filter { !isKept($0) })
    for node in dropped {
      guard let way = nodes[node].incoming.first else {
        for edge in nodes[node].outgoing { nodes[edges[edge].destination].incoming = [] }
        continue
      }
      let parent = edges[way].source
      nodes[parent].outgoing.removeAll { $0 == way }
      for edge in nodes[node].outgoing {
        edges[edge].source = parent
        edges[edge].isResidual = true
        edges[edge].isInline = edges[edge].isInline && edges[way].isInline
        nodes[parent].outgoing.append(edge)
      }
    }
    show(kept)
    removeRedundantEdges()
  }

  /// Drops the edges that no node holds any more and sorts the others, in all places, the heaviest first.
  mutating func settleEdges() {
    var isHeld = [Bool](repeating: false, count: edges.count)
    for node in nodes.prefix(shownCount) {
      for edge in node.incoming { isHeld[edge] = true }
      for edge in node.outgoing { isHeld[edge] = true }
    }
    let order = sortedByWeight(edges.indices.filter { isHeld[$0] })
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

extension ShownGraph {
  /// The way that most of the weight takes: positions in `edges`, from the heaviest entry downwards.
  ///
  /// At each function it follows the heaviest call, until the function itself costs more than any call it makes, or
  /// less than a twentieth of the total is left. No function is visited twice.
  public var hotPath: [Int] {
    var outgoing: [Int: [Int]] = [:]
    var isCalled = Set<Int>()
    for (index, edge) in edges.enumerated() {
      guard let destination = edge.destination, edge.weight > 0 else { continue }
      outgoing[edge.source, default: []].append(index)
      if destination != edge.source { isCalled.insert(destination) }
    }
    let entries = nodes.indices.filter { !isCalled.contains($0) }
    guard var node = (entries.isEmpty ? Array(nodes.indices) : entries).max(by: { nodes[$0].cum < nodes[$1].cum })
    else { return [] }
    var path: [Int] = []
    var visited: Set<Int> = [node]
    while let edge = outgoing[node]?.first(where: { !visited.contains(edges[$0].destination ?? node) }),
      let next = edges[edge].destination
    {
      if nodes[node].flat > edges[edge].weight || edges[edge].weight < total / 20 { break }
      path.append(edge)
      visited.insert(next)
      node = next
    }
    return path
  }

  /// The way that leads to a function: positions in `edges`, from an entry downwards.
  ///
  /// From the function it goes up by the heaviest call each time. No function is visited twice.
  public func path(to node: Int) -> [Int] {
    var path: [Int] = []
    var visited: Set<Int> = [node]
    var at = node
    // Edges stand in order of their weight, the heaviest first.
    while let edge = edges.indices.first(where: { edges[$0].destination == at && !visited.contains(edges[$0].source) })
    {
      path.append(edge)
      at = edges[edge].source
      visited.insert(at)
    }
    return path.reversed()
  }
}

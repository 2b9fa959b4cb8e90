/// The kinds of references a component is made of: two components with the same ones have the same shape.
struct CycleShape: Hashable {
  /// Positions in `LeakGraph.links`, in the order of what is there, each once.
  let links: [Int32]
}

/// Tells the shapes of components.
struct CycleShapes {
  private let graph: LeakGraph
  private let components: Components
  private var numbering: Numbering

  init(_ components: Components, _ graph: LeakGraph) {
    self.graph = graph
    self.components = components
    numbering = Numbering(count: graph.links.count)
  }

  /// The shape of a component, and how often each of its links occurs in it. O(references + kinds × log(kinds)).
  mutating func shape(of component: Int) -> (CycleShape, counts: [Int]) {
    var counts: [Int] = []
    for node in components.members(component) {
      for reference in graph.references(of: Int(node)) {
        guard components.component[Int(graph.targets[reference])] == Int32(component) else { continue }
        let number = numbering.number(of: graph.linkOf[reference])
        if number == counts.count { counts.append(0) }
        counts[number] += 1
      }
    }
    let order = counts.indices.sorted { graph.links[Int(numbering.met[$0])] < graph.links[Int(numbering.met[$1])] }
    let shape = CycleShape(links: order.map { numbering.met[$0] })
    numbering.reset()
    return (shape, order.map { counts[$0] })
  }
}

import Leaks

/// The kinds of references a component is made of: two components with the same ones have the same shape.
struct CycleShape: Hashable {
  /// One kind of reference: kind of owner, name, kind of target.
  struct Link: Hashable, Comparable {
    var from: Int32
    var label: Int32
    var to: Int32

    static func < (left: Link, right: Link) -> Bool {
      (left.from, left.label, left.to) < (right.from, right.label, right.to)
    }
  }
  /// Ascending, each once.
  let links: [Link]

  /// The shape of the component, and how often each link occurs in it.
  static func of(_ number: Int, _ components: Components, _ graph: LeakGraph) -> (CycleShape, [Link: Int]) {
    var counts: [Link: Int] = [:]
    for node in components.members[number] {
      for reference in graph.references(of: Int(node)) {
        let target = graph.targets[reference]
        guard components.component[Int(target)] == Int32(number) else { continue }
        counts[
          Link(from: graph.nodes[Int(node)], label: graph.labels[reference], to: graph.nodes[Int(target)]), default: 0] +=
          1
      }
    }
    return (CycleShape(links: counts.keys.sorted()), counts)
  }
}

/// Finds short closed walks in one component that together meet every cycle of its shape.
struct LoopFinder {
  private let graph: LeakGraph
  /// Where walks begin: at the program's own objects, if there are any; what libraries do among themselves is no concern.
  private let begins: [Int32]
  private let inside: Set<Int32>
  private var cut: Set<CycleShape.Link> = []
  /// Tasks' stacks that a walk was cut at: ending the task cuts all that hangs on it.
  private var ended: Set<Int32> = []

  /// Nodes that a walk is begun from, in a component of many.
  private static let starts = 64
  /// Walks that are shown at most.
  private static let most = 6

  init(_ number: Int, _ components: Components, _ graph: LeakGraph) {
    self.graph = graph
    let nodes = components.members[number]
    inside = Set(nodes)
    let ranks = nodes.map { Self.rank(of: graph.nodeNames[Int(graph.nodes[Int($0)])]) }
    let best = ranks.min()
    begins = zip(nodes, ranks).filter { $0.1 == best }.map(\.0)
  }

  private static func rank(of name: LeakGraph.NodeName) -> Int {
    switch name.kind {
    case .object: name.isLibrary ? 1 : 0
    case .closure: 2
    case .task: 3
    default: 4
    }
  }

  /// The shortest closed walk; then the shortest that does not use the link the first one is cut at; and so on.
  ///
  /// - Parameter cutOf: which of a walk's links is the one to cut.
  mutating func loops(cutOf: ([CycleShape.Link]) -> Int) -> [[CycleShape.Link]] {
    var found: [[CycleShape.Link]] = []
    while found.count < Self.most, let loop = shortest() {
      let position = cutOf(loop)
      cut.insert(loop[position])
      let owner = loop[position].from
      if graph.nodeNames[Int(owner)].kind == .taskMemory { ended.insert(owner) }
      // Begins behind the cut, so that the cut link is the one that closes the walk.
      found.append(Array(loop[(position + 1)...] + loop[...position]))
    }
    return found
  }

  private func shortest() -> [CycleShape.Link]? {
    let stride = max(1, begins.count / Self.starts)
    var best: (loop: [CycleShape.Link], text: String)?
    for index in Swift.stride(from: 0, to: begins.count, by: stride) {
      guard let loop = walk(from: begins[index], atMost: best?.loop.count ?? Int.max) else { continue }
      let text = loop.map { graph.nodeNames[Int($0.from)].name + "." + graph.referenceNames[Int($0.label)].field }
        .joined(separator: "\n")
      if let known = best, (known.loop.count, known.text) <= (loop.count, text) { continue }
      best = (loop, text)
    }
    return best?.loop
  }

  /// Breadth first from `start` back to it.
  private func walk(from start: Int32, atMost limit: Int) -> [CycleShape.Link]? {
    var cameBy: [Int32: (node: Int32, link: CycleShape.Link)] = [:]
    var level = [start]
    var depth = 0
    while !level.isEmpty, depth < limit {
      depth += 1
      var next: [Int32] = []
      for node in level {
        for reference in graph.references(of: Int(node)) {
          let target = graph.targets[reference]
          guard inside.contains(target) else { continue }
          let link = CycleShape.Link(
            from: graph.nodes[Int(node)], label: graph.labels[reference], to: graph.nodes[Int(target)])
          guard !cut.contains(link), !ended.contains(link.from) else { continue }
          if target == start { return way(to: node, from: start, cameBy) + [link] }
          guard cameBy[target] == nil else { continue }
          cameBy[target] = (node, link)
          next.append(target)
        }
      }
      level = next
    }
    return nil
  }

  private func way(
    to node: Int32, from start: Int32, _ cameBy: [Int32: (node: Int32, link: CycleShape.Link)]
  ) -> [CycleShape.Link] {
    var links: [CycleShape.Link] = []
    var node = node
    while node != start, let step = cameBy[node] {
      links.append(step.link)
      node = step.node
    }
    return links.reversed()
  }
}

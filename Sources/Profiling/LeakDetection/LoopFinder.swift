/// Finds short closed walks in one component that together meet every cycle of its shape.
struct LoopFinder {
  private let number: Int32
  private let components: Components
  private let graph: LeakGraph
  private let shape: CycleShape
  /// Where walks begin: at the program's own objects, if there are any; what libraries do among themselves is no concern.
  private let begins: [Int32]
  /// What is cut with a link: of a closure one capture, of all else a field, whatever it leads to, in all types that a
  /// generic one stands for.
  private struct Cut: Hashable {
    var declaration: Int32
    var label: Int32
    var to: Int32?
  }

  /// Nodes that a walk is begun from, in a component of many.
  private static let starts = 64
  /// Walks that are shown at most.
  private static let most = 6
  /// References that are looked at for one walk, after which none is begun any more: a ring of a million nodes is gone
  /// round once or twice.
  private static let patience = 2_000_000

  init(_ number: Int, of shape: CycleShape, _ components: Components, _ graph: LeakGraph, _ ranks: [Int]) {
    self.number = Int32(number)
    self.components = components
    self.graph = graph
    self.shape = shape
    let nodes = components.members(number)
    func rank(_ node: Int32) -> Int { ranks[Int(graph.nodes[Int(node)])] }
    let best = nodes.lazy.map(rank).min()
    begins = nodes.filter { rank($0) == best }
  }

  /// The shortest closed walk; then the shortest that does not use the link the first one is cut at; and so on.
  ///
  /// - Parameter cutOf: which of a walk's links is the one to cut.
  /// - Returns: walks as positions in the shape's links.
  func loops(_ steps: inout Steps, cutOf: ([Int32]) -> Int) -> [[Int32]] {
    steps.join(shape.links)
    var found: [[Int32]] = []
    while found.count < Self.most, let loop = shortest(&steps) {
      let position = cutOf(loop)
      let link = link(loop[position])
      // Ending a task cuts all that hangs on it and its stack.
      let endsTask = graph.nodeNames[Int(link.from)].isOfSuspendedTask
      let cut = cut(at: link)
      for number in shape.links {
        let other = graph.links[Int(number)]
        if self.cut(at: other) == cut || endsTask && other.from == link.from { steps.cut(number) }
      }
      // Begins behind the cut, so that the cut link is the one that closes the walk.
      found.append(Array(loop[(position + 1)...] + loop[...position]))
    }
    return found
  }

  private func shortest(_ steps: inout Steps) -> [Int32]? {
    let stride = max(1, begins.count / Self.starts)
    var best: [Int32]?
    var seen = 0
    for index in Swift.stride(from: 0, to: begins.count, by: stride) where seen < Self.patience {
      guard let loop = walk(from: begins[index], atMost: best?.count ?? Int.max, &steps, &seen) else { continue }
      if let known = best, known.count < loop.count || known.count == loop.count && !isBefore(loop, known) { continue }
      best = loop
    }
    return best
  }

  private func link(_ position: Int32) -> LeakGraph.Link { graph.links[Int(shape.links[Int(position)])] }

  /// Whether the first walk's names come before the second's, which is as long.
  private func isBefore(_ left: [Int32], _ right: [Int32]) -> Bool {
    guard let (left, right) = zip(left, right).first(where: { $0 != $1 && text($0) != text($1) }) else { return false }
    return text(left) < text(right)
  }

  private func text(_ position: Int32) -> String {
    let link = link(position)
    return graph.nodeNames[Int(link.from)].name + "." + graph.referenceNames[Int(link.label)].field
  }

  /// Breadth first from `start` back to it.
  private func walk(from start: Int32, atMost limit: Int, _ steps: inout Steps, _ seen: inout Int) -> [Int32]? {
    steps.begin()
    // The nodes of one distance after those of the one before.
    var queue = [start]
    var level = 0
    var depth = 0
    while level < queue.count, depth < limit {
      depth += 1
      let end = queue.count
      for position in level..<end {
        let node = queue[position]
        let references = graph.references(of: Int(node))
        seen += references.count
        for reference in references where steps.isJoined(graph.linkOf[reference]) {
          let target = graph.targets[reference]
          guard components.component[Int(target)] == number else { continue }
          if target == start {
            return way(to: node, from: start, length: depth - 1, steps) + [steps.place(of: graph.linkOf[reference])]
          }
          if steps.take(target, from: node, by: Int32(reference)) { queue.append(target) }
        }
      }
      level = end
    }
    return nil
  }

  private func cut(at link: LeakGraph.Link) -> Cut {
    let isClosure = graph.nodeNames[Int(link.from)].kind == .closure
    return Cut(declaration: graph.declarations[Int(link.from)], label: link.label, to: isClosure ? link.to : nil)
  }

  private func way(to node: Int32, from start: Int32, length: Int, _ steps: Steps) -> [Int32] {
    var links = [Int32](repeating: 0, count: length)
    var node = node
    var position = length
    while node != start {
      let step = steps.step(to: node)
      position -= 1
      links[position] = steps.place(of: graph.linkOf[Int(step.reference)])
      node = step.from
    }
    return links
  }
}

/// How walks come to each block, and where they may go: memory that all walks of a report share.
struct Steps {
  private struct Step {
    /// The last walk that came there.
    var walk: UInt32
    var from: Int32
    var reference: Int32
  }
  /// By block.
  private var steps: [Step]
  private var current: UInt32 = 0
  /// By link, its position in the shape that is walked; negative where walks may not go along it.
  private var places: [Int32]

  init(_ graph: LeakGraph) {
    steps = Array(repeating: Step(walk: 0, from: 0, reference: 0), count: graph.count)
    places = Array(repeating: -1, count: graph.links.count)
  }

  /// Lets walks go along these links. Those of other shapes lead nowhere in a component of this one.
  mutating func join(_ links: [Int32]) {
    for (place, link) in links.enumerated() { places[Int(link)] = Int32(place) }
  }

  /// Lets none go along this link any more.
  mutating func cut(_ link: Int32) { places[Int(link)] = -1 }

  func isJoined(_ link: Int32) -> Bool { places[Int(link)] >= 0 }

  /// The position of a link in the shape.
  func place(of link: Int32) -> Int32 { places[Int(link)] }

  /// Forgets all steps.
  mutating func begin() { current += 1 }

  /// Remembers how the walk came to the block; false if it has been there.
  mutating func take(_ block: Int32, from node: Int32, by reference: Int32) -> Bool {
    guard steps[Int(block)].walk != current else { return false }
    steps[Int(block)] = Step(walk: current, from: node, reference: reference)
    return true
  }

  /// The block and the reference that led to this one.
  func step(to block: Int32) -> (from: Int32, reference: Int32) {
    (steps[Int(block)].from, steps[Int(block)].reference)
  }
}

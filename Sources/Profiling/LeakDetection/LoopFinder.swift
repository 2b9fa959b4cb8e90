/// Finds short closed walks in one component that together meet every cycle of its shape.
struct LoopFinder {
  private let number: Int
  private let components: Components
  private let graph: LeakGraph
  private let steps: Steps
  /// Where walks begin: at the program's own objects, if there are any; what libraries do among themselves is no concern.
  private let begins: [Int32]
  private var cut: Set<Cut> = []
  /// Tasks' stacks that a walk was cut at: ending the task cuts all that hangs on it.
  private var ended: Set<Int32> = []

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

  init(_ number: Int, _ components: Components, _ graph: LeakGraph, _ steps: Steps) {
    self.number = number
    self.components = components
    self.graph = graph
    self.steps = steps
    let nodes = components.members[number]
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
      cut.insert(cut(at: loop[position]))
      let owner = loop[position].from
      if graph.nodeNames[Int(owner)].kind == .taskMemory { ended.insert(owner) }
      // Begins behind the cut, so that the cut link is the one that closes the walk.
      found.append(Array(loop[(position + 1)...] + loop[...position]))
    }
    return found
  }

  private func shortest() -> [CycleShape.Link]? {
    let stride = max(1, begins.count / Self.starts)
    var best: [CycleShape.Link]?
    var seen = 0
    for index in Swift.stride(from: 0, to: begins.count, by: stride) where seen < Self.patience {
      guard let loop = walk(from: begins[index], atMost: best?.count ?? Int.max, &seen) else { continue }
      if let known = best, known.count < loop.count || known.count == loop.count && !isBefore(loop, known) { continue }
      best = loop
    }
    return best
  }

  /// Whether the first walk's names come before the second's, which is as long.
  private func isBefore(_ left: [CycleShape.Link], _ right: [CycleShape.Link]) -> Bool {
    guard let (left, right) = zip(left, right).first(where: { $0 != $1 && text($0) != text($1) }) else { return false }
    return text(left) < text(right)
  }

  private func text(_ link: CycleShape.Link) -> String {
    graph.nodeNames[Int(link.from)].name + "." + graph.referenceNames[Int(link.label)].field
  }

  /// Breadth first from `start` back to it.
  private func walk(from start: Int32, atMost limit: Int, _ seen: inout Int) -> [CycleShape.Link]? {
    steps.begin()
    var level = [start]
    var depth = 0
    while !level.isEmpty, depth < limit {
      depth += 1
      var next: [Int32] = []
      for node in level {
        let references = graph.references(of: Int(node))
        seen += references.count
        for reference in references {
          let target = graph.targets[reference]
          guard components.component[Int(target)] == Int32(number) else { continue }
          if !cut.isEmpty || !ended.isEmpty {
            let link = link(node, reference)
            guard !cut.contains(cut(at: link)), !ended.contains(link.from) else { continue }
          }
          if target == start { return way(to: node, from: start) + [link(node, reference)] }
          if steps.take(target, from: node, by: Int32(reference)) { next.append(target) }
        }
      }
      level = next
    }
    return nil
  }

  private func cut(at link: CycleShape.Link) -> Cut {
    let isClosure = graph.nodeNames[Int(link.from)].kind == .closure
    return Cut(declaration: graph.declarations[Int(link.from)], label: link.label, to: isClosure ? link.to : nil)
  }

  private func link(_ node: Int32, _ reference: Int) -> CycleShape.Link {
    CycleShape.Link(
      from: graph.nodes[Int(node)], label: graph.labels[reference], to: graph.nodes[Int(graph.targets[reference])])
  }

  private func way(to node: Int32, from start: Int32) -> [CycleShape.Link] {
    var links: [CycleShape.Link] = []
    var node = node
    while node != start {
      let step = steps.step(to: node)
      links.append(link(step.from, Int(step.reference)))
      node = step.from
    }
    return links.reversed()
  }
}

/// How a walk came to each block: memory that all walks of a report share.
final class Steps {
  private var from: [Int32]
  private var reference: [Int32]
  /// By block, the last walk that came there.
  private var walk: [UInt32]
  private var current: UInt32 = 0

  /// - Parameter count: how many blocks there are.
  init(count: Int) {
    from = Array(repeating: 0, count: count)
    reference = Array(repeating: 0, count: count)
    walk = Array(repeating: 0, count: count)
  }

  /// Forgets all steps.
  func begin() { current += 1 }

  /// Remembers how the walk came to the block; false if it has been there.
  func take(_ block: Int32, from node: Int32, by reference: Int32) -> Bool {
    guard walk[Int(block)] != current else { return false }
    walk[Int(block)] = current
    from[Int(block)] = node
    self.reference[Int(block)] = reference
    return true
  }

  /// The block and the reference that led to this one.
  func step(to block: Int32) -> (from: Int32, reference: Int32) { (from[Int(block)], reference[Int(block)]) }
}

/// Some who wait for one another in a ring, for ever.
public struct Deadlock: Sendable, Hashable {
  /// The ring, by the indices of its nodes, each of which leads to the next and the last to the first. It begins with a task
  /// or a thread.
  public var ring: [Int]
  /// Whether nothing in the graph could ever end it. If not, a task that was suspended while it held a lock of the C
  /// library could.
  public var isProven: Bool
}

extension WaitGraph {
  /// The deadlocks: rings of the graph out of which nothing leads.
  ///
  /// A node is stuck if what it needs is stuck: all that it leads to, or one of these if it needs all. That makes the
  /// largest set of stuck nodes the deadlocks with all who wait for them. Whoever leads nowhere, and whoever waits for a
  /// time, is not stuck. Of rings that share a node the shortest is told.
  ///
  /// Source: Holt, "Some Deadlock Properties of Computer Systems" (1972): knots, where several could help.
  ///
  /// Complexity: linear in the graph, and quadratic in what lies on rings.
  public var deadlocks: [Deadlock] {
    let proven = rings(among: stuck)
    let taken = Set(proven.flatMap { $0 })
    let others = rings(among: stuck(without: \.isPossible)).filter { taken.isDisjoint(with: $0) }
    return proven.map { Deadlock(ring: $0, isProven: true) } + others.map { Deadlock(ring: $0, isProven: false) }
  }

  /// Whoever can never go on: the members of proven deadlocks, and all who wait for them.
  public var stuck: Set<Int> { stuck { _ in false } }

  private func stuck(without isLeftOut: (WaitEdge) -> Bool) -> Set<Int> {
    var targets = [[Int]](repeating: [], count: nodes.count)
    var sources = targets
    var goesOn = [Bool](repeating: false, count: nodes.count)
    for edge in edges where !isLeftOut(edge) {
      targets[edge.from].append(edge.to)
      sources[edge.to].append(edge.from)
      if edge.isLimited { goesOn[edge.from] = true }
    }
    var left = targets.map { Set($0).count }
    var free = nodes.indices.filter { goesOn[$0] || left[$0] == 0 }
    for node in free { goesOn[node] = true }
    while let node = free.popLast() {
      for source in Set(sources[node]) where !goesOn[source] {
        left[source] -= 1
        guard left[source] == 0 || !nodes[source].needsAll else { continue }
        goesOn[source] = true
        free.append(source)
      }
    }
    return Set(nodes.indices.filter { !goesOn[$0] })
  }

  /// Rings that share no node, the shortest first.
  private func rings(among stuck: Set<Int>) -> [[Int]] {
    var left = stuck
    var rings: [[Int]] = []
    while true {
      let next = successors(among: left)
      left = Set(next.keys)
      let found = left.sorted().compactMap { ring(through: $0, next) }
      guard let shortest = found.min(by: { $0.count < $1.count }) else { return rings }
      rings.append(turned(shortest))
      left.subtract(shortest)
    }
  }

  /// Where each of the nodes leads, without those that nothing leads to and those that lead nowhere: no ring has them.
  private func successors(among nodes: Set<Int>) -> [Int: [Int]] {
    let inside = edges.filter { nodes.contains($0.from) && nodes.contains($0.to) }
    let next = Dictionary(grouping: inside, by: \.from).mapValues { Set($0.map(\.to)) }
    let former = Dictionary(grouping: inside, by: \.to).mapValues { Set($0.map(\.from)) }
    var left = (out: next.mapValues(\.count), in: former.mapValues(\.count))
    var kept = nodes
    var open = nodes.filter { left.out[$0] == nil || left.in[$0] == nil }
    kept.subtract(open)
    while let node = open.popFirst() {
      for target in next[node] ?? [] where kept.contains(target) {
        left.in[target, default: 0] -= 1
        if left.in[target] == 0, kept.remove(target) != nil { open.insert(target) }
      }
      for source in former[node] ?? [] where kept.contains(source) {
        left.out[source, default: 0] -= 1
        if left.out[source] == 0, kept.remove(source) != nil { open.insert(source) }
      }
    }
    return next.filter { kept.contains($0.key) }.mapValues { $0.filter(kept.contains).sorted() }
  }

  /// The shortest ring through a node.
  private func ring(through start: Int, _ next: [Int: [Int]]) -> [Int]? {
    var before: [Int: Int] = [:]
    var queue = [start]
    var at = 0
    while at < queue.count {
      let node = queue[at]
      at += 1
      for target in next[node] ?? [] {
        if target == start {
          var ring = [node]
          while let last = ring.last, last != start, let former = before[last] { ring.append(former) }
          return ring.reversed()
        }
        guard before[target] == nil else { continue }
        before[target] = node
        queue.append(target)
      }
    }
    return nil
  }

  /// The same ring from its first task or thread on.
  private func turned(_ ring: [Int]) -> [Int] {
    let first = ring.filter { nodes[$0].isWaiter }.min() ?? ring[0]
    let place = ring.firstIndex(of: first) ?? 0
    return Array(ring[place...] + ring[..<place])
  }
}

import Waiting

/// What a drawing shows of a wait-for graph: the deadlocks and who hangs on them; without any, all who wait.
public struct WaitForReport: Sendable {
  /// What a box stands for, as a reader judges it.
  public enum Role: String, Sendable, Hashable {
    /// In the ring of a deadlock.
    case deadlocked
    /// Waits for a deadlock, for ever.
    case stuck
    /// Waits, and may go on.
    case waiting
    /// Goes on, or may be woken by somebody who is not known.
    case free
  }

  /// A box: a task, a thread, or what is waited for.
  public struct Box: Sendable, Hashable {
    /// The node's index in the graph.
    public var node: Int
    /// What to call it.
    public var name: String
    /// Whether it can wait; else it is what is waited for.
    public var isWaiter: Bool
    /// What it does or where it is, a line each, and for how long.
    public var facts: [String]
    /// How a reader judges it.
    public var role: Role
  }

  /// An arrow between boxes, by their positions.
  public struct Arrow: Sendable, Hashable {
    /// Who does not go on.
    public var from: Int
    /// What has to happen before.
    public var to: Int
    /// Whether it leads from what is held to who holds it.
    public var isHold: Bool
    /// Whether a deadlock's ring leads along it.
    public var isInRing: Bool
    /// Whether it is but possible, or ends by itself at a time.
    public var isUnsure: Bool
  }

  /// The graph it is of.
  public let graph: WaitGraph
  /// Its deadlocks.
  public let deadlocks: [Deadlock]
  /// What is drawn.
  public let boxes: [Box]
  /// How that hangs together.
  public let arrows: [Arrow]
  /// How many tasks and threads that wait are left out.
  public let leftOut: Int

  /// Chooses so many boxes at most: the deadlocks first, then what hangs on them.
  public init(_ graph: WaitGraph, most: Int = 40) {
    self.graph = graph
    deadlocks = graph.deadlocks
    let rings = Set(deadlocks.flatMap(\.ring)), stuck = graph.stuck
    let candidates = deadlocks.isEmpty ? Array(graph.nodes.indices) : Self.around(rings, in: graph)
    let ordered = candidates.filter(rings.contains) + candidates.filter { !rings.contains($0) }
    let chosen = ordered.prefix(max(most, rings.count)).sorted()
    let waits = Set(graph.edges.map(\.from))
    boxes = chosen.map { index in
      let node = graph.nodes[index]
      let role: Role =
        rings.contains(index)
        ? .deadlocked : stuck.contains(index) ? .stuck : waits.contains(index) && node.isWaiter ? .waiting : .free
      return Box(node: index, name: node.name, isWaiter: node.isWaiter, facts: Self.facts(node), role: role)
    }
    let places = Dictionary(uniqueKeysWithValues: zip(chosen, chosen.indices))
    let steps = Set(deadlocks.flatMap { zip($0.ring, $0.ring.dropFirst() + $0.ring.prefix(1)).map { [$0, $1] } })
    var seen: Set<[Int]> = []
    arrows = graph.edges.compactMap { edge in
      guard let from = places[edge.from], let to = places[edge.to], seen.insert([from, to]).inserted else { return nil }
      return Arrow(
        from: from, to: to, isHold: !graph.nodes[edge.from].isWaiter, isInRing: steps.contains([edge.from, edge.to]),
        isUnsure: edge.isPossible || edge.isLimited)
    }
    let drawn = Set(chosen)
    leftOut = waits.filter { graph.nodes[$0].isWaiter && !drawn.contains($0) }.count
  }

  /// All that hangs together with some nodes.
  private static func around(_ nodes: Set<Int>, in graph: WaitGraph) -> [Int] {
    var sources: [Int: [Int]] = [:]
    for edge in graph.edges { sources[edge.to, default: []].append(edge.from) }
    var known = nodes
    var open = nodes.sorted()
    while let node = open.popLast() {
      for source in sources[node] ?? [] where known.insert(source).inserted { open.append(source) }
    }
    return known.sorted()
  }

  private static func facts(_ node: WaitNode) -> [String] {
    let age = node.nanoseconds > 0 ? ", " + WaitWords.duration(nanoseconds: node.nanoseconds) : ""
    return [node.state.isEmpty ? "" : node.state + age, node.place].filter { !$0.isEmpty }
  }

  /// What it shows, in sentences.
  public var sentence: String {
    if !deadlocks.isEmpty { return deadlocks.map(graph.sentence).joined(separator: " ") }
    let waiting = Set(graph.edges.map(\.from)).filter { graph.nodes[$0].isWaiter }.count
    return waiting == 0
      ? "Nobody waits for anybody." : "No deadlock: \(waiting) \(waiting == 1 ? "waits" : "wait"), and may go on."
  }

  /// One who waits, for a table: who it is, what it does, what it waits for, who has that, for how long, where.
  public struct Row: Sendable, Hashable {
    /// The cells, in that order.
    public var cells: [String]
  }

  /// All who wait, drawn or not.
  public var rows: [Row] {
    let leading = Dictionary(grouping: graph.edges, by: \.from)
    return graph.nodes.indices.filter { graph.nodes[$0].isWaiter }.flatMap { waiter in
      (leading[waiter] ?? []).map { edge in
        let target = graph.nodes[edge.to]
        let holders = target.isWaiter ? [] : (leading[edge.to] ?? []).filter { !$0.isPossible }
        let node = graph.nodes[waiter]
        return Row(cells: [
          node.name, target.name, holders.map { graph.nodes[$0.to].name }.joined(separator: ", "),
          node.nanoseconds > 0 ? WaitWords.duration(nanoseconds: node.nanoseconds) : "", node.place,
        ])
      }
    }
  }
}

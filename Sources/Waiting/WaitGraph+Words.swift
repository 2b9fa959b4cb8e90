extension WaitGraph {
  /// A deadlock in one sentence:
  ///
  ///     Deadlock: task 5 "debit" holds Mutex A and waits for Mutex B, which task 6 "credit" holds, which waits for Mutex
  ///     A; for 3 s.
  public func sentence(_ deadlock: Deadlock) -> String {
    let links = links(deadlock.ring)
    guard let first = links.first, let last = links.last else { return "" }
    var text = deadlock.isProven ? "Deadlock: " : "Probably a deadlock: "
    text += nodes[first.waiter].name
    if links.count == 1, let held = first.held {
      text += " waits for \(nodes[held].name), which it \(Self.verbs(nodes[held].kind).active) itself"
    } else {
      if let held = last.held { text += " \(Self.verbs(nodes[held].kind).active) \(nodes[held].name) and" }
      for (position, link) in links.enumerated() {
        let next = nodes[links[(position + 1) % links.count].waiter].name
        let isLast = position == links.count - 1
        text += " waits for "
        if let held = link.held {
          text += nodes[held].name
          if !isLast { text += ", which \(next) \(Self.verbs(nodes[held].kind).active), which" }
        } else {
          text += (link.isChild ? "its child " : "") + next + (isLast ? "" : ", which")
        }
      }
    }
    let age = nanoseconds(of: deadlock)
    if age > 0 { text += "; for \(WaitWords.duration(nanoseconds: age))" }
    if !deadlock.isProven {
      text += ". Unless a task was suspended while it held one of these locks: it may give it back"
    }
    return text + "."
  }

  /// For how long a deadlock has lasted: since the last of its members began to wait; 0 if that is not known.
  public func nanoseconds(of deadlock: Deadlock) -> Int {
    deadlock.ring.filter { nodes[$0].isWaiter }.map { nodes[$0].nanoseconds }.min() ?? 0
  }

  /// How one has something that others wait for.
  static func verbs(_ kind: WaitNode.Kind) -> (active: String, passive: String) {
    switch kind {
    case .once: ("runs", "run by")
    case .queue, .actor, .executor: ("occupies", "occupied by")
    default: ("holds", "held by")
    }
  }

  private struct Link {
    var waiter: Int
    /// What lies between it and the next one; nil if it waits for that one itself.
    var held: Int?
    var isChild = false
  }

  /// The tasks and threads of a ring, each with what it waits for.
  private func links(_ ring: [Int]) -> [Link] {
    var links: [Link] = []
    for node in ring {
      if nodes[node].isWaiter {
        links.append(Link(waiter: node))
      } else if !links.isEmpty {
        let isGroup = nodes[node].kind == .group
        if isGroup { links[links.count - 1].isChild = true } else { links[links.count - 1].held = node }
      }
    }
    return links
  }
}

/// What each task and thread of a graph waits for, in words.
package struct WaitSentences: Sendable {
  private let graph: WaitGraph
  /// The edges that lead from each node.
  private let leading: [[WaitEdge]]

  /// Those of a graph. O(nodes + edges).
  package init(_ graph: WaitGraph) {
    self.graph = graph
    var leading = [[WaitEdge]](repeating: [], count: graph.nodes.count)
    for edge in graph.edges { leading[edge.from].append(edge) }
    self.leading = leading
  }

  /// What a task or thread waits for and who has that, as the end of a sentence that begins with it; nil if it waits for
  /// nothing that is known: `waits for Mutex A, held by task 6 "credit"`.
  package func wait(of waiter: Int) -> String? {
    guard let first = leading[waiter].first else { return nil }
    let target = graph.nodes[first.to]
    var text = "waits for \(target.name)"
    if !target.isWaiter {
      if !target.place.isEmpty { text += " (\(target.place))" }
      text += told(of: first.to)
    }
    if first.isLimited { text += ", up to a time" }
    let age = graph.nodes[waiter].nanoseconds
    return age > 0 ? text + ", for \(WaitWords.duration(nanoseconds: age))" : text
  }

  /// Who has what is waited for, in words.
  private func told(of node: Int) -> String {
    let holders = leading[node]
    let sure = holders.filter { !$0.isPossible }.map { graph.nodes[$0.to].name }
    guard !sure.isEmpty else { return Self.unknownHolder(graph.nodes[node]) }
    let names = sure.prefix(3).joined(separator: ", ") + (sure.count > 3 ? " and \(sure.count - 3) more" : "")
    let kind = graph.nodes[node].kind
    let verb = kind == .group ? ":" : ", \(WaitGraph.verbs(kind).passive)"
    let others = holders.contains(where: \.isPossible) ? ", or by a task that was suspended there while it held it" : ""
    return "\(verb) \(names)\(others)"
  }

  /// What to say where nobody is known to have it.
  private static func unknownHolder(_ node: WaitNode) -> String {
    switch node.kind {
    case .condition, .semaphore: "; who will signal it is not known"
    case .dispatchGroup: "; who will leave it is not known"
    case .readWriteLock: "; who reads is not known"
    case .once, .word: "; who will wake it is not known"
    case .actor, .executor: node.state.isEmpty ? "; who occupies it is not known" : ", which is free, for a thread"
    case .group: ", in which nothing runs"
    default: "; who holds it is not known"
    }
  }
}

/// How times are said.
package enum WaitWords {
  /// A duration as one says it: `450 µs`, `12 s`, `23 min`, `5 h`, `3 d`. From two of a unit on, or what is told would be
  /// rounded too much.
  package static func duration(nanoseconds: Int) -> String {
    let units: [(String, Int)] = [
      ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000),
      ("ms", 1_000_000), ("µs", 1_000),
    ]
    let fitting = units.first { nanoseconds >= 2 * $0.1 } ?? ("µs", 1_000)
    return "\(nanoseconds / fitting.1) \(fitting.0)"
  }
}

extension WaitGraph: CustomStringConvertible {
  /// The deadlocks, a sentence each; then everybody who waits, a line each.
  public var description: String {
    let deadlocks = deadlocks
    var lines = deadlocks.isEmpty ? ["No deadlock."] : deadlocks.map(sentence)
    let members = Set(deadlocks.flatMap(\.ring))
    let victims = stuck.subtracting(members).filter { nodes[$0].isWaiter }.count
    if victims > 0 { lines.append("\(victims) more \(victims == 1 ? "waits" : "wait") for that, for ever.") }
    let sentences = WaitSentences(self)
    let waits = nodes.indices.filter { nodes[$0].isWaiter }.compactMap { node in
      sentences.wait(of: node).map { "  \(nodes[node].name) \($0)" }
    }
    if !waits.isEmpty { lines += [""] + waits }
    if !notes.isEmpty { lines += [""] + notes }
    return lines.joined(separator: "\n") + "\n"
  }
}

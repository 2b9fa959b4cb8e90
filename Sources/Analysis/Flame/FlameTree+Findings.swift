/// What is worth saying about a flame graph.
extension FlameTree {
  /// The function with the largest weight of its own.
  public var busiest: FlameFunction? { functions.max { $0.own.value < $1.own.value } }

  /// The deepest frame of the app that has more than half of the whole, else the deepest such of anybody, else the
  /// heaviest.
  public var hotNode: Node? {
    let half = total.value / 2
    var found: Node?
    var depth = 0
    for node in nodes.dropFirst() {
      guard let frame = node.frame, node.total.value > half, node.depth > depth else { continue }
      depth = node.depth
      if found == nil || frames[frame].origin == .app { found = node }
    }
    return found ?? nodes.dropFirst().first
  }

  /// Of a difference, the function whose own weight grew the most; nil if none grew.
  public var mostGrown: FlameFunction? {
    functions.sorted { $0.own.change < $1.own.change }.last.flatMap { $0.own.change > 0 ? $0 : nil }
  }

  /// Of a difference, the function whose own weight shrank the most; nil if none shrank.
  public var mostShrunk: FlameFunction? {
    functions.sorted { $0.own.change < $1.own.change }.first.flatMap { $0.own.change < 0 ? $0 : nil }
  }

  /// Of a difference, whether any frame grew, shrank, or stayed the same.
  public var changes: (hasMore: Bool, hasLess: Bool, hasSame: Bool) {
    let changes = nodes.dropFirst().filter { $0.frame != nil }.map(\.total.change)
    return (changes.contains { $0 > 0 }, changes.contains { $0 < 0 }, changes.contains(0))
  }

  /// Whose code the functions are, with what all of one origin have of their own.
  public var origins: [(origin: FrameOrigin, own: Int64)] {
    FrameOrigin.allCases.compactMap { origin in
      let functions = functions.filter { frames[$0.frame].origin == origin }
      return functions.isEmpty ? nil : (origin, functions.reduce(0) { $0.saturatingSum($1.own.value) })
    }
  }

  /// Whether an async function is in the tree.
  public var hasAsync: Bool { nodes.contains { $0.frame.map { frames[$0].isAsync } ?? false } }

  /// The names of all functions in the tree, in the order of `frames`.
  public var names: [String] { Set(nodes.compactMap(\.frame)).sorted().map { frames[$0].name } }
}

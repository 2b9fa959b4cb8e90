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

  /// The position of the widest node of a function; nil if there is none.
  public func widestNode(where isNamed: (String) -> Bool) -> Int? {
    let named = nodes.indices.filter { nodes[$0].frame.map { isNamed(frames[$0].name) } ?? false }
    // The first of several that are equally wide: the outermost of one path.
    return named.max { (nodes[$0].width, $1) < (nodes[$1].width, $0) }
  }

  /// The positions of all nodes of the same function as the given one that lie below no other of them: what the function
  /// has in all is what these have together.
  public func outermost(like node: Int) -> [Int] {
    let alike = nodes.indices.filter { nodes[$0].frame == nodes[node].frame }
    let within = Set(alike.flatMap(below))
    return alike.filter { !within.contains($0) }
  }

  /// The positions of the nodes from the root to the given one.
  public func path(to node: Int) -> [Int] {
    var path = [node]
    while let first = path.last, first != 0 { path.append(nodes[first].parent) }
    return path.reversed()
  }

  /// The positions of all nodes below the given one.
  public func below(_ node: Int) -> Range<Int> {
    let end = nodes[(node + 1)...].firstIndex { $0.depth <= nodes[node].depth } ?? nodes.endIndex
    return node + 1..<end
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

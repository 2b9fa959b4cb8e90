/// What is worth saying about a call graph.
extension ShownGraph {
  /// The function that costs the most itself, as a position in `nodes`.
  public var busiest: Int? { nodes.indices.max { nodes[$0].flat < nodes[$1].flat } }

  /// The functions of the hot path, as positions in `nodes`, from its entry down to the last that still has more than
  /// half of the total: the start of a program is on every path. Empty if no call has so much.
  public var hotFunctions: [Int] {
    let path = hotPath.map { (source: edges[$0].source, destination: edges[$0].destination ?? edges[$0].source) }
    guard let first = path.first, let end = path.lastIndex(where: { nodes[$0.destination].cum > total / 2 }) else {
      return []
    }
    return [first.source] + path[...end].map(\.destination)
  }

  /// Of a difference, the function whose own value grew the most; nil if none grew.
  public var mostGrown: Node? { nodes.max { $0.flat < $1.flat }.flatMap { $0.flat > 0 ? $0 : nil } }

  /// Of a difference, the function whose own value shrank the most; nil if none shrank.
  public var mostShrunk: Node? { nodes.min { $0.flat < $1.flat }.flatMap { $0.flat < 0 ? $0 : nil } }
}

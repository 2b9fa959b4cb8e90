/// The strongly connected components of a graph: the largest groups in which every node leads to every other.
///
/// Tarjan's algorithm with a stack of its own, so that a long list cannot exhaust the thread's. O(nodes + edges).
/// Source: R. Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972).
struct Components {
  /// By node, the number of its component. Whatever a component leads to has a lower number.
  private(set) var component: [Int32]
  /// The nodes of the first component, then of the next.
  private var order: [Int32] = []
  /// By component, where its nodes begin in `order`; one more at the end.
  private var first: [Int32] = [0]

  init(_ graph: LeakGraph) {
    let count = graph.count
    component = Array(repeating: -1, count: count)
    order.reserveCapacity(count)
    let (references, targets) = (graph.first, graph.targets)
    var index = [Int32](repeating: -1, count: count)
    var low = [Int32](repeating: 0, count: count)
    var open: [Int32] = []
    var work: [(node: Int32, edge: Int32)] = []
    var next: Int32 = 0
    for root in 0..<Int32(count) where index[Int(root)] < 0 {
      work.append((root, references[Int(root)]))
      while let (node, edge) = work.last {
        let n = Int(node)
        if index[n] < 0 {
          index[n] = next
          low[n] = next
          next += 1
          open.append(node)
        }
        if edge < references[n + 1] {
          work[work.count - 1].edge += 1
          let target = targets[Int(edge)]
          if index[Int(target)] < 0 {
            work.append((target, references[Int(target)]))
          } else if component[Int(target)] < 0 {
            low[n] = min(low[n], index[Int(target)])
          }
          continue
        }
        work.removeLast()
        if let parent = work.last { low[Int(parent.node)] = min(low[Int(parent.node)], low[n]) }
        if low[n] == index[n] { close(node, &open) }
      }
    }
  }

  private mutating func close(_ root: Int32, _ open: inout [Int32]) {
    let number = Int32(count)
    while let node = open.popLast() {
      component[Int(node)] = number
      order.append(node)
      if node == root { break }
    }
    first.append(Int32(order.count))
  }

  /// How many there are.
  var count: Int { first.count - 1 }

  /// The nodes of a component.
  func members(_ number: Int) -> ArraySlice<Int32> { order[Int(first[number])..<Int(first[number + 1])] }

  /// How many nodes a component has.
  func size(_ number: Int) -> Int { Int(first[number + 1] - first[number]) }

  /// Whether the component's nodes lead back to themselves.
  func isCyclic(_ number: Int, in graph: LeakGraph) -> Bool {
    guard size(number) == 1 else { return true }
    let node = order[Int(first[number])]
    return graph.references(of: Int(node)).contains { graph.targets[$0] == node }
  }
}

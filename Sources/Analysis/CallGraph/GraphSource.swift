import Pprof

/// A profile made ready for building graphs from it: what each sample weighs and which tags it bears.
///
/// A report builds its graph several times, each time keeping fewer nodes, since values cannot be taken out of a
/// finished graph without loss of precision.
struct GraphSource {
  var profile: Profile
  /// One for each of the profile's samples.
  let weights: [Weight]
  /// One for each of the profile's samples; empty if the graph shows no tags.
  let tags: [SampleTags]
  /// Whether functions of one name in two binaries are told apart.
  let namesObjects: Bool
  /// Whether nodes of negative value are left out.
  let dropsNegative: Bool
}

extension CallGraph {
  /// The graph of all stacks: one node a place.
  ///
  /// Value and edge weight count once a sample, however often the place or the call stands on its stack.
  /// - Parameter kept: the places to show; calls through others become residual edges. Nil keeps all.
  /// - Complexity: O(total depth of the stacks).
  init(graphOf source: GraphSource, keeping kept: Set<Frame>? = nil) {
    let table = FrameTable(source.profile, namesObjects: source.namesObjects)
    var functions: [Frame: Int] = [:]
    var nodeOfFrame: [Int] = []
    self.init(nodes: [], shownCount: 0, edges: [])
    for frame in table.frames {
      if let kept, !kept.contains(frame) {
        nodeOfFrame.append(-1)
      } else {
        nodeOfFrame.append(nodes.count)
        nodes.append(Node(frame: frame, function: functions.number(of: frame.function)))
      }
    }

    var edgeOfPair: [NodePair: Int] = [:]
    // The sample that last counted for a node or an edge.
    var lastAtNode = [Int](repeating: -1, count: nodes.count)
    var lastAtEdge: [Int] = []
    for (number, sample) in source.profile.samples.enumerated() {
      let weight = source.weights[number]
      if weight.isZero { continue }
      var parent = -1
      var isResidual = false
      for location in sample.locations.reversed() {
        let frames = table.frames(ofLocation: location)
        for position in frames.indices.reversed() {
          let node = nodeOfFrame[frames[position]]
          if node < 0 {
            isResidual = true
            continue
          }
          if lastAtNode[node] != number {
            lastAtNode[node] = number
            nodes[node].addCum(weight)
            if !source.tags.isEmpty { nodes[node].tags.add(source.tags[number], weight, flat: false) }
          }
          if parent >= 0, parent != node {
            let edge = edge(from: parent, to: node, in: &edgeOfPair)
            if edge == lastAtEdge.count { lastAtEdge.append(-1) }
            if lastAtEdge[edge] != number {
              lastAtEdge[edge] = number
              edges[edge].add(weight, isResidual: isResidual, isInline: position != frames.endIndex - 1)
            }
          }
          parent = node
          isResidual = false
        }
      }
      if parent >= 0, !isResidual {
        nodes[parent].addFlat(weight)
        if !source.tags.isEmpty { nodes[parent].tags.add(source.tags[number], weight, flat: true) }
      }
    }
    showNodes(dropNegative: source.dropsNegative)
  }

  /// The tree of all stacks: one node for each way to reach a place.
  init(treeOf source: GraphSource) {
    let table = FrameTable(source.profile, namesObjects: source.namesObjects)
    var functions: [FunctionInTree: Int] = [:]
    var childOfPair: [NodePair: Int] = [:]
    var edgeOfPair: [NodePair: Int] = [:]
    self.init(nodes: [], shownCount: 0, edges: [])
    for (number, sample) in source.profile.samples.enumerated() {
      let weight = source.weights[number]
      if weight.isZero { continue }
      var parent = -1
      for location in sample.locations.reversed() {
        let frames = table.frames(ofLocation: location)
        for position in frames.indices.reversed() {
          let frame = table.frames[frames[position]]
          let pair = NodePair(parent, frames[position])
          let node = childOfPair[pair] ?? nodes.count
          if node == nodes.count {
            childOfPair[pair] = node
            let function = FunctionInTree(parent: parent, frame: frame.function)
            nodes.append(Node(frame: frame, function: functions.number(of: function)))
          }
          nodes[node].addCum(weight)
          if !source.tags.isEmpty { nodes[node].tags.add(source.tags[number], weight, flat: false) }
          if parent >= 0 {
            let edge = edge(from: parent, to: node, in: &edgeOfPair)
            edges[edge].add(weight, isResidual: false, isInline: position != frames.endIndex - 1)
          }
          parent = node
        }
      }
      if parent >= 0 {
        nodes[parent].addFlat(weight)
        if !source.tags.isEmpty { nodes[parent].tags.add(source.tags[number], weight, flat: true) }
      }
    }
    showNodes(dropNegative: source.dropsNegative)
  }
}

extension CallGraph {
  /// The edge between two nodes, made without any weight if there is none yet.
  private mutating func edge(from source: Int, to destination: Int, in edgeOfPair: inout [NodePair: Int]) -> Int {
    let pair = NodePair(source, destination)
    if let edge = edgeOfPair[pair] { return edge }
    let edge = edges.count
    edgeOfPair[pair] = edge
    edges.append(
      Edge(
        source: source, destination: destination, weightSum: 0, weightDivisor: 0, isResidual: false, isInline: true))
    nodes[source].outgoing.append(edge)
    nodes[destination].incoming.append(edge)
    return edge
  }

  /// Shows the nodes that have a value, and puts them before the others.
  private mutating func showNodes(dropNegative: Bool) {
    show(
      nodes.indices.filter { position in
        let node = nodes[position]
        if node.cumSum == 0 && node.flatSum == 0 { return false }
        return !(dropNegative && (node.flatSum < 0 || (node.flatSum == 0 && node.cumSum < 0)))
      })
  }
}

extension CallGraph.Node {
  fileprivate mutating func addCum(_ weight: Weight) {
    cumSum &+= weight.value
    cumDivisor &+= weight.divisor
  }

  fileprivate mutating func addFlat(_ weight: Weight) {
    flatSum &+= weight.value
    flatDivisor &+= weight.divisor
  }
}

extension CallGraph.Edge {
  fileprivate mutating func add(_ weight: Weight, isResidual: Bool, isInline: Bool) {
    weightSum &+= weight.value
    weightDivisor &+= weight.divisor
    if isResidual { self.isResidual = true }
    if !isInline { self.isInline = false }
  }
}

/// Two nodes, or a node and a frame, as a key of a dictionary.
private struct NodePair: Hashable {
  var first: Int
  var second: Int

  init(_ first: Int, _ second: Int) {
    self.first = first
    self.second = second
  }
}

/// A function as reached in one way.
private struct FunctionInTree: Hashable {
  var parent: Int
  var frame: Frame
}

extension Dictionary where Value == Int {
  /// The number of a key, which is the next free one if the key is new.
  fileprivate mutating func number(of key: Key) -> Int {
    if let number = self[key] { return number }
    let number = count
    self[key] = number
    return number
  }
}

import Pprof

extension CallGraph {
  /// The graph of all stacks: one node a place.
  ///
  /// Value and edge weight count once a sample, however often the place or the call stands on its stack.
  /// - Parameter kept: the places to show; calls through others become residual edges. Nil keeps all.
  /// - Complexity: O(total depth of the stacks).
  init(graphOf source: GraphSource, keeping kept: Set<Frame>? = nil) {
    let table = FrameTable(source.profile, namesObjects: source.namesObjects)
    var nodeOfFrame: [Int] = []
    var nodes: [Node] = []
    for (frame, function) in zip(table.frames, table.functions) {
      if let kept, !kept.contains(frame) {
        nodeOfFrame.append(-1)
      } else {
        nodeOfFrame.append(nodes.count)
        nodes.append(Node(frame: frame, name: frame.printableName, function: function))
      }
    }

    var edges = EdgeList()
    var tagWeights = TagWeights()
    // The sample that last counted for a node or an edge.
    var lastAtNode = [Int](repeating: -1, count: nodes.count)
    var lastAtEdge: [Int] = []
    for (number, sample) in source.profile.samples.enumerated() {
      let weight = source.weights[number]
      if weight.isZero { continue }
      let tags = source.tags?.ofSample[number] ?? -1
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
            nodes[node].add(weight, flat: false)
            if tags >= 0 { tagWeights.add(weight, combination: tags, toNode: node, flat: false) }
          }
          if parent >= 0, parent != node {
            let edge = edges.edge(from: parent, to: node)
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
        nodes[parent].add(weight, flat: true)
        if tags >= 0 { tagWeights.add(weight, combination: tags, toNode: parent, flat: true) }
      }
    }
    if let tags = source.tags { tagWeights.settle(tags, in: &nodes) }
    self.init(nodes, edges, dropNegative: source.dropsNegative)
  }

  /// The tree of all stacks: one node for each way to reach a place.
  init(treeOf source: GraphSource) {
    let table = FrameTable(source.profile, namesObjects: source.namesObjects)
    let names = table.frames.map(\.printableName)
    // A function is numbered anew for each parent; so are the nodes.
    var functions = PairTable()
    var children = PairTable()
    var nodes: [Node] = []
    var edges = EdgeList()
    var tagWeights = TagWeights()
    for (number, sample) in source.profile.samples.enumerated() {
      let weight = source.weights[number]
      if weight.isZero { continue }
      let tags = source.tags?.ofSample[number] ?? -1
      var parent = -1
      for location in sample.locations.reversed() {
        let frames = table.frames(ofLocation: location)
        for position in frames.indices.reversed() {
          let node = children.number(parent, frames[position])
          if node == nodes.count {
            let frame = frames[position]
            let function = functions.number(parent, table.functions[frame])
            nodes.append(Node(frame: table.frames[frame], name: names[frame], function: function))
          }
          nodes[node].add(weight, flat: false)
          if tags >= 0 { tagWeights.add(weight, combination: tags, toNode: node, flat: false) }
          if parent >= 0 {
            let edge = edges.edge(from: parent, to: node)
            edges[edge].add(weight, isResidual: false, isInline: position != frames.endIndex - 1)
          }
          parent = node
        }
      }
      if parent >= 0 {
        nodes[parent].add(weight, flat: true)
        if tags >= 0 { tagWeights.add(weight, combination: tags, toNode: parent, flat: true) }
      }
    }
    if let tags = source.tags { tagWeights.settle(tags, in: &nodes) }
    self.init(nodes, edges, dropNegative: source.dropsNegative)
  }

  /// The graph of finished nodes and edges, showing the nodes that have a value.
  private init(_ nodes: [Node], _ edges: EdgeList, dropNegative: Bool) {
    self.init(nodes: nodes, shownCount: 0, edges: edges.edges)
    for (position, edge) in self.edges.enumerated() {
      self.nodes[edge.source].outgoing.append(position)
      self.nodes[edge.destination].incoming.append(position)
    }
    show(
      self.nodes.indices.filter { position in
        let node = self.nodes[position]
        if node.cumSum == 0 && node.flatSum == 0 { return false }
        return !(dropNegative && (node.flatSum < 0 || (node.flatSum == 0 && node.cumSum < 0)))
      })
  }
}

/// The edges of a graph that is being built.
private struct EdgeList {
  private(set) var edges: [CallGraph.Edge] = []
  private var pairs = PairTable()

  subscript(_ position: Int) -> CallGraph.Edge {
    get { edges[position] }
    _modify { yield &edges[position] }
  }

  /// The position of the edge between two nodes, made without any weight if there is none yet.
  mutating func edge(from source: Int, to destination: Int) -> Int {
    let edge = pairs.number(source, destination)
    if edge == edges.count {
      edges.append(
        CallGraph.Edge(
          source: source, destination: destination, weightSum: 0, weightDivisor: 0, isResidual: false, isInline: true))
    }
    return edge
  }
}

extension CallGraph.Node {
  fileprivate mutating func add(_ weight: Weight, flat: Bool) {
    if flat {
      flatSum &+= weight.value
      flatDivisor &+= weight.divisor
    } else {
      cumSum &+= weight.value
      cumDivisor &+= weight.divisor
    }
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

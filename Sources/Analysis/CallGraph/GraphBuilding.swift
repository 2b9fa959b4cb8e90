import Pprof

extension CallGraph {
  /// The places of all stacks without the calls between them, which take most of the time to find.
  ///
  /// - Complexity: O(total depth of the stacks).
  init(placesOf source: GraphSource) {
    let table = source.table
    let none = Weight(value: 0, divisor: 0)
    var flat = [Weight](repeating: none, count: table.frames.count)
    var cum = flat
    // The sample that last counted for a place.
    var last = [Int](repeating: -1, count: table.frames.count)
    for (number, sample) in source.profile.samples.enumerated() {
      let weight = source.weights[number]
      if weight.isZero { continue }
      var leaf = -1
      for location in sample.locations.reversed() {
        for position in table.range(ofLocation: location).reversed() {
          leaf = table.entries[position]
          if last[leaf] != number {
            last[leaf] = number
            cum[leaf].add(weight)
          }
        }
      }
      if leaf >= 0 { flat[leaf].add(weight) }
    }
    let nodes = table.frames.indices.map { Node($0, of: table, flat: flat[$0], cum: cum[$0]) }
    self.init(nodes, [], dropNegative: source.dropsNegative)
  }

  /// The graph of all stacks: one node a place.
  ///
  /// Value and edge weight count once a sample, however often the place or the call stands on its stack.
  /// - Parameter kept: the places to show; calls through others become residual edges. Nil keeps all.
  /// - Complexity: O(total depth of the stacks).
  init(graphOf source: GraphSource, keeping kept: Set<Frame>? = nil) {
    let table = source.table
    let keptFrames = table.frames.indices.filter { kept?.contains(table.frames[$0]) ?? true }
    var nodeOfFrame = [Int](repeating: -1, count: table.frames.count)
    for (node, frame) in keptFrames.enumerated() { nodeOfFrame[frame] = node }

    let none = Weight(value: 0, divisor: 0)
    var flat = [Weight](repeating: none, count: keptFrames.count)
    var cum = flat
    var edges = EdgeList()
    var tagWeights = TagWeights()
    // The sample that last counted for a node.
    var last = [Int](repeating: -1, count: keptFrames.count)
    for (number, sample) in source.profile.samples.enumerated() {
      let weight = source.weights[number]
      if weight.isZero { continue }
      let tags = source.tags?.ofSample[number] ?? -1
      var parent = -1
      var isResidual = false
      for location in sample.locations.reversed() {
        let range = table.range(ofLocation: location)
        for position in range.reversed() {
          let node = nodeOfFrame[table.entries[position]]
          if node < 0 {
            isResidual = true
            continue
          }
          if last[node] != number {
            last[node] = number
            cum[node].add(weight)
            if tags >= 0 { tagWeights.add(weight, combination: tags, toNode: node, flat: false) }
          }
          if parent >= 0, parent != node {
            edges.add(
              weight, ofSample: number, from: parent, to: node, isResidual: isResidual,
              isInline: position != range.upperBound - 1)
          }
          parent = node
          isResidual = false
        }
      }
      if parent >= 0, !isResidual {
        flat[parent].add(weight)
        if tags >= 0 { tagWeights.add(weight, combination: tags, toNode: parent, flat: true) }
      }
    }
    var nodes = keptFrames.indices.map { Node(keptFrames[$0], of: table, flat: flat[$0], cum: cum[$0]) }
    if let tags = source.tags { tagWeights.settle(tags, in: &nodes) }
    self.init(nodes, edges.edges, dropNegative: source.dropsNegative)
  }

  /// The tree of all stacks: one node for each way to reach a place.
  init(treeOf source: GraphSource) {
    let table = source.table
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
        let range = table.range(ofLocation: location)
        for position in range.reversed() {
          let frame = table.entries[position]
          let node = children.number(parent, frame)
          if node == nodes.count {
            let function = functions.number(parent, table.functions[frame])
            nodes.append(Node(frame: table.frames[frame], name: table.names[frame], function: function))
          }
          nodes[node].add(weight, flat: false)
          if tags >= 0 { tagWeights.add(weight, combination: tags, toNode: node, flat: false) }
          if parent >= 0 {
            edges.add(
              weight, ofSample: number, from: parent, to: node, isResidual: false,
              isInline: position != range.upperBound - 1)
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
    self.init(nodes, edges.edges, dropNegative: source.dropsNegative)
  }

  /// The graph of finished nodes and edges, showing the nodes that have a value.
  private init(_ nodes: [Node], _ edges: [Edge], dropNegative: Bool) {
    self.init(nodes: nodes, shownCount: 0, edges: edges)
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
  /// The sample that last counted for each edge.
  private var last: [Int] = []

  /// Adds what a sample weighs to the edge between two nodes, once a sample.
  mutating func add(
    _ weight: Weight, ofSample sample: Int, from source: Int, to destination: Int, isResidual: Bool, isInline: Bool
  ) {
    let edge = pairs.number(source, destination)
    if edge == edges.count {
      edges.append(
        CallGraph.Edge(
          source: source, destination: destination, weightSum: 0, weightDivisor: 0, isResidual: false, isInline: true))
      last.append(-1)
    }
    if last[edge] == sample { return }
    last[edge] = sample
    edges[edge].add(weight, isResidual: isResidual, isInline: isInline)
  }
}

extension CallGraph.Node {
  fileprivate init(_ frame: Int, of table: FrameTable, flat: Weight, cum: Weight) {
    self.init(frame: table.frames[frame], name: table.names[frame], function: table.functions[frame])
    (flatSum, flatDivisor) = (flat.value, flat.divisor)
    (cumSum, cumDivisor) = (cum.value, cum.divisor)
  }

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

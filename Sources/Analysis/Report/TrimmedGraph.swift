/// A call graph without what is too small or too many to be shown, and the count of what that was.
struct TrimmedGraph {
  var graph: CallGraph
  /// How many nodes there were before the largest were selected.
  var originalCount: Int
  var droppedNodes = 0
  var droppedEdges = 0
  /// The places of the nodes that are kept among all nodes, from 1.
  var keptRanks: [Frame: Int] = [:]
  var format: ValueFormat

  /// The value of what is shown.
  var shownTotal: Int64 { graph.shownNodes.reduce(0) { $0 &+ $1.flat } }
}

extension Report {
  /// The graph of the report, selected in four steps as pprof does it.
  ///
  /// The first step looks at places alone: without those that it leaves out, the calls are found several times sooner.
  ///
  /// 1. Nodes whose cum is below the node fraction go. 2. The rest is sorted; for a drawing, by entropy. 3. The first
  /// ones stay, as many as are allowed; in a drawing each label box counts too. 4. Light labels and edges go, and in a
  /// drawing residual edges between nodes that are connected otherwise. Beside these stays what `options.kept` names,
  /// with the heaviest call that leads to it; pprof has nothing like it.
  ///
  /// Source: google/pprof, `internal/report/report.go` (`newTrimmedGraph`).
  func trimmedGraph() -> TrimmedGraph {
    let isDrawing = kind.isDrawing
    let isTree = options.callTree && (isDrawing || kind == .callgrind)
    let order: NodeOrder = isDrawing ? .entropy : options.sort == .cum ? .cum : .flat
    var source = graphSource()
    let looksAtPlaces = !isTree && options.nodeFraction != 0
    // For each graph, as pprof does: what is trimmed once may be trimmed again.
    func trimFilenames() { source.trimFilenames(prefixes: options.trimPath, searchPath: options.sourcePath) }
    func keep(_ kept: [Int], of current: inout CallGraph) {
      if isTree {
        let kept = Set(kept)
        current.trimTree { kept.contains($0) }
      } else {
        let kept = Set(kept.map { current.nodes[$0].frame })
        trimFilenames()
        current = CallGraph(graphOf: source, keeping: kept)
      }
    }

    trimFilenames()
    var current =
      isTree
      ? CallGraph(treeOf: source) : looksAtPlaces ? CallGraph(placesOf: source) : CallGraph(graphOf: source)
    let keptRanks = current.ranks(of: options.kept, by: options.sort)
    func isKept(_ frame: Frame) -> Bool { keptRanks[frame] != nil }
    let sum = current.shownNodes.reduce(0) { $0 &+ $1.flatSum }
    let nodeMinimum = Int64(truncatingOrMin: Double(sum) * options.nodeFraction).wrappingMagnitude
    let edgeMinimum = Int64(truncatingOrMin: Double(sum) * options.edgeFraction).wrappingMagnitude
    let kept = (0..<current.shownCount).filter {
      nodeMinimum <= 0 || current.nodes[$0].cumSum.wrappingMagnitude >= nodeMinimum || isKept(current.nodes[$0].frame)
    }
    let droppedNodes = current.shownCount - kept.count
    if droppedNodes > 0 {
      keep(kept, of: &current)
    } else if looksAtPlaces {
      current = CallGraph(graphOf: source)
    }
    let originalCount = current.shownCount

    current.sortNodes(by: order)
    if options.nodeCount > 0 {
      current.trimTags(below: nodeMinimum)
      _ = current.trimEdges(below: edgeMinimum, sparing: isKept)
      let count = current.selectionCount(limit: options.nodeCount, countsTags: isDrawing)
      let selected = (0..<current.shownCount).filter { $0 < count || isKept(current.nodes[$0].frame) }
      if selected.count != current.shownCount {
        keep(selected, of: &current)
        current.sortNodes(by: order)
      }
    }

    current.trimTags(below: nodeMinimum)
    let droppedEdges = current.trimEdges(below: edgeMinimum, sparing: isKept)
    if isDrawing { current.removeRedundantEdges() }
    current.settleEdges()
    let format = format.fitting(
      current.shownNodes, total: total, needsIntegers: kind == .callgrind, prefersLarge: options.prefersLargeUnits)
    return TrimmedGraph(
      graph: current, originalCount: originalCount, droppedNodes: droppedNodes, droppedEdges: droppedEdges,
      keptRanks: keptRanks, format: format)
  }
}

extension CallGraph {
  /// The heaviest node of each set of names, with its place among all nodes; those of equal value share the better one.
  fileprivate func ranks(of kept: [Set<String>], by sort: ReportOptions.Sort) -> [Frame: Int] {
    func value(_ node: Node) -> UInt64 { (sort == .cum ? node.cumSum : node.flatSum).magnitude }
    var ranks: [Frame: Int] = [:]
    for names in kept {
      let found = shownNodes.filter { names.contains($0.frame.name) }
      guard let heaviest = found.max(by: { $0.cumSum.magnitude < $1.cumSum.magnitude }) else { continue }
      ranks[heaviest.frame] = 1 + shownNodes.count { value($0) > value(heaviest) }
    }
    return ranks
  }

  /// How many of the first nodes are shown when at most so many boxes may be.
  fileprivate func selectionCount(limit: Int, countsTags: Bool) -> Int {
    guard countsTags else { return min(limit, shownCount) }
    var boxes = 0
    for (position, node) in shownNodes.enumerated() {
      boxes += 1 + min(node.tags.flatCount, nodeletLimit)
      if boxes >= limit { return position + 1 }
    }
    return min(limit, shownCount)
  }
}

import CProfiler
import Leaks

/// Makes the report of a scan: cycles by shape, lost blocks by kind, and what each keeps.
struct LeakReportBuilder {
  private let graph: LeakGraph
  private let components: Components
  /// By component, whether it has been counted.
  private var isCounted: [Bool]
  private let steps: Steps

  init(_ graph: LeakGraph) {
    self.graph = graph
    components = Components(graph)
    isCounted = Array(repeating: false, count: components.members.count)
    steps = Steps(count: graph.count)
  }

  private struct Group {
    var components: [Int] = []
    /// By link of the shape, how often it occurs.
    var counts: [Int]

    mutating func add(_ component: Int, _ more: [Int]) {
      components.append(component)
      for (index, count) in more.enumerated() { counts[index] += count }
    }
  }

  /// The cycles and the lost blocks, largest first. O(leaked blocks + references).
  mutating func findings() -> (cycles: [RetainCycle], lost: [LostBlocks]) {
    var groups: [CycleShape: Group] = [:]
    for number in components.members.indices where isRetainCycle(number) {
      let (shape, counts) = CycleShape.of(number, components, graph)
      groups[shape, default: Group(counts: counts.map { _ in 0 })].add(number, counts)
      isCounted[number] = true
    }
    let ordered = groups.sorted {
      ($0.value.components.count, $0.value.components[0]) > ($1.value.components.count, $1.value.components[0])
    }
    let cycles = ordered.map { cycle($0.value, of: $0.key) }
    let lost = lostBlocks()
    return (cycles.sorted(by: Self.isBefore), lost.sorted(by: Self.isBefore))
  }

  private static func isBefore(_ left: RetainCycle, _ right: RetainCycle) -> Bool {
    let (leftBytes, rightBytes) = (left.bytes + left.kept.bytes, right.bytes + right.kept.bytes)
    return leftBytes != rightBytes ? leftBytes > rightBytes : left.path < right.path
  }

  private static func isBefore(_ left: LostBlocks, _ right: LostBlocks) -> Bool {
    let (leftBytes, rightBytes) = (left.node.bytes + left.kept.bytes, right.node.bytes + right.kept.bytes)
    return leftBytes != rightBytes ? leftBytes > rightBytes : left.node.name < right.node.name
  }

  /// Whether the component is a cycle in which something retains: mere memory that points to itself is just lost.
  private func isRetainCycle(_ number: Int) -> Bool {
    components.isCyclic(number, in: graph)
      && components.members[number].contains { graph.nodeNames[Int(graph.nodes[Int($0)])].kind != .memory }
  }

  // MARK: Cycles

  private mutating func cycle(_ group: Group, of shape: CycleShape) -> RetainCycle {
    var kinds: [Int32: Int] = [:]
    var nodes: [HeapNode] = []
    let members = group.components.flatMap { components.members[$0] }
    for (kind, blocks) in Dictionary(grouping: members, by: { graph.nodes[Int($0)] }).sorted(by: isNamedBefore) {
      kinds[kind] = nodes.count
      nodes.append(node(kind, blocks))
    }
    let links = zip(shape.links, group.counts).sorted { describe($0.0) < describe($1.0) }
    let references = links.compactMap { link, count -> HeapReference? in
      guard let from = kinds[link.from], let to = kinds[link.to] else { return nil }
      let name = graph.referenceNames[Int(link.label)]
      return HeapReference(
        from: from, to: to, field: name.field, strength: name.strength, closure: name.closure,
        closureIsMethod: name.closureIsMethod, count: count)
    }
    let positions = Dictionary(uniqueKeysWithValues: links.enumerated().map { ($1.0, $0) })
    var cycle = RetainCycle(
      count: group.components.count, blocks: members.count, bytes: members.reduce(0) { $0 + graph.sizes[Int($1)] },
      nodes: nodes, references: references, loops: [], kept: kept(by: group.components))
    let smallest = group.components.min { components.members[$0].count < components.members[$1].count }
    var finder = LoopFinder(smallest ?? group.components[0], components, graph, steps)
    let loops = finder.loops { links in
      let loop = RetainLoop(references: links.compactMap { positions[$0] })
      if let cut = cycle.cut(of: loop), cut.isPlain { return cut.position }
      return Self.end(of: loop, in: cycle)
    }
    cycle.loops = loops.map { RetainLoop(references: $0.compactMap { positions[$0] }) }
    return cycle
  }

  /// Where to close a walk that has no plain cut: before the object with the smallest name.
  private static func end(of loop: RetainLoop, in cycle: RetainCycle) -> Int {
    let targets = loop.references.map { cycle.nodes[cycle.references[$0].to] }
    let best = targets.indices.min {
      let (left, right) = (targets[$0], targets[$1])
      return (left.kind == .object ? 0 : 1, left.name) < (right.kind == .object ? 0 : 1, right.name)
    }
    return best ?? loop.references.count - 1
  }

  private func isNamedBefore(_ left: (key: Int32, value: [Int32]), _ right: (key: Int32, value: [Int32])) -> Bool {
    describe(left.key) < describe(right.key)
  }

  private func describe(_ kind: Int32) -> String {
    let name = graph.nodeNames[Int(kind)]
    return name.name + "\n" + name.kind.rawValue
  }

  private func describe(_ link: CycleShape.Link) -> String {
    let label = graph.referenceNames[Int(link.label)]
    return [describe(link.from), label.field, label.strength.rawValue, describe(link.to)].joined(separator: "\n")
  }

  private func node(_ kind: Int32, _ blocks: [Int32]) -> HeapNode {
    let name = graph.nodeNames[Int(kind)]
    var stacks: [UInt32: Int] = [:]
    for block in blocks { stacks[graph.stackIDs[Int(block)], default: 0] += 1 }
    let common = stacks.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    return HeapNode(
      name: name.name, kind: name.kind, count: blocks.count, bytes: blocks.reduce(0) { $0 + graph.sizes[Int($1)] },
      allocation: common.map(graph.code.frames(of:)) ?? [], isLibrary: name.isLibrary, superclasses: name.superclasses)
  }

  // MARK: What is kept

  /// Counts what the components lead to and nobody has counted yet.
  private mutating func kept(by roots: [Int]) -> KeptBlocks {
    var kept = KeptBlocks()
    var work = roots.flatMap { components.members[$0] }
    while let block = work.popLast() {
      for reference in graph.references(of: Int(block)) { count(graph.targets[reference], &kept, &work) }
      for target in graph.inner[block] ?? [] { count(target, &kept, &work) }
    }
    return kept
  }

  private mutating func count(_ target: Int32, _ kept: inout KeptBlocks, _ work: inout [Int32]) {
    let number = Int(components.component[Int(target)])
    guard !isCounted[number] else { return }
    isCounted[number] = true
    for member in components.members[number] {
      kept.blocks += 1
      kept.bytes += graph.sizes[Int(member)]
      work.append(member)
    }
  }

  /// Everything that is not a cycle's, by the kind of block that nothing refers to.
  private mutating func lostBlocks() -> [LostBlocks] {
    var heads: [Int32: [Int]] = [:]
    // Whatever leads to a component has a higher number, so the first not yet counted is referred to by none. Pieces of a
    // task's stack come last, for no reference leads from one to the next.
    let numbers = components.members.indices.reversed()
    for number in numbers.filter({ !isTaskMemory($0) }) + numbers.filter(isTaskMemory) where !isCounted[number] {
      isCounted[number] = true
      let head = components.members[number].min { describe(graph.nodes[Int($0)]) < describe(graph.nodes[Int($1)]) }
      guard let head else { continue }
      heads[graph.nodes[Int(head)], default: []].append(number)
      lostKept[number] = kept(by: [number])
    }
    return heads.map { kind, numbers in
      var kept = KeptBlocks()
      for number in numbers {
        let own = lostKept[number] ?? KeptBlocks()
        let others = components.members[number].dropFirst()
        kept.blocks += own.blocks + others.count
        kept.bytes += own.bytes + others.reduce(0) { $0 + graph.sizes[Int($1)] }
      }
      return LostBlocks(node: node(kind, numbers.compactMap { components.members[$0].first }), kept: kept)
    }
  }

  private func isTaskMemory(_ number: Int) -> Bool {
    components.members[number].allSatisfy { graph.nodeNames[Int(graph.nodes[Int($0)])].kind == .taskMemory }
  }

  private var lostKept: [Int: KeptBlocks] = [:]
}

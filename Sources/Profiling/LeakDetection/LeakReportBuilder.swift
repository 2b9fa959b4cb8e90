import CProfiler
import Leaks

/// Makes the report of a scan: cycles by shape, lost blocks by kind, and what each keeps.
struct LeakReportBuilder {
  private let graph: LeakGraph
  private let components: Components
  /// By component, whether it has been counted.
  private var isCounted: [Bool]
  private var steps: Steps
  /// By kind of block: walks begin at those of the lowest rank.
  private let ranks: [Int]
  /// By kind of block, what orders kinds.
  private let texts: [String]
  /// Of kinds of blocks; empty between.
  private var numbering: Numbering
  /// Blocks that what they lead to is yet to be counted of; empty between.
  private var work: [Int32] = []

  init(_ graph: LeakGraph) {
    self.graph = graph
    components = Components(graph)
    isCounted = Array(repeating: false, count: components.count)
    steps = Steps(graph)
    ranks = graph.nodeNames.map { name in
      switch name.kind {
      case .object: name.isLibrary ? 1 : 0
      case .closure: 2
      case .task: 3
      default: 4
      }
    }
    numbering = Numbering(count: graph.nodeNames.count)
    texts = graph.nodeNames.map { $0.name + "\n" + $0.kind.rawValue }
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
    var shapes = CycleShapes(components, graph)
    for number in 0..<components.count where isRetainCycle(number) {
      let (shape, counts) = shapes.shape(of: number)
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
      && components.members(number).contains { graph.nodeNames[Int(graph.nodes[Int($0)])].kind != .memory }
  }

  // MARK: Cycles

  private mutating func cycle(_ group: Group, of shape: CycleShape) -> RetainCycle {
    var tallies: [Tally] = []
    for number in group.components {
      for block in components.members(number) {
        let kind = numbering.number(of: graph.nodes[Int(block)])
        if kind == tallies.count { tallies.append(Tally()) }
        tallies[kind].add(block, graph)
      }
    }
    let ordered = zip(numbering.met, tallies).sorted { texts[Int($0.0)] < texts[Int($1.0)] }
    numbering.reset()
    let kinds = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1.0, $0) })
    let words = shape.links.map(describe)
    let links = zip(shape.links.indices, group.counts).sorted { words[$0.0] < words[$1.0] }
    let references = links.compactMap { position, count -> HeapReference? in
      let link = graph.links[Int(shape.links[position])]
      guard let from = kinds[link.from], let to = kinds[link.to] else { return nil }
      let name = graph.referenceNames[Int(link.label)]
      return HeapReference(
        from: from, to: to, field: name.field, strength: name.strength, closure: name.closure,
        closureIsMethod: name.closureIsMethod, count: count)
    }
    // By position in the shape, that in the references.
    var positions = [Int](repeating: 0, count: links.count)
    for (position, link) in links.enumerated() { positions[link.0] = position }
    var cycle = RetainCycle(
      count: group.components.count, blocks: tallies.reduce(0) { $0 + $1.count },
      bytes: tallies.reduce(0) { $0 + $1.bytes }, nodes: ordered.map(node), references: references, loops: [],
      kept: kept(by: group.components))
    let smallest = group.components.min { components.size($0) < components.size($1) } ?? group.components[0]
    let finder = LoopFinder(smallest, of: shape, components, graph, ranks)
    func said(_ links: [Int32]) -> RetainLoop { RetainLoop(references: links.map { positions[Int($0)] }) }
    cycle.loops = finder.loops(&steps) { links in
      let loop = said(links)
      if let cut = cycle.cut(of: loop), cut.isPlain { return cut.position }
      return Self.end(of: loop, in: cycle)
    }.map(said)
    return cycle
  }

  /// What is said of blocks of one kind.
  private struct Tally {
    var count = 0
    var bytes = 0
    /// By stack, how many it has allocated; but for those of the stack that was met last.
    private var stacks: [UInt32: Int] = [:]
    private var last: (stack: UInt32, count: Int) = (0, 0)

    mutating func add(_ block: Int32, _ graph: LeakGraph) {
      count += 1
      bytes += graph.sizes[Int(block)]
      let stack = graph.stackIDs[Int(block)]
      if stack != last.stack {
        if last.count > 0 { stacks[last.stack, default: 0] += last.count }
        last = (stack, 0)
      }
      last.count += 1
    }

    /// The stack that has allocated most of them.
    var stack: UInt32? {
      stacks.merging([last.stack: last.count], uniquingKeysWith: +).max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
  }

  /// Where to close a walk that has no plain cut: before the object with the smallest name.
  private static func end(of loop: RetainLoop, in cycle: RetainCycle) -> Int {
    let best = loop.positionsWithoutRepetition.min {
      let (left, right) = (
        cycle.nodes[cycle.references[loop.references[$0]].to], cycle.nodes[cycle.references[loop.references[$1]].to]
      )
      return (left.kind == .object ? 0 : 1, left.name) < (right.kind == .object ? 0 : 1, right.name)
    }
    return best ?? loop.references.count - 1
  }

  private func describe(_ link: Int32) -> String {
    let link = graph.links[Int(link)]
    let label = graph.referenceNames[Int(link.label)]
    return [texts[Int(link.from)], label.field, label.strength.rawValue, texts[Int(link.to)]].joined(separator: "\n")
  }

  private func node(_ kind: Int32, _ tally: Tally) -> HeapNode {
    let name = graph.nodeNames[Int(kind)]
    return HeapNode(
      name: name.name, kind: name.kind, count: tally.count, bytes: tally.bytes,
      allocation: tally.stack.map(graph.code.frames(of:)) ?? [], isLibrary: name.isLibrary,
      superclasses: name.superclasses)
  }

  // MARK: What is kept

  /// Counts what the components lead to and nobody has counted yet.
  private mutating func kept(by roots: [Int]) -> KeptBlocks {
    var kept = KeptBlocks()
    for number in roots { count(from: number, &kept) }
    return kept
  }

  /// Counts what a component leads to.
  private mutating func count(from number: Int, _ kept: inout KeptBlocks) {
    work.append(contentsOf: components.members(number))
    while let block = work.popLast() {
      for reference in graph.references(of: Int(block)) { count(graph.targets[reference], &kept) }
      if !graph.inner.isEmpty { for target in graph.inner[block] ?? [] { count(target, &kept) } }
    }
  }

  private mutating func count(_ target: Int32, _ kept: inout KeptBlocks) {
    let number = Int(components.component[Int(target)])
    guard !isCounted[number] else { return }
    isCounted[number] = true
    for member in components.members(number) {
      kept.blocks += 1
      kept.bytes += graph.sizes[Int(member)]
      work.append(member)
    }
  }

  /// Lost blocks of one kind.
  private struct Lost {
    /// Of each component, one.
    var heads = Tally()
    var kept = KeptBlocks()
  }

  /// Everything that is not a cycle's, by the kind of block that nothing refers to.
  private mutating func lostBlocks() -> [LostBlocks] {
    var lost: [Lost] = []
    // Whatever leads to a component has a higher number, so the first not yet counted is referred to by none. Pieces of a
    // task's stack come last, for no reference leads from one to the next.
    for isLast in [false, true] {
      for number in (0..<components.count).reversed() where !isCounted[number] && isTaskMemory(number) == isLast {
        isCounted[number] = true
        let members = components.members(number)
        guard let first = members.first, let head = members.min(by: isBefore) else {
          continue
        }
        let kind = numbering.number(of: graph.nodes[Int(head)])
        if kind == lost.count { lost.append(Lost()) }
        lost[kind].heads.add(first, graph)
        lost[kind].kept.blocks += members.count - 1
        lost[kind].kept.bytes += members.dropFirst().reduce(0) { $0 + graph.sizes[Int($1)] }
        count(from: number, &lost[kind].kept)
      }
    }
    defer { numbering.reset() }
    return zip(numbering.met, lost).map { LostBlocks(node: node($0, $1.heads), kept: $1.kept) }
  }

  /// Whether the first block's kind comes before the second's.
  private func isBefore(_ left: Int32, _ right: Int32) -> Bool {
    let (left, right) = (Int(graph.nodes[Int(left)]), Int(graph.nodes[Int(right)]))
    return left != right && texts[left] < texts[right]
  }

  private func isTaskMemory(_ number: Int) -> Bool {
    components.members(number).allSatisfy { graph.nodeNames[Int(graph.nodes[Int($0)])].kind == .taskMemory }
  }
}

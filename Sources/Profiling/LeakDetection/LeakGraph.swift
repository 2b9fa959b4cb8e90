import CProfiler
import Leaks

/// The leaked blocks and the references between them, with names.
struct LeakGraph {
  /// What one kind of block is called.
  struct NodeName: Hashable {
    var name: String
    var kind: HeapNode.Kind
    /// Whether the type comes with Swift and is not the program's.
    var isLibrary = false
    /// Of a class, those of the program's that it inherits from, the nearest first.
    var superclasses: [String] = []

    /// Whether it is a task that has not ended, or a piece of its stack: all that it holds goes when it ends.
    var isOfSuspendedTask: Bool { kind == .taskMemory || kind == .task && !name.hasPrefix("finished") }
  }
  /// What one kind of reference is called.
  struct ReferenceName: Hashable {
    var field: String
    var strength: HeapReference.Strength
    var closure: AllocationFrame?
    /// Whether that closure is a method that was passed by its name.
    var closureIsMethod = false
  }

  /// One kind of reference: kind of owner, name, kind of target.
  struct Link: Hashable, Comparable {
    /// Position in `nodeNames`.
    var from: Int32
    /// Position in `referenceNames`.
    var label: Int32
    /// Position in `nodeNames`.
    var to: Int32

    static func < (left: Link, right: Link) -> Bool {
      (left.from, left.label, left.to) < (right.from, right.label, right.to)
    }
  }

  private(set) var nodeNames: [NodeName] = []
  /// By node name, the first one of the same declaration: all that a generic type stands for are one.
  private(set) var declarations: [Int32] = []
  private(set) var referenceNames: [ReferenceName] = []
  /// Every kind of reference, once.
  private(set) var links: [Link] = []
  /// By block, the position in `nodeNames`.
  private(set) var nodes: [Int32] = []
  /// By block, where its references begin in `targets` and `linkOf`; one more at the end.
  private(set) var first: [Int32] = []
  private(set) var targets: [Int32] = []
  /// By reference, the position in `links`.
  private(set) var linkOf: [Int32] = []
  /// By block that is a piece of a task's stack, the other pieces that it leads to.
  private(set) var inner: [Int32: [Int32]] = [:]
  /// How many of the blocks seemed to be held by words that own nothing.
  private(set) var doubted = 0
  /// How many objects may be leaked or not.
  private(set) var untold = 0
  /// How many blocks were left out for being young.
  private(set) var young = 0
  /// How many tasks there are among the blocks that have not ended.
  private(set) var lostTasks = 0
  /// By block, the bytes asked for.
  private(set) var sizes: [Int] = []
  /// By block, the stack it was allocated on.
  private(set) var stackIDs: [UInt32] = []
  let code = CodeNames()
  var count: Int { nodes.count }

  private var nodeIDs: [NodeName: Int32] = [:]
  private var declarationIDs: [NodeName: Int32] = [:]

  /// Names every block and reference of a scan. References that keep nothing alive, and words that are none, are left
  /// out.
  init(_ scan: LeakScan) {
    let reader = MetadataReader(memory: scan.memory, types: code.typeFinder())
    let tasks = TaskLayout()
    var kinds = BlockKinds(reader, tasks)
    code.learn(Self.stacks(of: scan.blocks))
    func name() -> (numbers: [Int32], ReferenceNaming) {
      let leaked = scan.copies
      let numbers = leaked.blocks.indices.map {
        leaked.blocks[$0].is_opaque ? BlockKinds.weakCounts : kinds.number(of: leaked.content(of: $0))
      }
      var naming = ReferenceNaming(leaked, kinds.descriptions, numbers, reader: reader, code: code, tasks: tasks)
      naming.run()
      return (numbers, naming)
    }
    var (numbers, naming) = name()
    var accounts = OwnerAccounts(scan, naming)
    let alive = accounts.alive
    untold = accounts.untold
    if let alive { scan.leaveOut(alive) }
    young = scan.leaveOutYoung()
    if alive != nil || young > 0 {
      (numbers, naming) = name()
      accounts = OwnerAccounts(scan, naming)
    }
    doubted = accounts.doubted
    lostTasks = scan.copies.lostTasks(kinds.descriptions, numbers, tasks)
    stackIDs = scan.blocks.map(\.stack)
    sizes = scan.blocks.map { Int($0.size) }
    nameNodes(numbers, kinds.descriptions, naming, reader.names)
    takeReferences(scan.edges, naming, accounts)
  }

  private static func stacks(of blocks: UnsafeBufferPointer<lab_leaks_block>) -> Set<UInt32> {
    var stacks: Set<UInt32> = []
    var last: UInt32?
    for block in blocks where block.stack != last {
      stacks.insert(block.stack)
      last = block.stack
    }
    return stacks
  }

  /// What the name of a block depends on.
  private struct NodeKey: Hashable {
    var kind: Int32
    var stack: UInt32
    var role: ReferenceNaming.Role
  }

  private mutating func nameNodes(
    _ numbers: [Int32], _ kinds: [BlockKinds.Description], _ naming: ReferenceNaming, _ names: MetadataNames
  ) {
    nodes.reserveCapacity(numbers.count)
    let makers = code.makers()
    var known = AnswerCache<NodeKey, Int32>()
    for block in numbers.indices {
      let key = NodeKey(kind: numbers[block], stack: stackIDs[block], role: naming.roles[block])
      let hint = Int(key.kind) &* 5 &+ Int(key.stack)
      if let id = known.answer(to: key, hint: hint) {
        nodes.append(id)
      } else {
        let plain = NodeName(kinds[Int(key.kind)])
        let id = id(of: name(plain, key.role, makers[key.stack], stack: key.stack, names))
        known.remember(id, to: key)
        nodes.append(id)
      }
    }
  }

  /// What blocks of one kind and for one purpose are called that one stack has allocated.
  private func name(
    _ plain: NodeName, _ role: ReferenceNaming.Role, _ maker: AllocationFrame?, stack: UInt32, _ names: MetadataNames
  ) -> NodeName {
    var name = plain
    switch (plain.kind, role) {
    case (.closure, .variable(let type)):
      name = NodeName(name: "variable" + (type.map { " of type " + names.short($0) } ?? ""), kind: .variable)
    case (.closure, .box(let type)):
      name = NodeName(name: "box" + (type.map { " of " + names.short($0) } ?? ""), kind: .box)
    case (.box, .variable(let type)):
      let text = type.map { "variable of type " + names.short($0) }
      name = NodeName(name: text ?? plain.name.replacingPrefix("box of ", with: "variable of type "), kind: .variable)
    case (.closure, _), (.task, _): if let maker { name.name = plain.name + " in " + maker.function }
    case (.memory, _) where plain.name != "weak reference count":
      if let maker = maker ?? code.frames(of: stack).first {
        name.name = plain.name + (plain.name == "memory" ? " of " : " in ") + maker.function
      }
    default: break
    }
    return name
  }

  /// A plain address owns nothing of an object whose owners are all known.
  private mutating func takeReferences(
    _ edges: UnsafeBufferPointer<lab_leaks_edge>, _ naming: ReferenceNaming, _ accounts: OwnerAccounts
  ) {
    first.reserveCapacity(count + 1)
    targets.reserveCapacity(edges.count)
    linkOf.reserveCapacity(edges.count)
    let isStrong = naming.names.map { $0.strength == .strong }
    // By name of the naming, the same in `referenceNames`, which has those that are used.
    var ids = [Int32](repeating: -1, count: naming.names.count)
    var known = AnswerCache<Link, Int32>()
    var index = 0
    for block in 0..<count {
      first.append(Int32(targets.count))
      while index < edges.count, Int(edges[index].from) == block {
        let (edge, label) = (edges[index], Int(naming.labels[index]))
        if naming.isInner[index] { inner[Int32(block), default: []].append(Int32(edge.to)) }
        index += 1
        guard label >= 0, isStrong[label] || !accounts.areComplete(of: Int(edge.to)) else { continue }
        if ids[label] < 0 {
          ids[label] = Int32(referenceNames.count)
          referenceNames.append(naming.names[label])
        }
        let link = Link(from: nodes[block], label: ids[label], to: nodes[Int(edge.to)])
        targets.append(Int32(edge.to))
        linkOf.append(id(of: link, &known))
      }
    }
    first.append(Int32(targets.count))
  }

  private mutating func id(of link: Link, _ known: inout AnswerCache<Link, Int32>) -> Int32 {
    let hint = Int(link.from) &* 31 &+ Int(link.label) &* 7 &+ Int(link.to)
    if let id = known.answer(to: link, hint: hint) { return id }
    let id = Int32(links.count)
    links.append(link)
    known.remember(id, to: link)
    return id
  }

  private mutating func id(of name: NodeName) -> Int32 {
    if let id = nodeIDs[name] { return id }
    let id = Int32(nodeNames.count)
    nodeNames.append(name)
    nodeIDs[name] = id
    let declaration = NodeName(name: String(name.name.prefix { $0 != "<" }), kind: name.kind)
    declarations.append(declarationIDs[declaration, default: id])
    declarationIDs[declaration] = declarations[Int(id)]
    return id
  }

  /// The positions in `targets` of a block's references.
  func references(of block: Int) -> Range<Int> { Int(first[block])..<Int(first[block + 1]) }
}

extension LeakGraph.NodeName {
  fileprivate init(_ description: BlockKinds.Description) {
    self.init(
      name: description.name, kind: description.node, isLibrary: description.isLibrary,
      superclasses: description.superclasses)
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with text: String) -> String {
    hasPrefix(prefix) ? text + dropFirst(prefix.count) : self
  }
}

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
  }
  /// What one kind of reference is called.
  struct ReferenceName: Hashable {
    var field: String
    var strength: HeapReference.Strength
    var closure: AllocationFrame?
    /// Whether that closure is a method that was passed by its name.
    var closureIsMethod = false
  }

  private(set) var nodeNames: [NodeName] = []
  /// By node name, the first one of the same declaration: all that a generic type stands for are one.
  private(set) var declarations: [Int32] = []
  private(set) var referenceNames: [ReferenceName] = []
  /// By block, the position in `nodeNames`.
  private(set) var nodes: [Int32] = []
  /// By block, where its references begin in `targets` and `labels`; one more at the end.
  private(set) var first: [Int32] = []
  private(set) var targets: [Int32] = []
  /// By reference, the position in `referenceNames`.
  private(set) var labels: [Int32] = []
  /// By block that is a piece of a task's stack, the other pieces that it leads to.
  private(set) var inner: [Int32: [Int32]] = [:]
  /// How many of the blocks seemed to be held by words that own nothing.
  private(set) var doubted = 0
  /// How many objects may be leaked or not.
  private(set) var untold = 0
  /// How many blocks were left out for being young.
  private(set) var young = 0
  /// By block, the bytes asked for.
  private(set) var sizes: [Int] = []
  /// By block, the stack it was allocated on.
  private(set) var stackIDs: [UInt32] = []
  let code = CodeNames()
  var count: Int { nodes.count }

  private var nodeIDs: [NodeName: Int32] = [:]
  private var referenceIDs: [ReferenceName: Int32] = [:]
  private var declarationIDs: [NodeName: Int32] = [:]

  /// Names every block and reference of a scan. References that keep nothing alive, and words that are none, are left
  /// out.
  init(_ scan: LeakScan) {
    let reader = MetadataReader(memory: scan.memory, types: code.typeFinder())
    let kinds = BlockKinds(reader)
    code.learn(Set(scan.blocks.map(\.stack)))
    var (described, naming) = Self.name(scan, reader, kinds, code)
    var accounts = OwnerAccounts(scan, naming)
    let alive = accounts.alive
    untold = accounts.untold
    if let alive { scan.leaveOut(alive) }
    young = scan.leaveOutYoung()
    if alive != nil || young > 0 {
      (described, naming) = Self.name(scan, reader, kinds, code)
      accounts = OwnerAccounts(scan, naming)
    }
    doubted = accounts.doubted
    stackIDs = scan.blocks.map(\.stack)
    sizes = scan.blocks.map { Int($0.size) }
    nameNodes(described.map(NodeName.init), naming, reader.names)
    takeReferences(scan, naming, accounts)
  }

  /// What each block is, and what each reference is called.
  private static func name(
    _ scan: LeakScan, _ reader: MetadataReader, _ kinds: BlockKinds, _ code: CodeNames
  ) -> ([BlockKinds.Description], ReferenceNaming) {
    let described = scan.blocks.indices.map { index in
      scan.blocks[index].is_opaque
        ? BlockKinds.Description(kind: .memory, name: "weak reference count", node: .memory)
        : kinds.kind(of: scan.content(of: index))
    }
    var naming = ReferenceNaming(scan: scan, reader: reader, code: code)
    naming.run(described.map(\.kind), kinds.taskLayout)
    return (described, naming)
  }

  private mutating func nameNodes(
    _ described: [NodeName], _ naming: ReferenceNaming, _ names: MetadataNames
  ) {
    nodes.reserveCapacity(described.count)
    let makers = code.makers()
    for (block, plain) in described.enumerated() {
      var name = plain
      let maker = makers[stackIDs[block]]
      switch (plain.kind, naming.roles[block]) {
      case (.closure, .variable(let type)):
        name = NodeName(name: "variable" + (type.map { " of type " + names.short($0) } ?? ""), kind: .variable)
      case (.closure, .box(let type)):
        name = NodeName(name: "box" + (type.map { " of " + names.short($0) } ?? ""), kind: .box)
      case (.box, .variable(let type)):
        let text = type.map { "variable of type " + names.short($0) }
        name = NodeName(name: text ?? plain.name.replacingPrefix("box of ", with: "variable of type "), kind: .variable)
      case (.closure, _), (.task, _): if let maker { name.name = plain.name + " in " + maker.function }
      case (.memory, _) where plain.name != "weak reference count":
        if let maker = maker ?? code.frames(of: stackIDs[block]).first {
          name.name = plain.name + (plain.name == "memory" ? " of " : " in ") + maker.function
        }
      default: break
      }
      nodes.append(id(of: name))
    }
  }

  /// A plain address owns nothing of an object whose owners are all known.
  private mutating func takeReferences(_ scan: LeakScan, _ naming: ReferenceNaming, _ accounts: OwnerAccounts) {
    let edges = scan.edges
    first.reserveCapacity(count + 1)
    var edge = 0
    for block in 0..<count {
      first.append(Int32(targets.count))
      while edge < edges.count, Int(edges[edge].from) == block {
        if naming.isInner[edge] { inner[Int32(block), default: []].append(Int32(edges[edge].to)) }
        if let name = naming.names[edge],
          name.strength == .strong || !accounts.areComplete(of: Int(edges[edge].to))
        {
          targets.append(Int32(edges[edge].to))
          labels.append(id(of: name))
        }
        edge += 1
      }
    }
    first.append(Int32(targets.count))
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

  private mutating func id(of name: ReferenceName) -> Int32 {
    if let id = referenceIDs[name] { return id }
    let id = Int32(referenceNames.count)
    referenceNames.append(name)
    referenceIDs[name] = id
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

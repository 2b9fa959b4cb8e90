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
  }
  /// What one kind of reference is called.
  struct ReferenceName: Hashable {
    var field: String
    var strength: HeapReference.Strength
    var closure: AllocationFrame?
  }

  private(set) var nodeNames: [NodeName] = []
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
  /// By block, the bytes asked for.
  private(set) var sizes: [Int] = []
  /// By block, the stack it was allocated on.
  private(set) var stackIDs: [UInt32] = []
  let code = CodeNames()
  var count: Int { nodes.count }

  private var nodeIDs: [NodeName: Int32] = [:]
  private var referenceIDs: [ReferenceName: Int32] = [:]

  /// Names every block and reference of a scan. References that keep nothing alive, and words that are none, are left
  /// out.
  init(_ scan: LeakScan) {
    let blocks = scan.blocks
    stackIDs = blocks.map(\.stack)
    sizes = blocks.map { Int($0.size) }
    code.learn(Set(stackIDs))
    let reader = MetadataReader(memory: scan.memory, types: code.typeFinder())
    let kinds = BlockKinds(reader)
    let described = blocks.indices.map { index in
      blocks[index].is_opaque
        ? BlockKinds.Description(kind: .memory, name: "weak reference count", node: .memory)
        : kinds.kind(of: scan.content(of: index))
    }
    var naming = ReferenceNaming(scan: scan, reader: reader, code: code)
    naming.run(described.map(\.kind), kinds.taskLayout)
    nameNodes(described.map { NodeName(name: $0.name, kind: $0.node, isLibrary: $0.isLibrary) }, naming, reader.names)
    takeReferences(scan, naming)
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

  private mutating func takeReferences(_ scan: LeakScan, _ naming: ReferenceNaming) {
    let edges = scan.edges
    first.reserveCapacity(count + 1)
    var edge = 0
    for block in 0..<count {
      first.append(Int32(targets.count))
      while edge < edges.count, Int(edges[edge].from) == block {
        if naming.isInner[edge] { inner[Int32(block), default: []].append(Int32(edges[edge].to)) }
        if let name = naming.names[edge] {
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

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with text: String) -> String {
    hasPrefix(prefix) ? text + dropFirst(prefix.count) : self
  }
}

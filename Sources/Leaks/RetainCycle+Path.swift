extension RetainCycle {
  /// The shortest loop in words: `Session.onClose → closure capturing Session → Session`.
  public var path: String { loops.first.map(path(of:)) ?? "" }

  /// A loop in words: for each block its type and the field that leads on, ending with the type it began with.
  ///
  /// What a container keeps its elements in is not named: `Parent.children[…] → Child.parent → Parent`.
  public func path(of loop: RetainLoop) -> String {
    var steps: [String] = []
    for position in loop.references {
      let reference = references[position]
      let owner = nodes[reference.from]
      if owner.kind == .storage || owner.kind == .box, let last = steps.popLast() {
        let isJoined = reference.field.isEmpty || reference.field.hasPrefix("[") || reference.field.hasPrefix(".")
        steps.append(isJoined ? last + reference.field : last + "." + reference.field)
      } else {
        steps.append(step(from: owner, along: reference))
      }
    }
    if let first = loop.references.first { steps.append(name(of: nodes[references[first].from], leadingTo: nil)) }
    return steps.joined(separator: " → ")
  }

  /// A block and the way on from it: `Child.parent`, `closure capturing Session`.
  func step(from owner: HeapNode, along reference: HeapReference) -> String {
    let name = name(of: owner, leadingTo: nodes[reference.to])
    if reference.field.isEmpty || owner.kind == .closure { return name }
    return reference.field.hasPrefix("[") ? name + reference.field : name + "." + reference.field
  }

  private func name(of node: HeapNode, leadingTo target: HeapNode?) -> String {
    guard node.kind == .closure, let target else { return node.name }
    let captured = target.kind == .closure ? "a closure" : target.name
    return node.name.hasSuffix(captured) ? node.name : "closure capturing " + captured
  }
}

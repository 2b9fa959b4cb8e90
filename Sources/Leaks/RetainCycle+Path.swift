extension RetainCycle {
  /// The shortest loop in words: `Session.onClose → closure capturing Session → Session`.
  public var path: String { loops.first.map(path(of:)) ?? "" }

  /// A loop in words: for each block its type and the field that leads on, ending with the type it began with.
  ///
  /// What a container keeps its elements in is not named: `Parent.children[…] → Child.parent → Parent`. Neither are
  /// closures that only pass a call on to another.
  public func path(of loop: RetainLoop) -> String {
    var steps: [String] = []
    for position in loop.references {
      let reference = references[position]
      let owner = nodes[reference.from]
      let target = nodes[reference.to]
      switch owner.kind {
      case .storage, .box:
        steps.append((steps.popLast() ?? owner.name) + Self.continuation(reference.field))
      case .taskMemory:
        steps.append((steps.popLast() ?? owner.name) + " (\(reference.field))")
      case .closure:
        if target.kind != .closure { steps.append("closure capturing " + target.name) }
      default:
        steps.append(owner.name + Self.continuation(reference.field))
      }
      if reference.closure != nil, owner.kind != .closure { steps.append("closure capturing " + target.name) }
    }
    if let first = loop.references.first { steps.append(nodes[references[first].from].name) }
    return steps.joined(separator: " → ")
  }

  /// A field behind the name of its owner: `.parent`, `[…]`, or nothing for an owner's only content.
  private static func continuation(_ field: String) -> String {
    field.isEmpty || field.hasPrefix("[") ? field : "." + field
  }
}

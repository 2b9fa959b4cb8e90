extension RetainCycle {
  /// The shortest loop in words: `Session.onClose → closure capturing Session → Session`.
  public var path: String { loops.first.map(path(of:)) ?? "" }

  /// A loop in words: for each block its type and the field that leads on, ending with the type it began with.
  public func path(of loop: RetainLoop) -> String {
    guard let first = links(of: loop).first else { return "" }
    return (steps(of: loop) + [first.owner.name]).joined(separator: " → ")
  }

  /// The blocks of a loop, each with the field that leads on; those that come over and over once, with their number.
  public func steps(of loop: RetainLoop) -> [String] { Self.collapsed(everyStep(of: loop)) }

  /// Says steps that come over and over once, with their number: `Node.next (100 times)`.
  private static func collapsed(_ steps: [String]) -> [String] {
    var result: [String] = []
    var at = 0
    while at < steps.count {
      let best = (1...8).lazy.map { (period: $0, times: repetitions(of: $0, from: at, in: steps)) }
        .first { $0.times > 3 }
      let (period, times) = best ?? (1, 1)
      result += steps[at..<at + period]
      if times > 1 { result[result.count - 1] += " (\(times) times" + (period > 1 ? " each)" : ")") }
      at += period * times
    }
    return result
  }

  /// How often the steps from `start` on repeat themselves with this period.
  private static func repetitions(of period: Int, from start: Int, in steps: [String]) -> Int {
    var at = start + period
    while at < steps.count, steps[at] == steps[at - period] { at += 1 }
    return (at - start) / period
  }

  /// The blocks of a loop one by one.
  ///
  /// What a container keeps its elements in is not named: `Parent.children[…]`, `Child.parent`. Neither are closures
  /// that only pass a call on to another.
  private func everyStep(of loop: RetainLoop) -> [String] {
    // By step, its owner's name and the fields from there on.
    var steps: [[String]] = []
    func goOn(_ owner: HeapNode, _ field: String) {
      if steps.isEmpty { steps.append([owner.name]) }
      steps[steps.count - 1].append(field)
    }
    for (reference, owner, target) in links(of: loop) {
      switch owner.kind {
      case .storage, .box:
        goOn(owner, Self.continuation(reference.field))
      case .taskMemory:
        goOn(owner, reference.field.isEmpty ? "" : " (\(reference.field))")
      case .task where reference.field.hasPrefix("suspended"):
        steps.append([owner.name + " (\(reference.field))"])
      case .closure:
        if target.kind != .closure { steps.append(["closure capturing " + target.name]) }
      default:
        steps.append([owner.name + Self.continuation(reference.field)])
      }
      if reference.closure != nil, owner.kind != .closure { steps.append(["closure capturing " + target.name]) }
    }
    // Closures that hold each other through variables.
    if steps.isEmpty { steps = links(of: loop).map { [$0.owner.name] } }
    // A list of indirect cases is as long as the list.
    return steps.map { $0.count == 1 ? $0[0] : Self.collapsed($0).joined() }
  }

  /// A loop's references with their ends; one that points nowhere, in a file that somebody damaged, is left out.
  func links(of loop: RetainLoop) -> [(reference: HeapReference, owner: HeapNode, target: HeapNode)] {
    loop.references.compactMap { position in
      guard references.indices.contains(position) else { return nil }
      let reference = references[position]
      guard nodes.indices.contains(reference.from), nodes.indices.contains(reference.to) else { return nil }
      return (reference, nodes[reference.from], nodes[reference.to])
    }
  }

  /// A field behind the name of its owner: `.parent`, `[…]`, or nothing for an owner's only content.
  private static func continuation(_ field: String) -> String {
    field.isEmpty || field.hasPrefix("[") ? field : "." + field
  }
}

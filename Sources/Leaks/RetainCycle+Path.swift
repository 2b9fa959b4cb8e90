extension RetainCycle {
  /// The shortest loop in words: `Session.onClose → closure capturing Session → Session`.
  public var path: String { loops.first.map(path(of:)) ?? "" }

  /// A loop in words: for each block its type and the field that leads on, ending with the type it began with.
  public func path(of loop: RetainLoop) -> String {
    guard let first = loop.references.lazy.compactMap(link).first else { return "" }
    return (steps(of: loop) + [first.owner.name]).joined(separator: " → ")
  }

  /// The blocks of a loop, each with the field that leads on; those that come over and over once, with their number.
  public func steps(of loop: RetainLoop) -> [String] {
    var texts = StepTexts()
    let steps = everyStep(of: loop, &texts)
    return texts.collapsed(steps)
  }

  /// The blocks of a loop one by one, as numbers of texts. O(references), with few texts made however long the loop is.
  ///
  /// What a container keeps its elements in is not named: `Parent.children[…]`, `Child.parent`. Neither are closures
  /// that only pass a call on to another.
  private func everyStep(of loop: RetainLoop, _ texts: inout StepTexts) -> [Int] {
    let parts = references.indices.map { link($0).map { StepPart($0, &texts) } }
    var steps: [Int] = []
    // The owner's name and the fields from there on.
    var step: [Int] = []
    func begin(_ text: Int) {
      if !step.isEmpty { steps.append(texts.joined(step)) }
      step = [text]
    }
    for position in loop.references {
      guard parts.indices.contains(position), let part = parts[position] else { continue }
      if let field = part.goesOn {
        if step.isEmpty { step.append(part.owner) }
        step.append(field)
      }
      if let text = part.begins { begin(text) }
      if let text = part.closure { begin(text) }
    }
    if !step.isEmpty { return steps + [texts.joined(step)] }
    // Closures that hold each other through variables.
    return loop.references.compactMap { parts.indices.contains($0) ? parts[$0]?.owner : nil }
  }

  /// A loop's references with their ends; one that points nowhere, in a file that somebody damaged, is left out.
  func links(of loop: RetainLoop) -> [Link] { loop.references.compactMap(link) }

  /// A reference with its ends; nil if it points nowhere.
  func link(_ position: Int) -> Link? {
    guard references.indices.contains(position) else { return nil }
    let reference = references[position]
    guard nodes.indices.contains(reference.from), nodes.indices.contains(reference.to) else { return nil }
    return (reference, nodes[reference.from], nodes[reference.to])
  }
}

/// What one reference adds to the steps of a loop, as numbers of texts.
private struct StepPart {
  /// The owner's name.
  let owner: Int
  /// What goes on with the step before.
  private(set) var goesOn: Int?
  /// What begins a step.
  private(set) var begins: Int?
  /// A step of its own for a closure that has no block.
  private(set) var closure: Int?

  init(_ link: RetainCycle.Link, _ texts: inout StepTexts) {
    let (reference, owner, target) = link
    self.owner = texts.number(of: owner.name)
    let capturing = "closure capturing " + target.name
    switch owner.kind {
    case .storage, .box:
      goesOn = texts.number(of: Self.continuation(reference.field))
    case .taskMemory:
      goesOn = texts.number(of: reference.field.isEmpty ? "" : " (\(reference.field))")
    case .task where reference.field.hasPrefix("suspended"):
      begins = texts.number(of: owner.name + " (\(reference.field))")
    case .closure:
      if target.kind != .closure { begins = texts.number(of: capturing) }
    default:
      begins = texts.number(of: owner.name + Self.continuation(reference.field))
    }
    if reference.closure != nil, owner.kind != .closure { closure = texts.number(of: capturing) }
  }

  /// A field behind the name of its owner: `.parent`, `[…]`, or nothing for an owner's only content.
  private static func continuation(_ field: String) -> String {
    field.isEmpty || field.hasPrefix("[") ? field : "." + field
  }
}

/// The texts that steps are told in, each once, by number.
private struct StepTexts {
  private var texts: [String] = []
  private var numbers: [String: Int] = [:]
  private var joints: [[Int]: Int] = [:]

  mutating func number(of text: String) -> Int {
    if let known = numbers[text] { return known }
    numbers[text] = texts.count
    texts.append(text)
    return texts.count - 1
  }

  /// The number of what several texts say together. A list of indirect cases is as long as the list.
  mutating func joined(_ parts: [Int]) -> Int {
    if parts.count == 1 { return parts[0] }
    if let known = joints[parts] { return known }
    let number = number(of: collapsed(parts).joined())
    joints[parts] = number
    return number
  }

  /// Says what comes over and over once, with its number: `Node.next (100 times)`.
  func collapsed(_ steps: [Int]) -> [String] {
    Repetition.all(in: steps).flatMap { part in
      var said = steps[part.start..<part.start + part.period].map { texts[$0] }
      if part.times > 1 { said[part.period - 1] += " (\(part.times) times" + (part.period > 1 ? " each)" : ")") }
      return said
    }
  }
}

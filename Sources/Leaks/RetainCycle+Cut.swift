/// The reference of a loop that is plainly the one to cut, and how.
public struct RetainCut: Sendable, Hashable {
  /// Position in the loop's `references`.
  public var position: Int
  /// What to write, in a sentence.
  public var advice: String
}

extension RetainCycle {
  /// Where to cut the loop, or nil if no reference stands out.
  ///
  /// Plain are a closure's capture of an object (`[weak self]`) or of the variable that holds it, what a suspended task
  /// holds, who keeps a task that has ended, a field whose name says that it looks back (`parent`, `delegate`, …), and the
  /// only plain field in a loop that otherwise leads into containers.
  public func cut(of loop: RetainLoop) -> RetainCut? {
    // A ring of many like objects is told by two of them.
    let positions = loop.positionsWithoutRepetition
    guard var cut = plainCut(of: RetainLoop(references: positions.map { loop.references[$0] })) else { return nil }
    cut.position = positions[cut.position]
    return cut
  }

  private func plainCut(of loop: RetainLoop) -> RetainCut? {
    suspension(in: loop) ?? outcome(in: loop) ?? capture(in: loop) ?? recursion(in: loop) ?? backReference(in: loop)
      ?? wayOutOfContainer(in: loop)
  }

  private func suspension(in loop: RetainLoop) -> RetainCut? {
    let links = links(of: loop)
    let isSuspended = { (link: Link) in
      link.owner.kind == .taskMemory || link.owner.kind == .task && link.reference.field.hasPrefix("suspended")
    }
    guard let position = links.lastIndex(where: isSuspended) else { return nil }
    let field = links[position].reference.field
    let target = links[position].target.name
    let place = field.isEmpty ? "suspended" : field
    return RetainCut(
      position: position, advice: "cancel or finish the task: \(place), it holds \(target), and nothing will resume it")
  }

  /// Cuts where a task that has ended keeps what it came to.
  private func outcome(in loop: RetainLoop) -> RetainCut? {
    let links = links(of: loop)
    for (position, link) in links.enumerated() where link.owner.kind == .task {
      guard let word = ["result", "error"].first(where: link.reference.field.hasPrefix) else { continue }
      let keeper = links[(position + links.count - 1) % links.count]
      guard keeper.owner.kind == .object, !keeper.reference.field.isEmpty else { continue }
      let field = "\(keeper.owner.name).\(keeper.reference.field)"
      return RetainCut(position: position, advice: "set \(field) to nil once the task has ended: it keeps its \(word)")
    }
    return nil
  }

  /// Cuts where a closure captured an object.
  private func capture(in loop: RetainLoop) -> RetainCut? {
    for (position, (reference, owner, target)) in links(of: loop).enumerated() {
      guard owner.kind == .closure || reference.closure != nil, target.kind == .object else { continue }
      let known = reference.closure.flatMap { $0.function.isEmpty ? nil : $0 }
      let maker = known ?? owner.allocation.first { owner.kind == .closure && $0.isProgram }
      let isSelf = maker.map { isMember($0.function, of: target.name) } ?? false
      let place = maker.map { " in the closure made in \(Self.place($0))" } ?? " in the closure"
      let capture = isSelf ? "write [weak self]" : "capture the \(target.name) weakly ([weak …])"
      return RetainCut(position: position, advice: capture + place)
    }
    return nil
  }

  /// Cuts where a closure captured the variable that holds it. A closure cannot capture itself otherwise: where there is
  /// nothing but closures, some of them are such variables.
  private func recursion(in loop: RetainLoop) -> RetainCut? {
    let links = links(of: loop)
    guard !links.isEmpty, links.allSatisfy({ $0.owner.kind == .variable || $0.owner.kind == .closure }) else {
      return nil
    }
    let position = links.lastIndex { $0.target.kind == .variable } ?? links.count - 1
    let (reference, owner, _) = links[position]
    let known = reference.closure.flatMap { $0.function.isEmpty ? nil : $0 }
    let maker = known ?? owner.allocation.first { owner.kind == .closure && $0.isProgram }
    let place = maker.map { " made in \(Self.place($0))" } ?? ""
    return RetainCut(
      position: position, advice: "make the closure\(place) a local function: it holds the variable that holds it")
  }

  private static func place(_ frame: AllocationFrame) -> String {
    guard !frame.file.isEmpty, frame.line > 0 else { return frame.function }
    let file = frame.file.split(separator: "/").last.map(String.init) ?? frame.file
    return "\(frame.function) (\(file):\(frame.line))"
  }

  /// Whether `Session.open()` belongs to `Session` or `Session<Int>`.
  private func isMember(_ function: String, of type: String) -> Bool {
    let plain = type.prefix { $0 != "<" }
    let name = function.hasPrefix("static ") ? "" : function[...]
    return name.hasPrefix(plain + ".") || name.contains("." + plain + ".")
  }

  /// Words for what an object was made by or reports to.
  private static let lookingBack: Set<String> = [
    "parent", "owner", "delegate", "datasource", "previous", "prev", "back", "superview", "container", "target",
    "observer", "host", "root", "backlink", "manager", "controller", "coordinator", "document", "enclosing",
  ]

  private func backReference(in loop: RetainLoop) -> RetainCut? {
    let links = links(of: loop)
    for (position, link) in links.enumerated() where isPlainField(link) && !isWrapper(position, in: links) {
      guard let name = link.reference.field.split(separator: ".").last else { continue }
      guard Self.lookingBack.contains(name.lowercased()) else { continue }
      return RetainCut(position: position, advice: weakField(link))
    }
    return nil
  }

  private func wayOutOfContainer(in loop: RetainLoop) -> RetainCut? {
    let links = links(of: loop)
    let plain = links.indices.filter { isPlainField(links[$0]) && !isWrapper($0, in: links) }
    guard links.contains(where: { $0.owner.kind == .storage }), plain.count == 1, let only = plain.first else {
      return nil
    }
    return RetainCut(position: only, advice: weakField(links[only]))
  }

  private typealias Link = (reference: HeapReference, owner: HeapNode, target: HeapNode)

  /// Whether the reference is one variable of a class that leads to an object of the program's own.
  private func isPlainField(_ link: Link) -> Bool {
    isOfProgram(link.owner) && isOfProgram(link.target) && link.reference.strength == .strong
      && link.reference.closure == nil && !link.reference.field.isEmpty && !link.reference.field.contains("[")
  }

  /// Whether the reference leads to the object of a property wrapper, `_name` for `@Wrapper var name`.
  private func isWrapper(_ position: Int, in links: [Link]) -> Bool {
    let name = links[position].reference.field.split(separator: ".").last ?? ""
    return name.hasPrefix("_") && links[(position + 1) % links.count].reference.field.hasPrefix("wrappedValue")
  }

  /// Whether the program made the object and no library did, such as an NSArray or what an AnySequence wraps: who keeps
  /// those has nobody else to keep them.
  private func isOfProgram(_ node: HeapNode) -> Bool {
    node.kind == .object && !node.name.hasPrefix("_") && node.allocation.first?.isProgram ?? true
  }

  private func weakField(_ link: Link) -> String {
    let isSame = link.target.name == link.owner.name
    let target = isSame ? "\(link.target.name) it leads to" : link.target.name
    let owner = isSame ? "one that holds it" : link.owner.name
    return "make \(link.owner.name).\(link.reference.field) weak (weak var), or unowned if the \(target) always "
      + "outlives the \(owner)"
  }
}

extension RetainLoop {
  /// The positions of all references, but of a run of the same one only the first and the last.
  fileprivate var positionsWithoutRepetition: [Int] {
    references.indices.filter { position in
      guard position > 0, position + 1 < references.count else { return true }
      return references[position - 1] != references[position] || references[position] != references[position + 1]
    }
  }
}

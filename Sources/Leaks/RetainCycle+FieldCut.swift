extension RetainCycle {
  /// Cuts at a field that stands out.
  static func plainFieldCut(in links: [Link]) -> RetainCut? {
    let plain = plainFields(links)
    return backReference(plain, links) ?? wayToMaker(plain, links) ?? onlyField(plain, links)
  }

  /// Cuts at some field.
  static func anyFieldCut(in links: [Link]) -> RetainCut? {
    anyField(plainFields(links), links) ?? keptByProgram(links) ?? memoryOfProgram(links)
  }

  private static func plainFields(_ links: [Link]) -> [Int] {
    links.indices.filter { isPlainField(links[$0]) && !isWrapper($0, in: links) }
  }

  /// Words for what an object was made by or reports to.
  private static let lookingBack: Set<String> = [
    "parent", "owner", "delegate", "datasource", "previous", "prev", "back", "superview", "container", "target",
    "observer", "host", "root", "backlink", "manager", "controller", "coordinator", "document", "enclosing",
  ]

  private static func backReference(_ plain: [Int], _ links: [Link]) -> RetainCut? {
    let found = plain.first { position in
      let name = links[position].reference.field.split(separator: ".").last?.lowercased() ?? ""
      return lookingBack.contains(name)
    }
    return found.map { RetainCut(position: $0, advice: weakField(links[$0])) }
  }

  /// A field that leads to whoever made its owner: the owner was allocated in a method of the other's, and not the other
  /// way about.
  private static func wayToMaker(_ plain: [Int], _ links: [Link]) -> RetainCut? {
    let found = plain.first { position in
      let link = links[position]
      return isMade(link.owner, by: link.target) && !isMade(link.target, by: link.owner)
    }
    return found.map { RetainCut(position: $0, advice: weakField(links[$0])) }
  }

  private static func isMade(_ node: HeapNode, by maker: HeapNode) -> Bool {
    node.name != maker.name
      && node.allocation.contains { $0.isProgram && $0.isMember(of: maker.name) && !$0.isMember(of: node.name) }
  }

  /// In a loop that otherwise leads into containers.
  private static func onlyField(_ plain: [Int], _ links: [Link]) -> RetainCut? {
    guard links.contains(where: { $0.owner.kind == .storage }), plain.count == 1, let only = plain.first else {
      return nil
    }
    return RetainCut(position: only, advice: weakField(links[only]))
  }

  /// Where nothing tells which of them looks back: the one that leads to the object with the smallest name is the last.
  private static func anyField(_ plain: [Int], _ links: [Link]) -> RetainCut? {
    guard let position = plain.min(by: { links[$0].target.name < links[$1].target.name }) else { return nil }
    var names: [String] = []
    for other in plain where !names.contains(name(of: links[other])) { names.append(name(of: links[other])) }
    guard names.count > 1 else { return RetainCut(position: position, advice: weakField(links[position])) }
    let listed = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
    return RetainCut(
      position: position, advice: "make that of \(listed) weak (weak var) which only looks back: the other owns")
  }

  /// What an object of the program's holds of a library's, or in a container.
  private static func keptByProgram(_ links: [Link]) -> RetainCut? {
    let isHeld = { (link: Link) in
      link.owner.isOfProgram && link.reference.strength != .pointer && !link.reference.field.isEmpty
    }
    guard let position = links.lastIndex(where: isHeld) else { return nil }
    let link = links[position]
    let what = link.target.kind == .storage ? "empty \(name(of: link))" : "set \(name(of: link)) to nil"
    let advice = "\(what) once it is not needed: what it leads to holds the \(link.owner.name)"
    return RetainCut(position: position, advice: advice)
  }

  /// Memory without a type that an object of the program's has the address of, and that holds the object.
  private static func memoryOfProgram(_ links: [Link]) -> RetainCut? {
    let isAddress = { (link: Link) in
      link.owner.isOfProgram && link.reference.strength == .pointer && link.target.kind == .memory
        && !link.reference.field.isEmpty
    }
    guard let position = links.lastIndex(where: isAddress) else { return nil }
    let link = links[position]
    return RetainCut(
      position: position,
      advice: "release what the memory at \(name(of: link)) holds once it is not needed: that leads back to the "
        + link.owner.name)
  }

  /// Whether the reference is one variable of a class that leads to an object of the program's own.
  private static func isPlainField(_ link: Link) -> Bool {
    link.owner.isOfProgram && link.target.isOfProgram && link.reference.strength == .strong
      && link.reference.closure == nil && !link.reference.field.isEmpty && !link.reference.field.contains("[")
  }

  /// Whether the reference leads to the object of a property wrapper, `_name` for `@Wrapper var name`.
  private static func isWrapper(_ position: Int, in links: [Link]) -> Bool {
    let name = links[position].reference.field.split(separator: ".").last ?? ""
    return name.hasPrefix("_") && links[(position + 1) % links.count].reference.field.hasPrefix("wrappedValue")
  }

  private static func name(of link: Link) -> String {
    link.owner.name + (link.reference.field.hasPrefix("[") ? "" : ".") + link.reference.field
  }

  private static func weakField(_ link: Link) -> String {
    let isSame = link.target.name == link.owner.name
    let target = isSame ? "\(link.target.name) it leads to" : link.target.name
    let owner = isSame ? "one that holds it" : link.owner.name
    return "make \(name(of: link)) weak (weak var), or unowned if the \(target) always outlives the \(owner)"
  }
}

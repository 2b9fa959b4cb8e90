extension RetainCycle {
  /// Cuts where a closure captured an object.
  static func captureCut(in links: [Link]) -> RetainCut? {
    for (position, link) in links.enumerated() {
      guard isClosure(link), link.target.kind == .object else { continue }
      let maker = maker(of: link).map { withLine($0, before: position, in: links) }
      let ending = LibraryEnding.find(in: links).map { ", or \($0.call) in the end" } ?? ""
      return RetainCut(position: position, advice: capture(link, by: maker) + ending)
    }
    return nil
  }

  private static func capture(_ link: Link, by maker: AllocationFrame?) -> String {
    let target = link.target.name
    let types = [target] + link.target.superclasses
    let isSelf = maker.map { frame in types.contains { frame.isMember(of: $0) } } ?? false
    if link.reference.closureIsMethod {
      let place = maker.map { " in " + $0.place } ?? ""
      let instead = isSelf ? "{ [weak self] … in self?.… }" : "{ [weak …] … in … }"
      return "pass \(instead) where a method of \(target) is passed by its name\(place): it holds its object"
    }
    let place = maker.map { " in the closure made in \($0.place)" } ?? " in the closure"
    return (isSelf ? "write [weak self]" : "capture the \(target) weakly ([weak …])") + place
  }

  /// A closure whose code is another function's, too, has no line. Then that is taken on which its maker had the container
  /// or the box allocated that it put the closure into.
  private static func withLine(_ closure: AllocationFrame, before position: Int, in links: [Link]) -> AllocationFrame {
    guard closure.line == 0 else { return closure }
    let holders = links[...position].reversed().map(\.owner).prefix { $0.kind == .storage || $0.kind == .box }
    let frames = holders.lazy.flatMap(\.allocation)
    return frames.first { $0.function == closure.function && $0.line > 0 } ?? closure
  }

  /// Where the closure was made that the link leads from; nil if nothing tells.
  private static func maker(of link: Link) -> AllocationFrame? {
    if let closure = link.reference.closure { return closure.function.isEmpty ? nil : closure }
    return link.owner.kind == .closure ? link.owner.allocation.first : nil
  }

  /// Cuts where a closure captured the variable that holds it. A closure cannot capture itself otherwise: where there is
  /// nothing but closures, some of them are such variables.
  static func recursionCut(in links: [Link]) -> RetainCut? {
    guard !links.isEmpty, links.allSatisfy({ $0.owner.kind == .variable || $0.owner.kind == .closure }) else {
      return nil
    }
    let position = links.lastIndex { $0.target.kind == .variable } ?? links.count - 1
    let place = maker(of: links[position]).map { " made in \($0.place)" } ?? ""
    return RetainCut(
      position: position, advice: "make the closure\(place) a local function: it holds the variable that holds it")
  }

  /// Cuts where a closure captured a variable.
  static func variableCut(in links: [Link]) -> RetainCut? {
    guard let position = links.lastIndex(where: { $0.target.kind == .variable && isClosure($0) }) else { return nil }
    let maker = maker(of: links[position])
    let place = maker.map { " made in \($0.place)" } ?? ""
    let held = links[(position + 1) % links.count].target
    let text = "set the variable to nil in the end that the closure\(place) captured: it holds \(article(of: held))"
    // Made on the way of whoever made the closure, so when the closure was there already.
    let isLater = held.allocation.dropFirst().contains { $0.function == maker?.function }
    return RetainCut(
      position: position,
      advice: text + (isLater ? ", and [weak …] would see nil for ever, for the closure is made before it" : ""))
  }

  private static func article(of node: HeapNode) -> String { node.kind == .object ? "the " + node.name : node.name }

  /// Whether the link leads from a closure that the program made: what a library's closures capture nobody can change.
  private static func isClosure(_ link: Link) -> Bool {
    if let closure = link.reference.closure { return closure.isProgram }
    return link.owner.kind == .closure && link.owner.allocation.first?.isProgram ?? true
  }
}

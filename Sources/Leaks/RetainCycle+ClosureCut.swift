extension RetainCycle {
  /// Cuts where a closure captured an object.
  static func captureCut(in links: [Link]) -> RetainCut? {
    for (position, link) in links.enumerated() {
      guard isClosure(link), link.target.kind == .object else { continue }
      let origin = ClosureOrigin(link)?.withLine(before: position, in: links)
      let ending = LibraryEnding.find(in: links).map { ", or \($0.call) in the end" } ?? ""
      return RetainCut(position: position, advice: capture(link, from: origin) + ending)
    }
    return nil
  }

  private static func capture(_ link: Link, from origin: ClosureOrigin?) -> String {
    let target = link.target.name
    let types = [target] + link.target.superclasses
    let isSelf = origin.map { origin in types.contains { origin.frame.isMember(of: $0) } } ?? false
    if link.reference.closureIsMethod {
      let place = origin.map { " in " + $0.frame.place } ?? ""
      let instead = isSelf ? "{ [weak self] … in self?.… }" : "{ [weak …] … in … }"
      return "pass \(instead) where a method of \(target) is passed by its name\(place): it holds its object"
    }
    return (isSelf ? "write [weak self]" : "capture the \(target) weakly ([weak …])")
      + " in \(origin?.words ?? "the closure")"
  }

  /// Cuts where a closure captured the variable that holds it. A closure cannot capture itself otherwise: where there is
  /// nothing but closures, some of them are such variables.
  static func recursionCut(in links: [Link]) -> RetainCut? {
    guard !links.isEmpty, links.allSatisfy({ $0.owner.kind == .variable || $0.owner.kind == .closure }) else {
      return nil
    }
    let position = links.lastIndex { $0.target.kind == .variable } ?? links.count - 1
    let closure = ClosureOrigin(links[position])?.words ?? "the closure"
    return RetainCut(
      position: position, advice: "make \(closure) a local function: it holds the variable that holds it")
  }

  /// Cuts where a closure captured a variable.
  static func variableCut(in links: [Link]) -> RetainCut? {
    guard let position = links.lastIndex(where: { $0.target.kind == .variable && isClosure($0) }) else { return nil }
    let origin = ClosureOrigin(links[position])
    let held = links[(position + 1) % links.count].target
    let text =
      "set the variable to nil in the end that \(origin?.words ?? "the closure") captured: "
      + "it holds \(article(of: held))"
    // Made on the way of whoever made the closure, so when the closure was there already.
    let isLater = held.allocation.dropFirst().contains { $0.function == origin?.maker }
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

/// Where a closure is from that a link leads from.
private struct ClosureOrigin {
  /// The closure's own code, or the function that made it.
  private(set) var frame: AllocationFrame
  private let isItself: Bool

  /// Nil if nothing tells.
  init?(_ link: RetainCycle.Link) {
    if let closure = link.reference.closure {
      guard !closure.function.isEmpty else { return nil }
      (frame, isItself) = (closure, closure.function.hasPrefix(Self.numbered))
    } else if link.owner.kind == .closure, let maker = link.owner.allocation.first {
      (frame, isItself) = (maker, false)
    } else {
      return nil
    }
  }

  /// How the name of a closure begins whose function has several; the only one goes by its function's name.
  private static let numbered = "closure #"

  /// The function that made it.
  var maker: String {
    guard isItself, let name = frame.function.firstRange(of: " in ") else { return frame.function }
    return String(frame.function[name.upperBound...])
  }

  /// The closure, so that one finds it: `closure #2 in Session.open() (Session.swift:7)`.
  var words: String { (isItself ? "" : "the closure made in ") + frame.place }

  /// A closure whose code is another function's, too, has no line. Then that is taken on which its maker had the container,
  /// the box or the library's object allocated that it put the closure into.
  func withLine(before position: Int, in links: [RetainCycle.Link]) -> Self {
    guard frame.line == 0 else { return self }
    let holders = links[...position].reversed().map(\.owner).prefix {
      $0.kind == .storage || $0.kind == .box || $0.isLibrary
    }
    guard let place = holders.lazy.flatMap(\.allocation).first(where: { $0.function == maker && $0.line > 0 }) else {
      return self
    }
    var found = self
    (found.frame.file, found.frame.line) = (place.file, place.line)
    return found
  }
}

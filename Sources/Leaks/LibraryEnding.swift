/// What a library's object is told when it is not needed any more, and until then keeps what it was given.
struct LibraryEnding {
  /// Position of the first of the object's references in the loop.
  var position: Int
  /// What to call on what: `call cancel() on Clock.timer`.
  var call: String
  /// Why that cuts the loop.
  var reason: String

  private struct Entry {
    /// The types by their names without generic arguments; what is declared in them counts, too.
    var types: [String]
    var call: String
    var reason: String
    /// Not a flag that is kept: beside one there would be room for what the stack held, such as a leaked block's address.
    var isOfStream: Bool { call == "finish()" }
  }

  private static let known = [
    Entry(
      types: ["URLSession"], call: "finishTasksAndInvalidate()",
      reason: "a URLSession keeps its delegate until it is invalidated"),
    Entry(types: ["Timer"], call: "invalidate()", reason: "a Timer keeps its closure until it is invalidated"),
    Entry(
      types: ["DispatchSource"], call: "cancel()",
      reason: "a dispatch source keeps its handlers until it is cancelled"),
    Entry(
      types: ["AsyncStream", "AsyncThrowingStream"], call: "finish()",
      reason: "a stream keeps what it calls or what waits for it until it is finished"),
    Entry(
      types: ["AsyncChannel", "AsyncThrowingChannel", "ChannelStorage"], call: "finish()",
      reason: "a channel keeps what waits for it until it is finished"),
  ]

  /// The first one in a loop.
  static func find(in links: [RetainCycle.Link]) -> LibraryEnding? {
    for (position, link) in links.enumerated() {
      guard let entry = known.first(where: { $0.types.contains { isName(link.owner, $0) } }) else { continue }
      return LibraryEnding(
        position: position, call: "call \(entry.call) on " + receiver(before: position, in: links),
        reason: entry.reason)
    }
    return nil
  }

  /// What to call on what if a stream or a channel is among what the cycles are made of, by the field of the program that
  /// leads to it; of two the one to whoever feeds it, which comes first in the alphabet.
  static func ofStream(in cycle: RetainCycle) -> String? {
    let fields = cycle.references.compactMap { reference -> String? in
      guard cycle.nodes.indices.contains(reference.from), cycle.nodes.indices.contains(reference.to),
        known.contains(where: { $0.isOfStream && $0.types.contains { isName(cycle.nodes[reference.to], $0) } }),
        cycle.nodes[reference.from].isOfProgram, !reference.field.isEmpty
      else { return nil }
      return name(of: reference, in: cycle.nodes[reference.from])
    }
    return fields.min().map { "call finish() on \($0)" }
  }

  /// The field without what lies in a library's own value: `Feed.continuation`.
  private static func name(of reference: HeapReference, in owner: HeapNode) -> String {
    let (field, inner) = (reference.field, ".storage")
    return owner.name + "." + (field.hasSuffix(inner) ? String(field.dropLast(inner.count)) : field)
  }

  /// Whether an object is of that type, or of one that is declared in it.
  private static func isName(_ node: HeapNode, _ type: String) -> Bool {
    guard node.kind == .object, node.name.hasPrefix(type) else { return false }
    let rest = node.name.dropFirst(type.count).first
    // A channel comes in a package, which is the program's.
    return (rest == nil || rest == "<" || rest == ".") && (node.isLibrary || type.contains("Channel"))
  }

  /// How the program calls the object: the last field of its own on the way there, `Poller.timers[…]` if that is a container.
  private static func receiver(before position: Int, in links: [RetainCycle.Link]) -> String {
    let owner = links[position].owner
    var element = ""
    for step in 1...links.count {
      let link = links[(position - step + 2 * links.count) % links.count]
      if link.owner.isOfProgram, !link.reference.field.isEmpty {
        return name(of: link.reference, in: link.owner) + element
      }
      if link.owner.kind == .storage { element = "[…]" }
      if link.owner.kind == .closure || link.owner.kind == .task { break }
    }
    return "the " + owner.name
  }
}

extension RetainCycle {
  /// Cuts where a library's object was not told to stop.
  static func endingCut(in links: [Link]) -> RetainCut? {
    LibraryEnding.find(in: links).map { RetainCut(position: $0.position, advice: "\($0.call): \($0.reason)") }
  }
}

import Leaks

/// A retain cycle as a drawing shows it: the objects in their order, each with the field that leads to the next.
///
/// What a container keeps its elements in is no object of its own: its owner's field is then `replies[…]`. Closures that
/// only pass a call on to another are left out, as in the cycle's path in words.
public struct CycleRing: Sendable, Hashable {
  /// An object of the ring.
  public struct Object: Sendable, Hashable {
    /// What it is, e.g. `Session`, `closure`.
    public var title: String
    /// The field that leads to the next object, e.g. `connection`, `captured Session`.
    public var field: String
    /// How often this object and those before it down to the last such number come over and over; 1 for once.
    public var times = 1
    /// Whether the way to the next object is the one to cut.
    public var isCut = false
  }

  /// The objects; the last one's field leads back to the first. Empty if the cycle has no loop.
  public private(set) var objects: [Object]
  /// What to write so that the way is cut, in a sentence; nil if no way is plainly the one.
  public let advice: String?

  /// The shortest loop of a cycle.
  public init(_ cycle: RetainCycle) {
    guard let loop = cycle.loops.first else {
      (objects, advice) = ([], nil)
      return
    }
    let cut = cycle.cut(of: loop)
    advice = cut?.advice
    var objects: [Object] = []
    for (position, number) in loop.references.enumerated() {
      guard cycle.references.indices.contains(number) else { continue }
      let reference = cycle.references[number]
      guard cycle.nodes.indices.contains(reference.from), cycle.nodes.indices.contains(reference.to) else { continue }
      let (owner, target) = (cycle.nodes[reference.from], cycle.nodes[reference.to])
      Self.add(reference, from: owner, to: target, onto: &objects)
      if position == cut?.position, !objects.isEmpty { objects[objects.count - 1].isCut = true }
    }
    self.objects = Self.collapsed(objects)
  }

  private static func add(
    _ reference: HeapReference, from owner: HeapNode, to target: HeapNode, onto objects: inout [Object]
  ) {
    switch owner.kind {
    case .storage, .box, .taskMemory:
      if objects.isEmpty { objects.append(Object(title: owner.name, field: "")) }
      objects[objects.count - 1].field += continuation(reference.field, after: objects[objects.count - 1].field)
    case .closure:
      if target.kind == .closure, !objects.isEmpty { return }
      objects.append(Object(title: "closure", field: "captured \(target.name)"))
    default:
      objects.append(Object(title: owner.name, field: reference.field))
    }
    if reference.closure != nil, owner.kind != .closure {
      objects.append(Object(title: "closure", field: "captured \(target.name)"))
    }
  }

  /// A container's field behind that of its owner: `replies` and `[…]`, `state` and `.next`.
  private static func continuation(_ field: String, after owner: String) -> String {
    field.isEmpty || field.hasPrefix("[") || owner.isEmpty ? field : ".\(field)"
  }

  /// Objects that come over and over, up to three at a time, stand there once with their number.
  private static func collapsed(_ objects: [Object]) -> [Object] {
    func isSame(_ a: Object, _ b: Object) -> Bool { a.title == b.title && a.field == b.field }
    var result: [Object] = []
    var at = 0
    while at < objects.count {
      let best = (1...3).lazy.map { period -> (period: Int, times: Int) in
        var end = at + period
        while end < objects.count, isSame(objects[end], objects[end - period]) { end += 1 }
        return (period, (end - at) / period)
      }.first { $0.times > 3 }
      let (period, times) = best ?? (1, 1)
      let run = objects[at..<min(at + period * times, objects.count)]
      result += run.prefix(period)
      result[result.count - 1].times = times
      if times > 1, run.contains(where: \.isCut) { result[result.count - 1].isCut = true }
      at += period * times
    }
    return result
  }
}

import Leaks

/// A retain cycle as a drawing shows it: the blocks of memory in their order, each with the field that leads to the next.
///
/// So there are as many as the cycle has blocks. The storage of a container is one of its own. A closure is one unless it
/// captured nothing but the next object: then it has none, and is named with the field that holds it.
public struct CycleRing: Sendable, Hashable {
  /// A block of the ring.
  public struct Object: Sendable, Hashable {
    /// What it is, e.g. `Session`, `closure`, `Array storage of Int`.
    public var title: String
    /// The field that leads to the next block, e.g. `connection`, `captured Session`, `onClose: closure capturing Session`.
    public var field: String
    /// How often this block and those before it down to the last such number come over and over; 1 for once.
    public var times = 1
    /// Whether the way to the next block is the one to cut.
    public var isCut = false
  }

  /// The blocks; the last one's field leads back to the first. Empty if the cycle has no loop.
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
      let field = Self.field(reference, from: owner, to: target)
      objects.append(Object(title: owner.name, field: field, isCut: position == cut?.position))
    }
    self.objects = Self.collapsed(objects)
  }

  /// What leads from a block to the next.
  private static func field(_ reference: HeapReference, from owner: HeapNode, to target: HeapNode) -> String {
    if owner.kind == .closure { return target.kind == .closure ? "passes the call on" : "captured \(target.name)" }
    guard reference.closure != nil else { return reference.field }
    return (reference.field.isEmpty ? "" : reference.field + ": ") + "closure capturing \(target.name)"
  }

  /// Blocks that come over and over, up to three at a time, stand there once with their number.
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

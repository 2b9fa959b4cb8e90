import Leaks
import Testing

@testable import Analysis

@Suite struct CycleRingTests {
  private func node(_ name: String, _ kind: HeapNode.Kind = .object) -> HeapNode {
    HeapNode(name: name, kind: kind, count: 1, bytes: 16)
  }

  private func cycle(_ nodes: [HeapNode], _ references: [(Int, Int, String)], loop: [Int]? = nil) -> RetainCycle {
    RetainCycle(
      count: 1, blocks: nodes.count, bytes: 16, nodes: nodes,
      references: references.map { HeapReference(from: $0.0, to: $0.1, field: $0.2, strength: .strong, count: 1) },
      loops: [RetainLoop(references: loop ?? Array(references.indices))], kept: KeptBlocks(blocks: 0, bytes: 0))
  }

  private func outline(_ ring: CycleRing) -> [String] {
    ring.objects.map { object in
      "\(object.title).\(object.field)" + (object.times > 1 ? " ×\(object.times)" : "") + (object.isCut ? " ✂" : "")
    }
  }

  @Test("A container is no object of its own, and the way back is the one to cut")
  func containers() {
    let ring = CycleRing(
      cycle([node("Message"), node("Array", .storage)], [(0, 1, "replies"), (1, 0, "[…]"), (0, 0, "parent")]))
    #expect(outline(ring) == ["Message.replies[…]", "Message.parent ✂"])
    #expect(ring.advice?.contains("Message.parent weak") == true)
  }

  @Test func closuresCapture() {
    let ring = CycleRing(
      cycle(
        [node("Session"), node("Connection"), node("closure", .closure)],
        [(0, 1, "connection"), (1, 2, "onClose"), (2, 0, "")]))
    #expect(outline(ring) == ["Session.connection", "Connection.onClose", "closure.captured Session ✂"])
  }

  @Test("A ring of many like objects is one of them with its number")
  func repetition() {
    let ring = CycleRing(
      cycle(
        [node("List"), node("Node")], [(0, 1, "first"), (1, 1, "next"), (1, 0, "owner")],
        loop: [0] + [Int](repeating: 1, count: 40) + [2]))
    #expect(outline(ring) == ["List.first", "Node.next ×40", "Node.owner ✂"])
  }

  @Test func damagedLoopsDrawNothing() {
    #expect(CycleRing(cycle([node("A")], [], loop: [7])).objects == [])
    #expect(CycleRing(cycle([node("A")], [(0, 9, "x")])).objects == [])
  }
}

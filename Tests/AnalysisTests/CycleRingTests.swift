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

  @Test("Every block is told, a container's storage too, and the way back is the one to cut")
  func containers() {
    let ring = CycleRing(
      cycle([node("Message"), node("Array", .storage)], [(0, 1, "replies"), (1, 0, "[…]"), (0, 0, "parent")]))
    #expect(outline(ring) == ["Message.replies", "Array.[…]", "Message.parent ✂"])
    #expect(ring.advice?.contains("Message.parent weak") == true)
  }

  @Test func closuresCapture() {
    let ring = CycleRing(
      cycle(
        [node("Session"), node("Connection"), node("closure", .closure)],
        [(0, 1, "connection"), (1, 2, "onClose"), (2, 0, "")]))
    #expect(outline(ring) == ["Session.connection", "Connection.onClose", "closure.captured Session ✂"])
  }

  @Test("A closure that captured one object alone has no block, and is named with the field that holds it")
  func closuresWithoutABlock() {
    let closure = AllocationFrame(function: "Session.start()", file: "", line: 0, isProgram: true)
    let ring = CycleRing(
      RetainCycle(
        count: 200, blocks: 400, bytes: 16, nodes: [node("Session"), node("Connection")],
        references: [
          HeapReference(from: 0, to: 1, field: "connection", strength: .strong, count: 200),
          HeapReference(from: 1, to: 0, field: "onClose", strength: .strong, closure: closure, count: 200),
        ], loops: [RetainLoop(references: [0, 1])], kept: KeptBlocks(blocks: 0, bytes: 0)))
    #expect(outline(ring) == ["Session.connection", "Connection.onClose: closure capturing Session ✂"])
  }

  @Test("A closure that only passes a call on is a block all the same")
  func closuresThatPassOn() {
    let ring = CycleRing(
      cycle(
        [node("Timer"), node("closure", .closure), node("closure", .closure)],
        [(0, 1, "action"), (1, 2, ""), (2, 0, "")]))
    #expect(ring.objects.map(\.field) == ["action", "passes the call on", "captured Timer"])
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

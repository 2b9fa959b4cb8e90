import Testing

@testable import Scenarios

@Suite struct LockBlameTests {
  private typealias Visit = LockClock.Visit

  @Test("In a convoy the long holder made all wait, and most waits end when a short one gives the lock back")
  func convoy() {
    // One holds for 1,000 while three come; each of these then holds for 10, the next after it.
    let blame = LockBlame([
      [Visit(came: 0, had: 0, gave: 1_000)],
      [Visit(came: 100, had: 1_000, gave: 1_010)],
      [Visit(came: 200, had: 1_010, gave: 1_020)],
      [Visit(came: 300, had: 1_020, gave: 1_030)],
    ])
    #expect(blame.byHolder == [2_400, 20, 10, 0])
    #expect(blame.byLastUnlock == [900, 810, 720, 0])
  }

  @Test("Time in which nobody has the lock is nobody's, and who comes to a free lock did not wait for its last holder")
  func nobody() {
    let blame = LockBlame([
      [Visit(came: 0, had: 0, gave: 100), Visit(came: 500, had: 510, gave: 520)],
      [Visit(came: 50, had: 160, gave: 200)],
    ])
    #expect(blame.byHolder == [50, 0])
    #expect(blame.byLastUnlock == [110, 0])
  }

  @Test("A wait may span many holds, of which those before it began do not count")
  func manyHolds() {
    let short = (0..<100).map { Visit(came: UInt64($0) * 10, had: UInt64($0) * 10, gave: UInt64($0) * 10 + 10) }
    let blame = LockBlame([short, [Visit(came: 905, had: 1_000, gave: 1_001)], []])
    #expect(blame.byHolder == [95, 0, 0])
    #expect(blame.byLastUnlock == [95, 0, 0])
  }

  @Test("A clock notes visits in their order")
  func clock() {
    let clock = LockClock(roomFor: 2)
    for _ in 0..<2 {
      clock.came()
      clock.had()
      clock.gave()
    }
    #expect(clock.visits.count == 2)
    for visit in clock.visits { #expect(visit.came > 0 && visit.had >= visit.came && visit.gave >= visit.had) }
    #expect(clock.visits[1].came >= clock.visits[0].gave)
  }
}

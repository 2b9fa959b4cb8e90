import ScenarioRunning

/// Notes when one thread came for a lock, had it, and gave it back: by the clocks of all who use a lock it is known who made
/// whom wait, without a profiler.
///
/// Not safe to share: it is its thread's until that has ended.
final class LockClock: @unchecked Sendable {
  /// One use of the lock, in nanoseconds of the monotonic clock.
  struct Visit {
    var came: UInt64
    var had: UInt64 = 0
    var gave: UInt64 = 0

    var waited: UInt64 { had - came }
    var held: UInt64 { gave - had }
  }

  private(set) var visits: [Visit] = []

  /// A clock for so many visits; it makes room for them now, for later it would do so under the lock.
  init(roomFor count: Int) { visits.reserveCapacity(count) }

  @inline(__always) func came() { visits.append(Visit(came: monotonicNanoseconds())) }
  @inline(__always) func had() { visits[visits.count - 1].had = monotonicNanoseconds() }
  @inline(__always) func gave() { visits[visits.count - 1].gave = monotonicNanoseconds() }
}

/// Who made the others wait for a lock, in nanoseconds by the number of a clock.
struct LockBlame {
  /// The part of all waits that lies within one's holds.
  private(set) var byHolder: [UInt64]
  /// All waits, each charged as a whole to whoever gave the lock back right before it ended.
  private(set) var byLastUnlock: [UInt64]

  /// Works out what the visits of all who used one lock tell together.
  init(_ clocks: [[LockClock.Visit]]) {
    byHolder = Array(repeating: 0, count: clocks.count)
    byLastUnlock = byHolder
    // Of one lock holds follow each other, so this is the order of their ends, too.
    let visits = clocks.enumerated().flatMap { owner, visits in visits.map { (owner: owner, visit: $0) } }
      .sorted { $0.visit.had < $1.visit.had }
    for (index, waiter) in visits.enumerated() {
      let came = waiter.visit.came
      let holders = visits[..<index].reversed().prefix { $0.visit.gave > came }
      if let last = holders.first { byLastUnlock[last.owner] += waiter.visit.waited }
      for holder in holders { byHolder[holder.owner] += holder.visit.gave - max(holder.visit.had, came) }
    }
  }
}

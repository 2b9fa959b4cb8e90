/// Numbers pairs of small numbers, from 0 up, in the order in which they are first asked for.
///
/// A hash table with open addressing: several times as fast as a dictionary, whose hashing resists attackers; here the
/// pairs are positions of our own making. Invariant: at least a quarter of the slots is free, so that a search ends.
struct PairTable {
  /// How many pairs there are.
  private(set) var count = 0
  private var slots: [Slot]
  private var shift: UInt64

  /// A pair beside its number, so that finding one touches memory at one place.
  private struct Slot {
    var key: UInt64
    var number: Int32
    /// No pair has two halves of −1.
    static let free = Slot(key: .max, number: 0)
    var isFree: Bool { key == .max }
  }

  init() {
    slots = [Slot](repeating: .free, count: 64)
    shift = 64 - 6
  }

  /// The number of the pair, which is the next free one if it is new.
  ///
  /// - Precondition: both are from −1 to 2³¹ − 2.
  /// - Complexity: O(1) on average.
  mutating func number(_ first: Int, _ second: Int) -> Int {
    let key = UInt64(UInt32(truncatingIfNeeded: first)) << 32 | UInt64(UInt32(truncatingIfNeeded: second))
    var slot = self.slot(of: key)
    while !slots[slot].isFree {
      if slots[slot].key == key { return Int(slots[slot].number) }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Slot(key: key, number: Int32(count))
    count += 1
    if count > slots.count / 4 * 3 { grow() }
    return count - 1
  }

  private func slot(of key: UInt64) -> Int { Int((key &* 0x9e37_79b9_7f4a_7c15) >> shift) }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: .free, count: 2 * old.count)
    shift -= 1
    for entry in old where !entry.isFree {
      var slot = self.slot(of: entry.key)
      while !slots[slot].isFree { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = entry
    }
  }
}

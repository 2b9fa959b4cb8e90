/// Numbers pairs of small numbers, from 0 up, in the order in which they are first asked for.
///
/// A hash table with open addressing: several times as fast as a dictionary, whose hashing resists attackers; here the
/// pairs are positions of our own making. Invariant: at least a quarter of the slots is free, so that a search ends.
struct PairTable {
  /// How many pairs there are.
  private(set) var count = 0
  private var keys: [UInt64]
  private var numbers: [Int32]
  private var shift: UInt64

  init() {
    keys = [UInt64](repeating: Self.free, count: 64)
    numbers = [Int32](repeating: 0, count: 64)
    shift = 64 - 6
  }

  /// The number of the pair, which is the next free one if it is new.
  ///
  /// - Precondition: both are from −1 to 2³¹ − 2.
  /// - Complexity: O(1) on average.
  mutating func number(_ first: Int, _ second: Int) -> Int {
    let key = UInt64(UInt32(truncatingIfNeeded: first)) << 32 | UInt64(UInt32(truncatingIfNeeded: second))
    var slot = self.slot(of: key)
    while keys[slot] != Self.free {
      if keys[slot] == key { return Int(numbers[slot]) }
      slot = (slot + 1) & (keys.count - 1)
    }
    keys[slot] = key
    numbers[slot] = Int32(count)
    count += 1
    if count > keys.count / 4 * 3 { grow() }
    return count - 1
  }

  /// No pair has two halves of −1.
  private static let free = UInt64.max

  private func slot(of key: UInt64) -> Int { Int((key &* 0x9e37_79b9_7f4a_7c15) >> shift) }

  private mutating func grow() {
    let (oldKeys, oldNumbers) = (keys, numbers)
    keys = [UInt64](repeating: Self.free, count: 2 * oldKeys.count)
    numbers = [Int32](repeating: 0, count: 2 * oldKeys.count)
    shift -= 1
    for (key, number) in zip(oldKeys, oldNumbers) where key != Self.free {
      var slot = self.slot(of: key)
      while keys[slot] != Self.free { slot = (slot + 1) & (keys.count - 1) }
      keys[slot] = key
      numbers[slot] = number
    }
  }
}

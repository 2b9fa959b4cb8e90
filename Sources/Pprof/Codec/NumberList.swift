/// A growing list of the numbers of one field, kept to be filled again and again.
struct NumberList: ~Copyable {
  private var numbers: UnsafeMutablePointer<UInt64>
  private var capacity = 16
  private(set) var count = 0

  init() { numbers = .allocate(capacity: capacity) }

  deinit { numbers.deallocate() }

  /// The number at a position.
  subscript(index: Int) -> UInt64 {
    precondition(index >= 0 && index < count)
    return numbers[index]
  }

  /// Makes room for `extra` more numbers.
  mutating func reserve(_ extra: Int) {
    guard capacity - count < extra else { return }
    capacity = max(count + extra, 2 * capacity)
    let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    moved.moveInitialize(from: numbers, count: count)
    numbers.deallocate()
    numbers = moved
  }

  /// Adds a number; there must be room.
  @inline(__always)
  mutating func appendReserved(_ number: UInt64) {
    assert(count < capacity)
    numbers[count] = number
    count += 1
  }

  /// Forgets the numbers but keeps the room.
  mutating func removeAll() { count = 0 }

  /// The numbers, each as `transform` has it; the first it has nothing for ends the list.
  @inline(__always)
  func prefix<Element>(_ transform: (UInt64) -> Element?) -> [Element] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count, let element = transform(numbers[initialized]) {
        buffer.initializeElement(at: initialized, to: element)
        initialized += 1
      }
    }
  }
}

import CProfiler

/// Whether the functions on a thread's stack have a lock at hand, as those do that are to give it back.
///
/// A mutex of the C library notes the thread that took it. If that runs tasks it may have been a task that is suspended
/// now, or goes on elsewhere, and not the one that the thread runs; nobody writes that down. A function that holds a lock
/// keeps its address, that of the object that it is in, or that of an object that leads to it, until it gives it back.
struct StackEvidence {
  /// The words of the stack.
  private let words: Set<UInt>

  /// Reads a stack from its innermost word on: as far as it goes, or as functions usually are apart.
  init(from pointer: UInt) {
    var words: Set<UInt> = []
    var chunk = [UInt](repeating: 0, count: 512)
    var at = pointer & ~7
    for _ in 0..<16 {
      // Up to the next page's end, for the stack ends at one.
      let count = min(chunk.count, Int((ReadableMemory.smallestPage - at % ReadableMemory.smallestPage) / 8))
      guard lab_read_memory(at, &chunk, count * 8) else { break }
      words.formUnion(chunk.prefix(count))
      at += UInt(count * 8)
    }
    self.words = words
  }

  /// Whether a lock is at hand.
  func mentions(_ lock: UInt) -> Bool {
    words.contains { Self.leads($0, to: lock) || Self.isObject($0, with: lock) }
  }

  /// The objects at hand whose first words lead to a lock.
  func objects(with lock: UInt) -> Set<UInt> { words.filter { Self.isObject($0, with: lock) } }

  /// Whether an address is that of a lock, or of what it lies in.
  private static func leads(_ word: UInt, to lock: UInt) -> Bool { word <= lock && lock - word < 256 }

  /// Whether at an address there is something whose first words lead to the lock: `NSLock` has its mutex elsewhere.
  static func isObject(_ address: UInt, with lock: UInt) -> Bool {
    guard ReadableMemory.isPossible(address), address % 8 == 0 else { return false }
    return withUnsafeTemporaryAllocation(of: UInt.self, capacity: 6) { words in
      lab_read_memory(address, words.baseAddress, 48) && words.contains(lock)
    }
  }
}

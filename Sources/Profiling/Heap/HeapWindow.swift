import CProfiler

/// A part of what the heap profiler records: the blocks allocated while it was open.
///
/// The profiler marks each block with the window it was recorded in, so a window knows which of its blocks are alive. Of
/// those allocated it only counts; a window notes the counts when it opens and takes them from what they are when it
/// closes.
struct HeapWindow {
  /// The mark of its blocks; 0 if there was none left.
  let number: UInt32
  /// The rate that was asked for.
  let asked: ByteCount
  let beganAt = nanosecondsSinceEpoch()
  /// Whether it holds all that the session has recorded, because the session began with it and never paused.
  private(set) var isWhole: Bool
  private(set) var isOpen = true
  /// By number of a bucket: what was allocated while the window was open, less what had been at an opening that has no
  /// closing yet. Wraps.
  private var allocated: [UInt64] = []

  /// The window that a session begins with.
  init(ofSessionAt asked: ByteCount) {
    self.asked = asked
    number = 1
    isWhole = true
  }

  /// A window of a session that is under way.
  init(joiningAt asked: ByteCount) {
    self.asked = asked
    isWhole = false
    // Counted before the marks begin, so that no more are alive than were allocated.
    allocated = Self.allocatedSoFar().map { 0 &- $0 }
    number = lab_heap_window_begin()
  }

  /// Lets new blocks count again.
  mutating func open() {
    guard !isOpen else { return }
    isOpen = true
    add { 0 &- $0 }
    lab_heap_window_switch(number)
  }

  /// Leaves new blocks out.
  mutating func close() {
    guard isOpen else { return }
    isOpen = false
    isWhole = false
    lab_heap_window_switch(0)
    add { $0 }
  }

  private mutating func add(_ step: (UInt64) -> UInt64) {
    let now = Self.allocatedSoFar()
    if now.count > allocated.count { allocated += [UInt64](repeating: 0, count: now.count - allocated.count) }
    for index in now.indices { allocated[index] &+= step(now[index]) }
  }

  /// Blocks recorded since the session's start, by number of the bucket.
  private static func allocatedSoFar() -> [UInt64] {
    let count = Int(lab_heap_bucket_count()) + 1
    var bucket = lab_heap_bucket()
    return [UInt64](unsafeUninitializedCapacity: count) { counts, initialized in
      for index in 0..<count { counts[index] = lab_heap_bucket_at(UInt32(index), &bucket) ? bucket.allocated : 0 }
      initialized = count
    }
  }

  /// How many blocks of a bucket were recorded in it, if the session has recorded so many.
  func allocated(of bucket: UInt32, now: UInt64) -> UInt64 {
    let counted = Int(bucket) < allocated.count ? allocated[Int(bucket)] : 0
    return isOpen ? counted &+ now : counted
  }
}

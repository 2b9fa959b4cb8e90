import CProfilerHooks

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
    let before = Self.allocated()
    number = lab_heap_window_begin()
    for (index, count) in before.enumerated() { add(0 &- count, at: index) }
  }

  /// Lets new blocks count again.
  mutating func open() {
    guard !isOpen else { return }
    isOpen = true
    let before = Self.allocated()
    lab_heap_window_switch(number)
    for (index, count) in before.enumerated() { add(0 &- count, at: index) }
  }

  /// Leaves new blocks out.
  mutating func close() {
    guard isOpen else { return }
    isOpen = false
    isWhole = false
    lab_heap_window_switch(0)
    for (index, count) in Self.allocated().enumerated() { add(count, at: index) }
  }

  private mutating func add(_ count: UInt64, at index: Int) {
    if index >= allocated.count { allocated += [UInt64](repeating: 0, count: index + 1 - allocated.count) }
    allocated[index] &+= count
  }

  /// Blocks recorded since the session's start, by number of the bucket.
  private static func allocated() -> [UInt64] {
    var bucket = lab_heap_bucket()
    return (0...lab_heap_bucket_count()).map { lab_heap_bucket_at($0, &bucket) ? bucket.allocated : 0 }
  }

  /// How many blocks of a bucket were recorded in it, if the session has recorded so many.
  func allocated(of bucket: UInt32, now: UInt64) -> UInt64 {
    let counted = Int(bucket) < allocated.count ? allocated[Int(bucket)] : 0
    return isOpen ? counted &+ now : counted
  }
}

import Platform

/// Growing memory for bytes, not zeroed before it is written.
///
/// Invariant: the first `count` of `capacity` bytes at `start` are initialized.
struct ByteBuffer: ~Copyable {
  private(set) var start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private(set) var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    start = Self.allocate(self.capacity)
  }

  deinit { Platform.free(start) }

  /// Hands out the bytes written so far, for the time of the call.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(start: start, count: count))
  }

  /// The memory that may be written next, to be followed by `advance(by:)`.
  var free: UnsafeMutableBufferPointer<UInt8> {
    UnsafeMutableBufferPointer(start: start + count, count: capacity - count)
  }

  /// Makes room for `extra` more bytes. Amortized constant time a byte.
  @inline(__always)
  mutating func reserve(_ extra: Int) {
    if capacity - count < extra { grow(to: max(count + extra, capacity * 2)) }
  }

  @inline(never)
  private mutating func grow(to newCapacity: Int) {
    start = Self.allocate(newCapacity, insteadOf: start)
    capacity = newCapacity
  }

  /// Memory by way of `realloc`, which moves the pages of what is large: growing needs no second copy.
  private static func allocate(
    _ capacity: Int, insteadOf old: UnsafeMutablePointer<UInt8>? = nil
  ) -> UnsafeMutablePointer<UInt8> {
    guard let memory = realloc(old, capacity) else { preconditionFailure("out of memory") }
    return memory.assumingMemoryBound(to: UInt8.self)
  }

  /// Counts `written` bytes of `free` as initialized.
  @inline(__always)
  mutating func advance(by written: Int) {
    precondition(written <= capacity - count)
    count += written
  }

  /// Forgets all bytes from `newCount` on, which may then be written anew.
  mutating func retreat(to newCount: Int) {
    precondition(newCount <= count)
    count = newCount
  }

  /// Appends a copy of the bytes.
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (start + count).update(from: source, count: bytes.count)
    count += bytes.count
  }
}

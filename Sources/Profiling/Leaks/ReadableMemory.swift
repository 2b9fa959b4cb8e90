import CProfilerHooks

/// Reads this process's memory where it was mapped readable when the threads stood still, and nowhere else.
struct ReadableMemory {
  private let ranges: UnsafeBufferPointer<lab_leaks_range>

  init(_ ranges: UnsafeBufferPointer<lab_leaks_range>) { self.ranges = ranges }

  /// Whether `count` bytes from `address` can be read. O(log of the number of mappings).
  func contains(_ address: UInt, count: Int) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].limit <= address { low = middle + 1 } else { high = middle }
    }
    guard low < ranges.count, ranges[low].start <= address else { return false }
    return ranges[low].limit - address >= UInt(count)
  }

  /// The value at `address`, or nil if it cannot be read.
  func load<Value: BitwiseCopyable>(_ type: Value.Type, at address: UInt) -> Value? {
    guard contains(address, count: MemoryLayout<Value>.size), let pointer = UnsafeRawPointer(bitPattern: address) else {
      return nil
    }
    return pointer.loadUnaligned(as: type)
  }

  /// The address that a relative pointer at `address` refers to; nil if it is null or cannot be read.
  func relative(at address: UInt) -> UInt? {
    guard let distance = load(Int32.self, at: address), distance != 0 else { return nil }
    return UInt(bitPattern: Int(bitPattern: address) &+ Int(distance))
  }
}

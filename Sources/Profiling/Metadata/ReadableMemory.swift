import CProfiler

/// Reads this process's memory without ever touching what is not mapped.
///
/// What was mapped when the threads stood still is read as it is. The runtime may have made type records since then:
/// elsewhere the kernel is asked to copy, and refuses where there is nothing.
struct ReadableMemory {
  private let ranges: UnsafeBufferPointer<lab_leaks_range>

  init(_ ranges: UnsafeBufferPointer<lab_leaks_range>) { self.ranges = ranges }

  /// Whether `count` bytes from `address` could be read when the threads stood still. O(log of the number of mappings).
  func contained(_ address: UInt, count: Int) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].limit <= address { low = middle + 1 } else { high = middle }
    }
    guard low < ranges.count, ranges[low].start <= address else { return false }
    return ranges[low].limit - address >= UInt(count)
  }

  /// Whether the address lies where a program's memory can lie at all. One that does can be counted on from.
  static func isPossible(_ address: UInt) -> Bool { address > smallestPage && address &>> bits == 0 }

  /// In how many bits a program's addresses are.
  static let bits = UInt(lab_memory_bits())
  /// Bytes of the smallest pages that there are. Whatever of a larger one lies in such a part is as readable as all of it.
  static let smallestPage: UInt = 4096

  /// The address in the word at `address`; nil if it is none or cannot be read.
  func pointer(at address: UInt) -> UInt? { load(UInt.self, at: address).flatMap { Self.isPossible($0) ? $0 : nil } }

  /// The value at `address`, or nil if it cannot be read.
  func load<Value: BitwiseCopyable>(_ type: Value.Type, at address: UInt) -> Value? {
    if contained(address, count: MemoryLayout<Value>.size), let pointer = UnsafeRawPointer(bitPattern: address) {
      return pointer.loadUnaligned(as: type)
    }
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { copy in
      guard let start = copy.baseAddress, lab_read_memory(address, start, MemoryLayout<Value>.size) else { return nil }
      return start.pointee
    }
  }

  /// The text at `address` up to its zero byte, at most 1 KiB; nil if it cannot be read or goes on.
  func text(at address: UInt) -> String? {
    var bytes: [UInt8] = []
    while bytes.count < 1024, let byte = load(UInt8.self, at: address + UInt(bytes.count)) {
      if byte == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }

  /// The address that a relative pointer at `address` refers to; nil if it is null or cannot be read.
  func relative(at address: UInt) -> UInt? {
    guard let distance = load(Int32.self, at: address), distance != 0 else { return nil }
    let target = UInt(bitPattern: Int(bitPattern: address) &+ Int(distance))
    return Self.isPossible(target) ? target : nil
  }
}

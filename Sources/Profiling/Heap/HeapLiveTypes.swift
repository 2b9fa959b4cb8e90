import CProfiler

/// How many blocks of each bucket are alive by their type.
struct HeapLiveTypes {
  /// Numbers of live blocks by kind, for each bucket's number. What is missing to the bucket's count has no type.
  private(set) var counts: [UInt32: [HeapTypeNames.Kind: Int]] = [:]

  /// Looks at every tracked block of the buckets that hold Swift objects, or at those of a window; 0: all.
  ///
  /// The program runs on: a block may be freed while this looks, and then has no type. Where the kernel forbids
  /// `process_vm_readv`, nothing has.
  init(buckets: Set<UInt32>, window: UInt32) {
    guard !buckets.isEmpty else { return }
    withTrackedBlocks(ofWindow: window) { count($0, in: buckets) }
  }

  private mutating func count(_ blocks: UnsafeBufferPointer<lab_heap_block>, in buckets: Set<UInt32>) {
    let bytes = blocks.count * MemoryLayout<UInt>.stride
    guard bytes > 0, let words = lab_own_map(bytes) else { return }
    defer { lab_own_unmap(words, bytes) }
    let word = words.assumingMemoryBound(to: UInt.self)
    lab_heap_first_words(blocks.baseAddress, blocks.count, word)
    var names = HeapTypeNames()
    for (index, block) in blocks.enumerated() where word[index] != 0 && buckets.contains(block.bucket) {
      guard let kind = names.kind(of: word[index]) else { continue }
      counts[block.bucket, default: [:]][kind, default: 0] += 1
    }
  }
}

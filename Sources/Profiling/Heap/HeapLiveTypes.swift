import CProfiler

/// How many blocks of each bucket are alive by their type.
struct HeapLiveTypes {
  /// Numbers of live blocks by kind, for each bucket's number. What is missing to the bucket's count has no type.
  private(set) var counts: [UInt32: [HeapTypeNames.Kind: Int]] = [:]

  /// Looks at every tracked block of the buckets that hold Swift objects.
  ///
  /// The program runs on: a block may be freed while this looks, and then has no type. Where the kernel forbids
  /// `process_vm_readv`, nothing has.
  init(buckets: Set<UInt32>) {
    guard !buckets.isEmpty else { return }
    // Between counting and copying more may come; those are left out.
    let capacity = lab_heap_block_count() + 1024
    let blockBytes = capacity * MemoryLayout<lab_heap_block>.stride
    let wordBytes = capacity * MemoryLayout<UInt>.stride
    guard let blocks = lab_own_map(blockBytes) else { return }
    defer { lab_own_unmap(blocks, blockBytes) }
    guard let words = lab_own_map(wordBytes) else { return }
    defer { lab_own_unmap(words, wordBytes) }
    let block = blocks.assumingMemoryBound(to: lab_heap_block.self)
    let word = words.assumingMemoryBound(to: UInt.self)
    let count = min(lab_heap_copy_blocks(block, capacity), capacity)
    lab_heap_first_words(block, count, word)
    var names = HeapTypeNames()
    for index in 0..<count where word[index] != 0 && buckets.contains(block[index].bucket) {
      guard let kind = names.kind(of: word[index]) else { continue }
      counts[block[index].bucket, default: [:]][kind, default: 0] += 1
    }
  }
}

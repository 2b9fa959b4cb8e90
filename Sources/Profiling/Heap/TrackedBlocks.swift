import CProfiler

/// Copies the tracked blocks of a window (0: all) to memory of the profiler's own and hands them to `body`; none if there
/// is no memory for them.
///
/// The program runs on: blocks come and go meanwhile.
func withTrackedBlocks<Result>(
  ofWindow window: UInt32, _ body: (UnsafeBufferPointer<lab_heap_block>) throws -> Result
) rethrows -> Result {
  // Between counting and copying more may come; those are left out.
  let capacity = lab_heap_block_count() + 1024
  let bytes = capacity * MemoryLayout<lab_heap_block>.stride
  let memory = lab_own_map(bytes)
  defer { lab_own_unmap(memory, bytes) }
  let blocks = memory?.assumingMemoryBound(to: lab_heap_block.self)
  let count = blocks.map { min(lab_heap_copy_blocks_of(window, $0, capacity), capacity) } ?? 0
  return try body(UnsafeBufferPointer(start: blocks, count: count))
}

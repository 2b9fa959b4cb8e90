import CProfiler

/// One scan for lost tasks, kept in memory of the profiler's own until this goes away.
final class TaskLeakScan {
  private var result = lab_task_leaks()

  /// Stops the other threads and scans.
  ///
  /// - Parameters:
  ///   - patience: How long a thread may take to stand still; at most an hour.
  ///   - ids: The tasks in question; others count as alive. Nil: all that are suspended.
  init(patience: Duration, among ids: Set<UInt64>? = nil) throws(ProfilingError) {
    var wish = lab_task_leaks_wish()
    wish.patience_nanoseconds = UInt64(clamping: min(patience, .seconds(3600)).nanoseconds)
    wish.knows_handles = TaskTrials.knowHandles
    let status = (ids.map { $0.sorted() } ?? []).withUnsafeBufferPointer { sorted in
      if ids != nil { (wish.ids, wish.id_count) = (sorted.baseAddress, sorted.count) }
      return lab_task_leaks_scan(&result, &wish)
    }
    if let error = ProfilingError(status, culprit: result.graph.culprit) {
      lab_task_leaks_free(&result)
      throw error
    }
  }

  deinit { lab_task_leaks_free(&result) }

  var facts: lab_leaks_result { result.graph }
  /// Suspended tasks whose memory is older than the tracking.
  var untracked: Int { Int(result.untracked) }
  var tasks: UnsafeBufferPointer<lab_leaks_task> { .init(start: result.tasks, count: result.task_count) }
  var links: UnsafeBufferPointer<lab_leaks_link> { .init(start: result.links, count: result.link_count) }
  var pieces: UnsafeBufferPointer<lab_leaks_piece> { .init(start: result.pieces, count: result.piece_count) }
  var lists: UnsafeBufferPointer<UInt> { .init(start: result.lists, count: result.list_count) }
  var entries: UnsafeBufferPointer<lab_leaks_entry> { .init(start: result.entries, count: result.entry_count) }
  var holders: UnsafeBufferPointer<lab_leaks_block> { .init(start: result.holders, count: result.holder_count) }
  /// Blocks that only tasks in question lead to, or nothing.
  var blocks: UnsafeBufferPointer<lab_leaks_block> {
    .init(start: result.graph.blocks, count: result.graph.block_count)
  }
  /// Ascending by the block they are in.
  var edges: UnsafeBufferPointer<lab_leaks_edge> { .init(start: result.graph.edges, count: result.graph.edge_count) }
  var memory: ReadableMemory {
    ReadableMemory(.init(start: result.graph.readable, count: result.graph.readable_count))
  }

  /// The bytes that a block had; none if it was too large to be copied.
  func content(of block: Int) -> UnsafeRawBufferPointer {
    let block = blocks[block]
    guard block.content != UInt64.max else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: result.graph.content + Int(block.content), count: Int(block.extent))
  }

  /// The bytes that an object had from which a word leads to a task.
  func content(ofHolder holder: Int) -> UnsafeRawBufferPointer {
    let block = holders[holder]
    guard let start = result.content, block.content != UInt64.max else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: start + Int(block.content), count: Int(block.extent))
  }
}

import CProfiler

/// One scan's result, kept in memory of the profiler's own until this goes away.
final class LeakScan {
  private var result: lab_leaks_result

  /// Stops the other threads and scans.
  ///
  /// - Parameter patience: how long a thread may take to stand still; at most an hour.
  init(patience: Duration) throws(ProfilingError) {
    result = lab_leaks_result()
    let status = lab_leaks_scan(&result, UInt64(clamping: min(patience, .seconds(3600)).nanoseconds))
    if let error = ProfilingError(status, culprit: result.culprit) {
      lab_leaks_free(&result)
      throw error
    }
  }

  deinit { lab_leaks_free(&result) }

  var facts: lab_leaks_result { result }
  var blocks: UnsafeBufferPointer<lab_leaks_block> { .init(start: result.blocks, count: result.block_count) }
  var edges: UnsafeBufferPointer<lab_leaks_edge> { .init(start: result.edges, count: result.edge_count) }
  var memory: ReadableMemory { ReadableMemory(.init(start: result.readable, count: result.readable_count)) }

  /// The bytes a leaked block had; empty if it was too large to be copied.
  func content(of block: Int) -> UnsafeRawBufferPointer {
    let block = blocks[block]
    guard block.content != UInt64.max else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: result.content + Int(block.content), count: Int(block.extent))
  }
}

extension ProfilingError {
  fileprivate init?(_ status: lab_leaks_status, culprit: Int32) {
    switch status {
    case LAB_LEAKS_OK: return nil
    case LAB_LEAKS_NOT_ARMED: self = .notArmed
    case LAB_LEAKS_BUSY: self = .scanUnderWay
    case LAB_LEAKS_NO_MEMORY: self = .noMemory(for: "tables of the leak scan")
    case LAB_LEAKS_NOT_STOPPED: self = .threadDidNotStop(Int(culprit))
    case LAB_LEAKS_UNSETTLED: self = .unsettled
    case LAB_LEAKS_FOREIGN_HANDLER: self = .signalTaken
    default: self = .noMaps
    }
  }
}

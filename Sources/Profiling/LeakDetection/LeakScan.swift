import CProfiler

/// One scan's result, kept in memory of the profiler's own until this goes away.
final class LeakScan {
  private var result: lab_leaks_result

  /// Stops the other threads and scans.
  ///
  /// - Parameters:
  ///   - patience: How long a thread may take to stand still; at most an hour.
  ///   - age: Which blocks are young.
  init(patience: Duration, age: LeakAge?) throws(ProfilingError) {
    result = lab_leaks_result()
    let nanoseconds = UInt64(clamping: min(patience, .seconds(3600)).nanoseconds)
    let status = lab_leaks_scan(&result, nanoseconds, age?.request ?? lab_leaks_age())
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

  /// By block, whether it is one of these or one of them leads to it. O(blocks + references).
  func reached(from begins: [Int]) -> [Bool] {
    let (blocks, edges) = (blocks, edges)
    var isReached = [Bool](repeating: false, count: blocks.count)
    for block in begins { isReached[block] = true }
    // By block, where its edges begin, which ascend by block; one more at the end.
    var first = [Int](repeating: 0, count: blocks.count + 1)
    for edge in edges { first[Int(edge.from) + 1] += 1 }
    for block in blocks.indices { first[block + 1] += first[block] }
    var work = begins
    while let block = work.popLast() {
      for edge in first[block]..<first[block + 1] {
        let target = Int(edges[edge].to)
        guard !isReached[target] else { continue }
        isReached[target] = true
        work.append(target)
      }
    }
    return isReached
  }

  /// Leaves out young blocks, but for those that an older one leads to; returns how many.
  func leaveOutYoung() -> Int {
    guard blocks.contains(where: \.is_young) else { return 0 }
    let blocks = blocks
    let isOld = reached(from: blocks.indices.filter { !blocks[$0].is_young })
    let count = isOld.reduce(0) { $0 + ($1 ? 0 : 1) }
    leaveOut(isOld.map { !$0 })
    return count
  }

  /// Leaves out blocks with the references from and to them.
  func leaveOut(_ isLeftOut: [Bool]) {
    var numbers = [UInt32](repeating: 0, count: result.block_count)
    guard let blocks = result.blocks, let edges = result.edges else { return }
    var kept = 0
    for block in 0..<result.block_count where !isLeftOut[block] {
      numbers[block] = UInt32(kept)
      blocks[kept] = blocks[block]
      kept += 1
    }
    var keptEdges = 0
    for index in 0..<result.edge_count {
      let edge = edges[index]
      guard !isLeftOut[Int(edge.from)], !isLeftOut[Int(edge.to)] else { continue }
      edges[keptEdges] = lab_leaks_edge(
        from: numbers[Int(edge.from)], to: numbers[Int(edge.to)], offset: edge.offset)
      keptEdges += 1
    }
    result.block_count = kept
    result.edge_count = keptEdges
  }

  /// What was copied, as it lies there until more is left out.
  var copies: LeakedBlocks { LeakedBlocks(blocks: blocks, edges: edges, bytes: UnsafeRawPointer(result.content)) }
}

/// The leaked blocks of a scan and the words that lead from one to another, where the scan has copied them to.
struct LeakedBlocks {
  let blocks: UnsafeBufferPointer<lab_leaks_block>
  let edges: UnsafeBufferPointer<lab_leaks_edge>
  fileprivate let bytes: UnsafeRawPointer?

  /// The bytes a block had; empty if it was too large to be copied.
  func content(of block: Int) -> UnsafeRawBufferPointer {
    let (start, extent) = (blocks[block].content, blocks[block].extent)
    guard start != UInt64.max, let bytes else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: bytes + Int(start), count: Int(extent))
  }
}

extension ProfilingError {
  init?(_ status: lab_leaks_status, culprit: Int32) {
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

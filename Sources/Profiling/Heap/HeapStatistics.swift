import CProfiler

/// What the heap profiler recorded, lost and uses itself, since its start.
public struct HeapStatistics: Sendable, Hashable {
  /// Samples taken.
  public var recorded: Int
  /// Samples whose stack did not fit in the tables any more; they share one stack.
  public var overflowed: Int
  /// Samples for which the kernel gave no memory; they count as allocated and freed at once.
  public var lost: Int
  /// Allocations by a signal handler that interrupted the profiler; they were not looked at.
  public var reentered: Int
  /// Stacks so deep that frames in their middle are left out.
  public var truncated: Int
  /// Memory that the profiler's tables take.
  public var ownMemory: ByteCount
  /// Distinct stack frames in the tables.
  public var frames: Int
  /// Distinct pairs of stack and size in the tables.
  public var buckets: Int

  /// What was lost, as the profile's comments say it.
  let losses: Losses

  init(_ raw: lab_heap_statistics, losses: Losses) {
    self.losses = losses
    recorded = Int(raw.recorded)
    overflowed = Int(losses[LAB_LOSS_heap_table_full])
    lost = Int(losses[LAB_LOSS_heap_no_memory])
    reentered = Int(losses[LAB_LOSS_heap_reentered])
    truncated = Int(losses[LAB_LOSS_heap_truncated])
    ownMemory = ByteCount(Int(raw.own_bytes))
    frames = Int(raw.nodes)
    buckets = Int(raw.buckets)
  }

  /// Lines for a profile's comments: how it was taken, and every loss that was not zero.
  var comments: [String] {
    ["\(recorded) samples, \(ownMemory.bytes >> 10) KiB used by the heap profiler itself"]
      + losses.comments(of: "heap")
  }
}

import Synchronization

extension ProfileKind {
  /// What is in use on the heap, sampled; the rate is in bytes between samples.
  public static let heap = sampled(.heap, summary: "what is in use on the heap, one sample every 512 KiB allocated")

  /// What was allocated since the start, sampled; the rate is in bytes between samples.
  public static let allocs = sampled(.allocs, summary: "what was allocated, one sample every 512 KiB allocated")

  private static func sampled(_ kind: HeapProfileKind, summary: String) -> ProfileKind {
    ProfileKind(
      name: kind.rawValue, summary: summary, regime: .continuous,
      prepare: { rate in nextRate.withLock { $0 = rate.map { ByteCount($0) } ?? HeapProfiler.defaultRate } },
      resume: { try HeapProfiler.start(rate: nextRate.withLock { $0 }) },
      pause: { HeapProfiler.stop() },
      take: {
        let profile = HeapProfiler.snapshot(kind)
        let statistics = HeapProfiler.statistics
        return Recording(
          .profile(profile), samples: statistics.recorded, lost: statistics.lost, truncated: statistics.truncated)
      })
  }

  private static let nextRate = Mutex(HeapProfiler.defaultRate)
}

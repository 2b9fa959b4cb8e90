import Pprof

extension ProfileKind {
  /// What is in use on the heap, sampled.
  public static let heap = heapProfile(.heap, summary: "memory in use, by what allocated it and by Swift type")

  /// What was allocated, sampled.
  public static let allocs = heapProfile(.allocs, summary: "memory allocated since the start, freed or not")

  private static func heapProfile(_ kind: HeapProfileKind, summary: String) -> ProfileKind {
    ProfileKind(
      name: kind.rawValue, summary: summary,
      prepare: { rate in
        try HeapProfiler.start(rate: rate.map { ByteCount($0) } ?? HeapProfiler.defaultRate)
        HeapProfiler.pause()
      },
      resume: { HeapProfiler.resume() },
      pause: { HeapProfiler.pause() },
      finish: {
        defer { HeapProfiler.stop() }
        return HeapProfiler.snapshot(kind)
      })
  }
}

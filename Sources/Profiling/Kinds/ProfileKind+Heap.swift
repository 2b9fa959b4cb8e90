import Synchronization

extension ProfileKind {
  /// What is in use on the heap, sampled.
  public static let heap = sampled(.heap, summary: "what is in use on the heap, one sample every 512 KiB allocated")

  /// What was allocated since the start, sampled.
  public static let allocs = sampled(.allocs, summary: "what was allocated, one sample every 512 KiB allocated")

  private static func sampled(_ kind: HeapProfileKind, summary: String) -> ProfileKind {
    ProfileKind(
      name: kind.rawValue, summary: summary,
      rate: Rate(
        unit: "bytes between two samples of the heap", usual: HeapProfiler.defaultRate.bytes, accepted: 1...1 << 40,
        inWords: "1 byte to 1 TiB between two samples"),
      hasPeak: kind == .heap, lossInStaticSwift: { _ in "its objects' types are not known" },
      prepare: { rate in nextRate.withLock { $0 = rate.map { ByteCount($0) } ?? HeapProfiler.defaultRate } },
      resume: { try HeapProfiler.start(rate: nextRate.withLock { $0 }) },
      pause: { HeapProfiler.stop() },
      take: { recording(HeapSnapshot.takeOfProgram(), kind) },
      look: { _ in recording(HeapSnapshot.takeOfRun(), kind) },
      finish: { _ in
        defer { try? HeapEngine.sessions.end(.environment) { _ in } }
        return recording(HeapSnapshot.takeOfRun(), kind)
      },
      capture: ProfileCapture { _ in
        try HeapEngine.checkThatItRuns()
        return recording(HeapSnapshot.takeOfRun(), kind)
      })
  }

  private static func recording(
    _ snapshot: @autoclosure () -> HeapSnapshot, _ kind: HeapProfileKind
  ) -> ProfileRecording {
    HeapProfiler.withoutRecording {
      let snapshot = snapshot()
      let statistics = snapshot.statistics
      return ProfileRecording(
        snapshot.profile(kind), samples: statistics.recorded, lost: statistics.lost, truncated: statistics.truncated)
    }
  }

  private static let nextRate = Mutex(HeapProfiler.defaultRate)
}

import CProfiler
import Pprof

/// Samples the program's allocations and tells which of them are still alive.
///
///     try HeapProfiler.start()
///     …
///     let profile = HeapProfiler.snapshot(.heap)
///     HeapProfiler.stop()
///
/// One allocated byte in `rate` is picked at random, and the block it lies in is recorded with its stack and size. From
/// the blocks recorded, `snapshot` estimates without bias what there was in all.
///
/// The hooks serve the whole process. Where they record already, because the environment asked for a profile of the whole
/// run or the leak detector is armed, that session's rate holds, and snapshots are of what it records from `start` on; a
/// comment says so if the rate is not the one asked for. Nobody ends or pauses what another began.
public enum HeapProfiler {
  /// One sample every 512 KiB on average, as Go has it: too rare to be felt.
  public static let defaultRate = ByteCount.kibibytes(512)

  /// Whether it is made for this platform. Where it is not, `start` throws, and the rest does nothing.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Starts sampling.
  ///
  /// Blocks allocated before are not seen, neither when they live nor when they are freed.
  /// - Parameter rate: The average distance between two samples; 1 records every block.
  /// - Throws: `ProfilingError` if the program has started it already or the hooks cannot serve.
  public static func start(rate: ByteCount = defaultRate) throws(ProfilingError) {
    try HeapEngine.sessions.begin(.program, .samples(rate: rate))
  }

  /// Stops sampling and forgets every block. Does nothing if the program has not started it.
  public static func stop() { try? HeapEngine.sessions.end(.program) { _ in } }

  /// Whether this program has the hooks: they are compiled out under address, thread and memory sanitizers.
  public static var isAvailable: Bool { lab_heap_available() }

  /// Leaves new blocks out until `resume`; those recorded before are still followed to their end.
  public static func pause() { HeapEngine.sessions.pause(.program) }

  /// Records again after `pause`.
  public static func resume() { HeapEngine.sessions.resume(.program) }

  /// Whether the program has started it.
  public static var isRunning: Bool { window != nil }

  /// The rate it was started with, or nil when it is not running.
  public static var rate: ByteCount? {
    window.map { ByteCount(max($0.asked.bytes, 1)) }
  }

  private static var window: HeapWindow? { HeapEngine.sessions.with(.program, \.window) ?? nil }

  /// What was allocated since the start and what of it is still in use.
  ///
  /// The program runs on meanwhile. What the snapshot itself allocates is not in it. Empty when not running.
  ///
  /// Complexity: a few microseconds for each stack and each address in it, and at rate 1 for each 1,000 live blocks.
  public static func snapshot(_ kind: HeapProfileKind = .heap) -> Profile {
    withoutRecording { HeapSnapshot.takeOfProgram().profile(kind) }
  }

  /// The same, made on a thread of its own, so that the pool's are free for the program's tasks.
  public static func snapshot(_ kind: HeapProfileKind = .heap) async -> Profile {
    // What is in it is what there is here and now. Nothing here throws.
    let taken = withoutRecording { HeapSnapshot.takeOfProgram() }
    return await onOwnThread { withoutRecording { taken.profile(kind) } }
  }

  /// Leaves out what this thread allocates in `body`, such as the encoding of a profile; other threads are recorded on.
  ///
  /// Blocks recorded before are followed if `body` frees them. May be nested.
  public static func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
    lab_heap_ignore_begin()
    defer { lab_heap_ignore_end() }
    return try body()
  }

  /// An estimate of the heap now, or nil when not running. Exact at rate 1.
  ///
  /// Complexity: O(stacks × sizes), about 1 ns each; in a session that another began, or after a pause, O(blocks
  /// recorded). Allocates nothing.
  public static var liveCounters: LiveHeap? {
    guard let window else { return nil }
    var objects = 0.0
    var bytes = 0.0
    if window.isWhole { lab_heap_live(&objects, &bytes) } else { lab_heap_live_of(window.number, &objects, &bytes) }
    return LiveHeap(objects: Int(objects.rounded()), size: ByteCount(Int(bytes.rounded())))
  }

  /// What the profiler recorded, lost and uses itself, since it was started by whoever was the first.
  public static var statistics: HeapStatistics {
    var statistics = lab_heap_statistics()
    lab_heap_read_statistics(&statistics)
    return HeapStatistics(statistics, losses: .now)
  }
}

/// Which of the two heap profiles: they differ in the value that is shown first.
@nonexhaustive
public enum HeapProfileKind: String, Sendable, Hashable, CaseIterable {
  /// What is in use: shows the last value, `inuse_space`.
  case heap
  /// What was ever allocated: shows `alloc_space`.
  case allocs
}

/// How much of the heap is in use.
public struct LiveHeap: Sendable, Hashable {
  /// Blocks allocated since the profiler's start and not yet freed.
  public var objects: Int
  /// What was asked for them, without what the allocator adds.
  public var size: ByteCount
}

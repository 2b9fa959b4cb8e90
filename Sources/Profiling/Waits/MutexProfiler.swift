import CProfiler
import Pprof

/// Records who makes threads wait for locks, and tasks for actors, and for how long, as a pprof profile.
///
///     try MutexProfiler.start()
///     work()
///     try MutexProfiler.stop().write(to: "mutex.pb.gz")
///
/// Seen are `Synchronization.Mutex`, mutexes and read-write locks of POSIX threads, of which `NSLock` and its kin are made,
/// `DispatchQueue.sync`, and actors. Each unlock of a lock that others wait for is charged, for each of them, the time since it
/// came or, if that is later, since the unlock before. So all that threads wait is in it once, at those who held the lock
/// meanwhile; that a waiting thread had to be woken, and for a processor, is not. Of a lock that nobody waits for nothing
/// is recorded.
///
/// A task has an actor from when it gets there to when it awaits something elsewhere, goes to another or ends. What it had
/// it for is its stack then, with the function on top that got the actor; of one that ends, its functions when it got it,
/// and who made it. Of actors all turns are recorded, those too that nobody waited for: `holds` is how many there were,
/// `held` how long, and `queued` how many tasks waited when they ended, so `queued` by `holds` is the mean queue. The
/// label `lock` tells actors, the `MainActor` and other serial executors apart. What runs on an executor and is no task,
/// such as blocks on the main queue, is not seen: what others wait meanwhile is charged to the frame `[no task had it]`.
public enum MutexProfiler {
  /// Whose stacks the waits are shown on.
  public enum View: String, Sendable, Hashable, CaseIterable {
    /// Those that gave the lock back for which others waited.
    case holder
    /// Those that waited.
    case waiter
  }

  /// Of how many contentions one may be recorded.
  public static let acceptedFractions = 1...1_000_000

  /// Whether it is made for this platform. Where it is not, `start` throws.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Starts to record one of so many contentions, drawn by lot; it then stands for as many.
  ///
  /// Those below ten microseconds are recorded the less often the shorter they are, and stand for the more.
  /// - Parameter fraction: 1 to 1,000,000; what lies outside counts as the nearest.
  /// - Throws: `ProfilingError` if the program has started it already or the hooks cannot serve.
  public static func start(oneOf fraction: Int = 1) throws(ProfilingError) {
    try MutexEngine.sessions.begin(.program, min(max(fraction, 1), acceptedFractions.upperBound))
  }

  /// Records nothing until `resume`. Who waits meanwhile is not seen, unless another records.
  public static func pause() { MutexEngine.sessions.pause(.program) }

  /// Records again after `pause`.
  public static func resume() { MutexEngine.sessions.resume(.program) }

  /// What has been recorded so far.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func snapshot(by view: View = .holder) throws(ProfilingError) -> Profile {
    mutexProfile(try MutexEngine.look(.program), by: view)
  }

  /// Stops, and makes the profile of what was recorded.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func stop(by view: View = .holder) throws(ProfilingError) -> Profile {
    mutexProfile(try MutexEngine.end(.program), by: view)
  }

  /// The same, made on a thread of its own, so that the pool's are free for the program's tasks.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func stop(by view: View = .holder) async throws(ProfilingError) -> Profile {
    let recorded = try MutexEngine.end(.program)
    return await onOwnThread { mutexProfile(recorded, by: view) }
  }
}

import CProfiler
import Pprof

/// Records where threads and tasks wait, and for how long, as a pprof profile.
///
///     try BlockProfiler.start()
///     work()
///     try BlockProfiler.stop().write(to: "block.pb.gz")
///
/// Seen are locks, conditions, semaphores, groups and queues of Dispatch, sleep, ends of threads and processes, `poll` and
/// its kin, and reads and writes that the kernel had to let wait; and of tasks, waits for continuations, streams, values,
/// groups, actors and sleep, at the functions that await one another. The label `waits` says which it is. Waits of
/// threads that have nothing to do, such as Dispatch's workers and event loops, are one frame, `[idle]`.
///
/// The samples' third type, `runnable`, is the part of the delay during which a task could have run on and had no thread.
/// For an actor a task waits until whoever has it gives it back, and is runnable from then on. A task that has to wait
/// for its actor after what it awaited has come has waited twice. That a new task waits for a thread is in no sample.
/// Of threads the kernel does not say so.
public enum BlockProfiler {
  /// The rates that may be asked for, in nanoseconds.
  public static let acceptedRates = 1...1 << 40

  /// Whether it is made for this platform. Where it is not, `start` throws.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Starts to record waits: all that last as long as the rate, and shorter ones as often as they are long, which then
  /// stand for as much.
  /// - Parameter rate: 1 ns to 18 minutes; what lies outside counts as the nearest. At 1 ns every wait is recorded.
  /// - Throws: `ProfilingError` if the program has started it already or the hooks cannot serve.
  public static func start(rate: Duration = .microseconds(10)) throws(ProfilingError) {
    let nanoseconds = Int(rate.nanoseconds)
    try BlockEngine.sessions.begin(
      .program, min(max(nanoseconds, acceptedRates.lowerBound), acceptedRates.upperBound))
  }

  /// Records nothing until `resume`.
  public static func pause() { BlockEngine.sessions.pause(.program) }

  /// Records again after `pause`.
  public static func resume() { BlockEngine.sessions.resume(.program) }

  /// What has been recorded so far.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func snapshot() throws(ProfilingError) -> Profile { blockProfile(try BlockEngine.look(.program)) }

  /// Stops, and makes the profile of what was recorded.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func stop() throws(ProfilingError) -> Profile { blockProfile(try BlockEngine.end(.program)) }

  /// The same, made on a thread of its own, so that the pool's are free for the program's tasks.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func stop() async throws(ProfilingError) -> Profile {
    let recorded = try BlockEngine.end(.program)
    return await onOwnThread { blockProfile(recorded) }
  }
}

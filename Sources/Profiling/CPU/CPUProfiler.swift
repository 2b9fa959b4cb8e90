import CProfiler
import Platform
import Pprof

/// Samples where the program spends its CPU time, on every thread, as a pprof profile.
///
///     try CPUProfiler.start()
///     work()
///     try CPUProfiler.stop().write(to: "cpu.pb.gz")
///
/// Each thread has a timer on its own CPU clock. Its signal takes one stack, which stands for the period since the
/// last. Stacks of Swift's async functions are logical: the functions that await, not the executor that runs them.
///
/// One sampler serves the whole process. Where it runs already, because the environment asked for a profile of the whole
/// run or `record` is under way elsewhere, its rate holds and the profile is of what it takes meanwhile; a comment in the
/// profile says so if the rate is not the one asked for. Nobody ends or pauses what another began.
public enum CPUProfiler {
  /// Whether it is made for this platform. Where it is not, `start` and `record` throw, and the rest does nothing.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Starts sampling.
  ///
  /// Takes 30 to 80 ms the first time, to read the unwind information of all loaded modules.
  /// - Throws: `ProfilingError` if the program has started it already, the rate is out of range or the system refuses.
  public static func start(rate: SamplingRate = .hertz(100)) throws(ProfilingError) {
    try begin(.program, rate)
  }

  /// Takes no samples until `resume`. Cheap: the buffers and the profile so far stay.
  public static func pause() { CPUSampler.sessions.pause(.program) }

  /// Takes samples again after `pause`.
  public static func resume() { CPUSampler.sessions.resume(.program) }

  /// Stops sampling and makes the profile, names and lines included.
  ///
  /// Naming takes from some milliseconds to a second; in asynchronous code the form that is awaited is chosen.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func stop() throws(ProfilingError) -> Profile { cpuProfile(try CPUSampler.end(.program)) }

  /// Stops sampling and makes the profile on a thread of its own, so that the pool's are free for the program's tasks.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func stop() async throws(ProfilingError) -> Profile {
    // What is sampled ends here and now.
    let recorded = try CPUSampler.end(.program)
    return await onOwnThread { cpuProfile(recorded) }
  }

  /// Samples for the given time, or until the task is cancelled. Several may be under way at once.
  /// - Throws: `ProfilingError` if the rate is out of range or the system refuses.
  public static func record(
    for duration: Duration, rate: SamplingRate = .hertz(100)
  ) async throws -> Profile {
    let owner = CPUSampler.sessions.newRecording()
    try begin(owner, rate)
    try? await Task.sleep(for: duration)
    let recorded = try CPUSampler.end(owner)
    return await onOwnThread { cpuProfile(recorded) }
  }

  private static func begin(_ owner: SessionOwner, _ rate: SamplingRate) throws(ProfilingError) {
    guard SamplingRate.accepted.contains(rate.hertz) else { throw .rateOutOfRange(hertz: rate.hertz) }
    try CPUSampler.sessions.begin(owner, rate)
  }

  /// What has been measured since the last start, without pauses, and what it cost. Of the handler's median time, the
  /// threads and the tables, what holds for the sampler as a whole.
  public static var statistics: CPUStatistics {
    let counts =
      CPUSampler.sessions.with(.program, \.statistics) ?? CPUSampler.last.withLock { $0 } ?? .now
    return CPUStatistics(counts, lab_unwind_statistics())
  }
}

/// The time of day, for profiles to say when they were taken.
package func nanosecondsSinceEpoch() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

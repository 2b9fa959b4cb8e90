import CProfiler
import Glibc
import Pprof
import Synchronization

/// Samples where the program spends its CPU time, on every thread, as a pprof profile.
///
///     try CPUProfiler.start()
///     work()
///     try CPUProfiler.stop().write(to: "cpu.pb.gz")
///
/// Each thread has a timer on its own CPU clock. Its signal takes one stack, which stands for the period since the
/// last. Stacks of Swift's async functions are logical: the functions that await, not the executor that runs them.
/// One profiler runs at a time.
public enum CPUProfiler {
  private struct Session {
    var rate: SamplingRate
    var beganAt: Int64
    var began: ContinuousClock.Instant
  }

  private static let session = Mutex<Session?>(nil)

  /// Starts sampling.
  ///
  /// Takes 30 to 80 ms the first time, to read the unwind information of all loaded modules.
  /// - Throws: `ProfilingError` if another profiler runs, the rate is out of range or the system refuses.
  public static func start(rate: SamplingRate = .hertz(100)) throws(ProfilingError) {
    guard SamplingRate.accepted.contains(rate.hertz) else { throw .rateOutOfRange(hertz: rate.hertz) }
    try session.withLock { (session) throws(ProfilingError) in
      let error = lab_cpu_start(Int32(rate.hertz))
      if error != LAB_CPU_OK { throw ProfilingError(error) }
      session = Session(rate: rate, beganAt: nanosecondsSinceEpoch(), began: .now)
    }
  }

  /// Disarms all timers until `resume`. Cheap: the buffers and the profile so far stay.
  public static func pause() { lab_cpu_pause() }

  /// Arms the timers again after `pause`.
  public static func resume() { lab_cpu_resume() }

  /// Stops sampling and makes the profile, names and lines included.
  /// - Throws: `ProfilingError.notRunning` if there is nothing to stop.
  public static func stop() throws(ProfilingError) -> Profile {
    try session.withLock { (session) throws(ProfilingError) in
      // One that the environment began is not ours to end.
      guard let ended = session else { throw .notRunning }
      let error = lab_cpu_stop()
      if error != LAB_CPU_OK { throw ProfilingError(error) }
      session = nil
      return cpuProfile(
        rate: ended.rate, beganAt: ended.beganAt, duration: ended.began.duration(to: .now), statistics: statistics)
    }
  }

  /// Samples for the given time, or until the task is cancelled.
  /// - Throws: what `start` and `stop` throw.
  public static func record(
    for duration: Duration, rate: SamplingRate = .hertz(100)
  ) async throws -> Profile {
    try start(rate: rate)
    try? await Task.sleep(for: duration)
    return try stop()
  }

  /// What has been measured since the last start, and what it cost.
  public static var statistics: CPUStatistics { CPUStatistics(lab_cpu_statistics(), lab_unwind_statistics()) }
}

extension ProfilingError {
  init(_ error: lab_cpu_error) {
    self =
      switch error {
      case LAB_CPU_ALREADY_RUNNING: .alreadyRunning
      case LAB_CPU_SIGNAL_TAKEN: .signalTaken
      case LAB_CPU_NO_MEMORY: .noMemory
      case LAB_CPU_NO_THREAD: .noThread
      case LAB_CPU_NO_TIMER: .noTimer(errno: lab_cpu_statistics().last_error)
      default: .notRunning
      }
  }
}

/// The time of day, for profiles to say when they were taken.
func nanosecondsSinceEpoch() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

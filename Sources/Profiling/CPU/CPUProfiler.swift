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
    try check(rate)
    try CPUSampler.state.withLock { (state) throws(ProfilingError) in
      guard CPUSampler.current(&state) == nil else { throw .alreadyRunning }
      state.session = try CPUSampler.begin(rate, in: &state)
    }
  }

  /// Takes no samples until `resume`. Cheap: the buffers and the profile so far stay.
  public static func pause() { CPUSampler.pause() }

  /// Takes samples again after `pause`.
  public static func resume() { CPUSampler.resume() }

  /// Stops sampling and makes the profile, names and lines included.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it.
  public static func stop() throws(ProfilingError) -> Profile {
    let (window, recorded) = try CPUSampler.state.withLock { (state) throws(ProfilingError) in
      // One that the environment began is not ours to end.
      guard let window = CPUSampler.current(&state) else { throw .notRunning }
      state.session = nil
      return (window, try CPUSampler.end(window, in: &state))
    }
    return cpuProfile(recorded, of: window)
  }

  /// Samples for the given time, or until the task is cancelled. Several may be under way at once.
  /// - Throws: `ProfilingError` if the rate is out of range or the system refuses.
  public static func record(
    for duration: Duration, rate: SamplingRate = .hertz(100)
  ) async throws -> Profile {
    try check(rate)
    let window = try CPUSampler.state.withLock { (state) throws(ProfilingError) in
      try CPUSampler.begin(rate, in: &state)
    }
    try? await Task.sleep(for: duration)
    let recorded = try CPUSampler.state.withLock { (state) throws(ProfilingError) in
      try CPUSampler.end(window, in: &state)
    }
    return cpuProfile(recorded, of: window)
  }

  private static func check(_ rate: SamplingRate) throws(ProfilingError) {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    guard SamplingRate.accepted.contains(rate.hertz) else { throw .rateOutOfRange(hertz: rate.hertz) }
  }

  /// What has been measured since the last start, without pauses, and what it cost. Of the handler's median time, the
  /// threads and the tables, what holds for the sampler as a whole.
  public static var statistics: CPUStatistics {
    let raw = CPUSampler.state.withLock { state in
      CPUSampler.current(&state)?.statistics ?? state.last ?? lab_cpu_statistics()
    }
    return CPUStatistics(raw, lab_unwind_statistics())
  }
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

/// Why a profiler could not do what was asked.
public enum ProfilingError: Error, Sendable, Hashable {
  /// The profiler is not made for this platform; see `CPUProfiler.isSupported`.
  case unsupportedPlatform
  /// The program has started the CPU profiler already.
  case alreadyRunning
  /// There is no CPU profiler to stop.
  case notRunning
  /// The rate is outside 1 through 1000 samples a second.
  case rateOutOfRange(hertz: Int)
  /// The program, or another profiler in it, handles SIGPROF itself.
  case signalTaken
  /// The kernel gave no timer, for the reason of this `errno`.
  case noTimer(errno: Int32)
  /// The kernel gave no memory for the buffers.
  case noMemory
  /// The profiler's own thread could not be started.
  case noThread
}

extension ProfilingError: CustomStringConvertible {
  /// What went wrong and what to do about it, in one line.
  public var description: String {
    switch self {
    case .unsupportedPlatform:
      CHalf.absence
    case .alreadyRunning:
      "a CPU profiler is already running in this program; stop it first"
    case .notRunning:
      "no CPU profiler is running"
    case .rateOutOfRange(let hertz):
      "a rate of \(hertz) Hz is out of range; CPU timers keep 1 through 1000"
    case .signalTaken:
      "the program handles SIGPROF itself (another profiler?), and the signal can serve only one"
    case .noTimer(let errno):
      "no CPU timer could be made: \(systemMessage(errno)) (see `ulimit -i`, pending signals)"
    case .noMemory:
      "no memory for the sample buffer"
    case .noThread:
      "the profiler's own thread could not be started (see `ulimit -u`)"
    }
  }
}

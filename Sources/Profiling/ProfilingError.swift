/// Why a profiler could not do what was asked. The program is as it was before.
@nonexhaustive
public enum ProfilingError: Error, Sendable, Hashable {
  /// The profiler is not made for this platform; see `CPUProfiler.isSupported`.
  case unsupportedPlatform
  /// The program has started it already.
  case alreadyRunning(Profiler)
  /// The program has not started it.
  case notRunning(Profiler)
  /// The rate is outside 1 through 1000 samples a second.
  case rateOutOfRange(hertz: Int)
  /// The CPU profiler runs at another rate than was asked for: this one.
  case otherRate(hertz: Int)
  /// The environment began it for the whole run, by one of these variables, at a rate in bytes that does not serve.
  case heldByEnvironment(variables: [String], rate: ByteCount)
  /// The program, or another profiler in it, handles SIGPROF itself.
  case signalTaken
  /// The kernel gave no timer, for the reason of this `errno`.
  case noTimer(errno: Int32)
  /// The kernel gave no memory for this.
  case noMemory(for: String)
  /// The profiler's own thread could not be started.
  case noThread
  /// The program was built with a sanitizer, which stands where the hooks would; they are not in it.
  case sanitizer
  /// The program brings a `malloc` of its own, which stands before the hooks.
  case foreignMalloc
  /// Not every allocation is tracked: the leak detector was not armed, or the heap profiler runs at another rate.
  case notArmed
  /// Not every task is followed from the start.
  case tasksNotFollowed
  /// Another leak scan is under way.
  case scanUnderWay
  /// The thread of this id went on running; nothing was scanned.
  case threadDidNotStop(Int)
  /// Each time the threads stood still, one was just moving a block.
  case unsettled
  /// `/proc/thread-self/maps` could not be read.
  case noMaps
  /// The program has no library of Swift's concurrency, or has it linked statically, where calls cannot be seen.
  case noConcurrency
  /// This Swift runtime lays out its tasks in a way that is not known.
  case unknownTaskLayout
  /// The program has made no `CustomProfile`.
  case noCustomProfile
}

/// A profiler, as errors name it.
public struct Profiler: Sendable, Hashable, CustomStringConvertible {
  /// What people call it, e.g. `CPU profiler`.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension ProfilingError: CustomStringConvertible {
  /// What went wrong and what to do about it, in one line.
  public var description: String {
    switch self {
    case .unsupportedPlatform: CHalf.absence
    case .alreadyRunning(let profiler): "the \(profiler) is already running"
    case .notRunning(let profiler): "no \(profiler) is running"
    case .rateOutOfRange(let hertz): "a rate of \(hertz) Hz is out of range; CPU timers keep 1 through 1000"
    case .otherRate(let hertz): "the CPU profiler runs already, at \(hertz) Hz"
    case .heldByEnvironment(let variables, let rate):
      "the heap profiler runs for the environment (\(variables.joined(separator: " or "))), which records one block "
        + "every \(rate.bytes) bytes; every block is needed"
    case .signalTaken: "the program handles SIGPROF itself (another profiler?), and the signal can serve only one"
    case .noTimer(let errno):
      "no CPU timer could be made: \(systemMessage(errno)) (see `ulimit -i`, pending signals)"
    case .noMemory(let what): "no memory for the \(what)"
    case .noThread: "the profiler's own thread could not be started (see `ulimit -u`)"
    case .sanitizer: "this program is built with a sanitizer, so the profiler's hooks are compiled out"
    case .foreignMalloc: "this program brings its own malloc, which the heap profiler's hooks do not see"
    case .notArmed: "not every allocation is tracked: arm the leak detector when the program starts"
    case .tasksNotFollowed: "not every task is followed: arm the detector of lost tasks when the program starts"
    case .scanUnderWay: "another leak scan is under way"
    case .threadDidNotStop(let id):
      "thread \(id) did not stop in time (it blocks SIGPROF and runs), so nothing was scanned"
    case .unsettled: "whenever the threads stood still, one was just reallocating; try again when less goes on"
    case .noCustomProfile: "the program has made no custom profile (CustomProfile(\"name\"))"
    case .noMaps: "/proc/thread-self/maps cannot be read, so the roots are not known"
    case .noConcurrency:
      "tasks cannot be seen: this program has no library of Swift's concurrency, or has it linked statically"
    case .unknownTaskLayout: "this Swift runtime lays out its tasks in a way the profiler does not know"
    }
  }
}

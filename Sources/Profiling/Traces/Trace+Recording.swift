import CProfiler
import ExecutionTrace

/// What happened in a program, event by event. Recorded by `Trace.start`, read by `Trace(contentsOf:)`.
public typealias Trace = ExecutionTrace.Trace

extension Trace {
  /// Whether it is made for this platform. Where it is not, `start` throws.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Whether something is recorded, by the program or the environment.
  public static var isRecording: Bool { lab_trace_is_on() }

  /// What a recording keeps when it has reached its size.
  @nonexhaustive
  public enum Keeping: Sendable, Hashable {
    /// All from its start on, until the file has so many bytes. What comes then is lost, and counted.
    case everything(upTo: Int = 1 << 30)
    /// What was last: so much time, of so many bytes at most. The rest is written over.
    case last(Duration = .seconds(10), upTo: Int = 10 << 20)
  }

  /// What may be recorded beside what happens, and costs more.
  public struct Extras: OptionSet, Sendable {
    /// A bit for each.
    public let rawValue: Int
    /// Those of the bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Samples of the CPU time, a hundred a second.
    public static let cpu = Extras(rawValue: 1)
    /// Where tasks are suspended: a walk each time.
    public static let stacks = Extras(rawValue: 2)
  }

  /// What has the window written to a file of its own by itself, while the recording goes on.
  @nonexhaustive
  public enum Trigger: Sendable, Hashable {
    /// A region has lasted longer.
    case region(over: Duration)
    /// A task has waited longer for what it awaits, or a thread that runs one was blocked longer in a call.
    case wait(over: Duration)
    /// A task that could run has had no thread of the common pool for longer.
    case starvation(over: Duration)
  }

  /// Starts to record what happens: tasks, threads, and what the program says itself.
  ///
  /// What is recorded is at once in the file, which takes the place of whatever has that path, and can be read
  /// whatever becomes of the program. With `stop` it gets the names of functions and becomes smaller.
  ///
  ///     try Trace.start(to: "server-%n.trace", keeping: .last(), writingWhen: [.region(over: .milliseconds(50))])
  /// - Parameters:
  ///   - path: Where to; nil: into a file without a name, which `stop` gives back.
  ///   - keeping: Everything, or a window.
  ///   - extras: What else to record.
  ///   - triggers: When to write the window out, to the path with 1 to 16 in place of `%n`, the newest over the oldest; it
  ///     is recorded into the one with 0. Each kind does so once in ten seconds, or in as long as the window is. With
  ///     triggers the path has to have a `%n`, and a window has to be kept.
  /// - Throws: `ProfilingError` if something is recorded already or the hooks cannot serve, `TraceError.file` if there is
  ///   no room for the file, `TraceError.noWindow` if triggers have nothing to write.
  public static func start(
    to path: String? = nil, keeping: Keeping = .everything(), with extras: Extras = [],
    writingWhen triggers: [Trigger] = []
  ) throws {
    try TraceRecorder.start(path: path, keeping: keeping, extras: extras, triggers: triggers)
  }

  /// Stops, and names what was recorded; writes it to the path that `start` was given.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it, or what the system says of the file.
  @discardableResult
  public static func stop() throws -> RecordedTrace { try TraceRecorder.stop() }

  /// What has been recorded so far, of a window what is in it, named; recording goes on.
  /// - Throws: `ProfilingError.notRunning` if nothing is recorded.
  public static func snapshot() throws -> RecordedTrace { try TraceRecorder.recorded(isOver: false) }
}

extension Profiler {
  /// `Trace`.
  public static let trace = Profiler("tracer")
}

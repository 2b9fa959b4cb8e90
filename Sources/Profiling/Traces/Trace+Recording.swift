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

  /// Starts to record what happens: tasks, threads, and what the program says itself.
  ///
  /// What is recorded is at once in the file, which takes the place of whatever has that path, and can be read
  /// whatever becomes of the program. With `stop` it gets the names of functions and becomes smaller.
  /// - Parameters:
  ///   - path: Where to; nil: into a file without a name, which `stop` gives back.
  ///   - keeping: Everything, or a window.
  /// - Throws: `ProfilingError` if something is recorded already or the hooks cannot serve, `TraceError.file` if there is
  ///   no room for the file.
  public static func start(to path: String? = nil, keeping: Keeping = .everything()) throws {
    try TraceRecorder.start(path: path, keeping: keeping)
  }

  /// Stops, and names what was recorded; writes it to the path that `start` was given.
  /// - Throws: `ProfilingError.notRunning` if the program has not started it, or what the system says of the file.
  @discardableResult
  public static func stop() throws -> RecordedTrace { try TraceRecorder.stop() }

  /// What has been recorded so far, named; recording goes on.
  /// - Throws: `ProfilingError.notRunning` if nothing is recorded.
  public static func snapshot() throws -> RecordedTrace { try TraceRecorder.recorded(isOver: false) }
}

extension Profiler {
  /// `Trace`.
  public static let trace = Profiler("tracer")
}

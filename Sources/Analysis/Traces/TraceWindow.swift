import ExecutionTrace

/// A part of a trace, in nanoseconds since the trace's start.
public struct TraceWindow: Sendable, Hashable {
  /// Where it begins.
  public let start: Int64
  /// Where it ends.
  public let end: Int64
  /// How long the trace is.
  public let whole: Int64

  /// What is longer is not looked at as a whole: two weeks.
  static let longest: Int64 = 1 << 50

  /// How long it is.
  public var length: Int64 { end - start }
  /// Whether it is all of the trace.
  public var isWhole: Bool { start == 0 && end == whole }

  /// The part of a trace from a time on, and so long; what is not said is all there is. A window that goes on beyond the
  /// trace's end ends there.
  public init(of trace: Trace, start: Int64? = nil, length: Int64? = nil) throws(TraceWindowError) {
    let whole = trace.duration
    guard whole > 0 else { throw .emptyTrace }
    let start = start ?? 0
    guard start >= 0, start < whole else { throw .outside(start: start, duration: whole) }
    guard length ?? 1 > 0 else { throw .empty }
    self.start = start
    self.whole = whole
    let end = min(length.map { start.adding($0) } ?? whole, whole)
    guard end - start <= Self.longest else { throw .tooLong(end - start) }
    self.end = end
  }
}

/// Why a part of a trace cannot be looked at.
public enum TraceWindowError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Nothing was recorded.
  case emptyTrace
  /// It begins where the trace is over.
  case outside(start: Int64, duration: Int64)
  /// It has no length.
  case empty
  /// It is longer than anything that is looked at as a whole.
  case tooLong(Int64)

  /// A sentence that says what is wrong.
  public var description: String {
    switch self {
    case .emptyTrace: "the trace has no events"
    case .outside(let start, let duration):
      "the trace is over after \(TraceTime.text(duration)); a window cannot begin at \(TraceTime.text(start))"
    case .empty: "a window needs a length"
    case .tooLong(let length):
      "\(TraceTime.text(length)) are too much to be looked at as a whole; give a window of up to 13 days"
    }
  }
}

/// Who has a session of an engine. Of each owner there is at most one session at a time, so this is its token, too.
enum SessionOwner: Hashable, Sendable {
  /// The environment: from before `main` to the program's end.
  case environment
  /// The program, from a `start` to a `stop`.
  case program
  /// The program's leak detector, while it is armed.
  case detector
  /// The same of its detector of lost tasks.
  case taskDetector
  /// Whoever serves profiles while the program runs.
  case server
  /// A trace with samples in it.
  case tracer
  /// One of any number of recordings of a part of the program. No two have the same number.
  case recording(Int)
}

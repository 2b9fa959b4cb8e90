/// Events that do not follow from those before them: some are missing, or the trace is damaged. What was going on is taken
/// to be over, and the reading goes on.
public struct TraceIrregularities: Sendable, Hashable {
  /// What was wrong with an event.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// It is older than the one before it.
    case timeGoesBack = "events are older than the event before them"
    /// It is of no task, and should be.
    case noTask = "events are of no task"
    /// It is on no thread, and should be.
    case noThread = "events are on no thread that the trace knows"
    /// A task was made that is there.
    case madeTwice = "tasks were made though they were there"
    /// A task got a thread while it had one.
    case runsTwice = "tasks got a thread while they had one"
    /// A task got a thread on which another ran.
    case runsOver = "tasks got a thread that another had"
    /// A task was to have a thread, and had none.
    case runsNot = "tasks nested, ran on or were suspended without a thread"
    /// A task was given to an executor while it was in a queue.
    case readyTwice = "tasks were given to an executor though they were in a queue"
    /// A task ended without a thread.
    case endsWithoutRun = "tasks ended without a thread"
    /// A job, a call, a region or a user task ended that had not begun.
    case endsAlone = "jobs, calls, regions or user tasks ended that had not begun"
    /// An executor was left by a task that was not on it.
    case leavesAlone = "executors were left by tasks that were not on them"
  }

  /// How often each was met, in the window and before it.
  public private(set) var counts: [Kind: Int] = [:]

  /// How many there are in all.
  public var total: Int { counts.values.reduce(0, +) }

  mutating func note(_ kind: Kind) { counts[kind, default: 0] += 1 }

  /// Each that was met, with how often, as a sentence without its full stop.
  public var sentences: [String] {
    Kind.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind.rawValue)" } }
  }
}

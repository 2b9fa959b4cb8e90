import Leaks
import Pprof

/// A kind of profile: its name, what it shows, and how it is recorded.
///
/// A new kind is a static value in a file of its own, and a line in `all`.
public struct ProfileKind: Sendable {
  /// How recording goes along with the program's rounds of work.
  public enum Regime: Sendable, Hashable {
    /// Events are recorded while it is on; what was recorded outlives a pause.
    case pausable
    /// What is recorded depends on everything since the start; pausing forgets it.
    case continuous
    /// As continuous, and it must be on since the process began.
    case sinceProcessStart
  }

  /// The name on the command line, in figure references and in URLs, e.g. `cpu`.
  public let name: String
  /// What it shows, in a sentence.
  public let summary: String
  /// How it goes along with the program.
  public let regime: Regime
  /// Readies it to record at a rate of the kind's own unit (nil: its default), paused.
  public let prepare: @Sendable (_ rate: Int?) throws -> Void
  /// Lets events be recorded.
  public let resume: @Sendable () throws -> Void
  /// Keeps events from being recorded.
  public let pause: @Sendable () -> Void
  /// What was recorded until now; recording goes on unless the kind is pausable, where this ends it.
  public let take: @Sendable () throws -> Recording

  /// A kind with its steps.
  public init(
    name: String, summary: String, regime: Regime, prepare: @escaping @Sendable (_ rate: Int?) throws -> Void,
    resume: @escaping @Sendable () throws -> Void, pause: @escaping @Sendable () -> Void,
    take: @escaping @Sendable () throws -> Recording
  ) {
    self.name = name
    self.summary = summary
    self.regime = regime
    self.prepare = prepare
    self.resume = resume
    self.pause = pause
    self.take = take
  }

  /// Every kind this build can record.
  public static let all: [ProfileKind] = [cpu, heap, allocs, leaks]

  /// The kind of the given name, if there is one.
  public static func named(_ name: String) -> ProfileKind? { all.first { $0.name == name } }
}

/// What a profiler recorded, with its own counts of what it took and lost.
public struct Recording: Sendable {
  /// The forms that a recording has.
  public enum Contents: Sendable {
    /// Weighted stacks.
    case profile(Profile)
    /// Retain cycles and lost blocks.
    case leaks(LeakReport)
  }

  /// What was recorded.
  public var contents: Contents
  /// Samples taken.
  public var samples: Int
  /// Samples lost.
  public var lost: Int
  /// Stacks cut at the greatest depth.
  public var truncated: Int
  /// Stacks that reach no root.
  public var unresolved: Int

  /// A recording and its counts.
  public init(_ contents: Contents, samples: Int, lost: Int = 0, truncated: Int = 0, unresolved: Int = 0) {
    self.contents = contents
    self.samples = samples
    self.lost = lost
    self.truncated = truncated
    self.unresolved = unresolved
  }
}

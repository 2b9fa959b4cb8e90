import ExecutionTrace
import Findings

/// What happened in a window of a trace, in numbers. Times are in nanoseconds.
///
/// What began before the window or ends after it counts with the part that lies within: a window tells the same, whether
/// the trace goes on around it or not.
public struct TraceSummary: Sendable {
  /// The part of the trace that it is of.
  public let window: TraceWindow
  /// How many processors the program could use; where the trace does not say, as many threads as ran at once.
  public let processors: Int
  /// How many events the window has.
  public let events: Int
  /// Tasks that were made in it, those that ended in it, and those that lived when it was over.
  public let made, ended, live: Int
  /// Tasks that lived when it began, or that were first met while they lived.
  public let older: Int

  /// How many threads ran, over time.
  public let utilisation: Utilisation
  /// Tasks that live, over time: the fewest, the most, and the mean.
  public let liveTasks: Level
  /// Tasks that wait for a thread of the pool, over time.
  public let readyTasks: Level

  /// Tasks by the function that made them; who ran the longest comes first.
  public let families: [TaskFamily]
  /// The same of all tasks.
  public let all: TaskFamily
  /// Threads that tasks or jobs ran on, in the trace's order.
  public let threads: [ThreadUse]
  /// Executors that run one task at a time, those of a type together; the one that was occupied the longest comes first.
  public let executors: [ExecutorUse]
  /// Regions by name; the longest in sum comes first.
  public let regions: [NamedSpans]
  /// User tasks by name; the longest in sum comes first.
  public let userTasks: [NamedSpans]
  /// Jobs that are no tasks, by name, each time that one had a thread; the longest in sum first.
  public let jobs: [NamedSpans]
  /// Calls that blocked while a task had the thread, by who called and why; the longest in sum comes first.
  public let calls: [BlockingCalls]
  /// What the recorder noted from time to time, by name.
  public let counters: [NamedCounter]
  /// The longest runs, the longest first.
  public let longestRuns: [LongRun]
  /// The longest time in which no thread ran a task or a job; nil if there was none.
  public let longestGap: Gap?
  /// What it found out, the gravest first.
  public let findings: [Finding]

  /// Events that the recorder lost, up to the window's end.
  public let lostEvents: Int64
  /// What else the recorder says is missing.
  public let losses: [TraceLoss]
  /// Events that do not follow from those before them.
  public let irregularities: TraceIrregularities

  /// A number over time.
  public struct Level: Sendable, Hashable {
    /// The least.
    public var least: Int
    /// The most.
    public var most: Int
    /// The mean over time.
    public var mean: Double
  }

  /// Tasks that one function made.
  public struct TaskFamily: Sendable, Hashable {
    /// The function, or what is known instead, in brackets.
    public var function: String
    /// Where that is, `file:line`; empty if it is not known.
    public var place: String
    /// Its number in a replay.
    var number: Int32 = 0
    /// How many were made in the window, ended in it, and lived when it was over.
    public var made = 0, ended = 0, live = 0
    /// How long each had a thread and was the innermost on it, all in all; calls that block are in it.
    public var running = Distribution()
    /// The same of each time that one had a thread.
    public var runs = Distribution()
    /// How many of these were at least `Finding.Bounds.run` long.
    public var longRuns = 0
    /// How long one waited for a thread of the pool, each time.
    public var ready = Distribution()
    /// How long one waited for its turn on an executor, each time.
    public var queued = Distribution()
    /// How long one was suspended, each time, by why.
    public var waiting: [ExecutionTrace.WaitReason: Distribution] = [:]
    /// How long one was in a call that blocks, each time.
    public var blocked = Distribution()
    /// How long each lived.
    public var life = Distribution()
    /// Of those that ended, how many ran for less than `Finding.Bounds.task` in all.
    public var small = 0
    /// How often one was resumed, or gave up its thread only to have it again; waits for children and for a turn on an
    /// executor are not among these.
    public var wakeups = 0
    /// How often by itself, and to the executor that it was on.
    public var selfWakeups = 0
    /// How often one went from an executor that runs one task at a time to another; how long it had been there.
    public var visits = Distribution()
    /// The same of those that were shorter than `Finding.Bounds.visit` and led back to where it had come from.
    public var visitsBack = Distribution()

    /// Reasons and how long was waited for them, the longest in sum first.
    public var reasons: [(reason: ExecutionTrace.WaitReason, times: Distribution)] {
      waiting.sorted { ($1.value.sum, $0.key.rawValue) < ($0.value.sum, $1.key.rawValue) }.map { ($0.key, $0.value) }
    }
  }

  /// What a thread did.
  public struct ThreadUse: Sendable, Hashable {
    /// Its number in the trace.
    public var number: Int
    /// What it is called, e.g. `pool 2`, `main`, `worker`.
    public var name: String
    /// The kernel's number.
    public var id: Int
    /// How long tasks or jobs ran on it, less the calls that block.
    public var running: Int64 = 0
    /// How long they were in calls that block.
    public var blocked: Int64 = 0
    /// How many times a task got it.
    public var runs = 0
    /// How deep tasks and jobs lay within one another, at most; 1 if one at a time.
    public var depth = 0
    /// How long nothing is known of it, for events were lost.
    public var missing: Int64 = 0
  }

  /// How executors of a type were used.
  public struct ExecutorUse: Sendable, Hashable {
    /// The type, or `MainActor`.
    public var name: String
    /// How many there are of it that tasks were on or waited for.
    public var instances: Int
    /// How long a task was on one, each time.
    public var held = Distribution()
    /// How long a task waited for its turn, each time.
    public var queued = Distribution()
    /// The longest time that a task was on one, who it was, and for how long others waited meanwhile, all together.
    public var longest: Hold?

    /// A task on an executor.
    public struct Hold: Sendable, Hashable {
      /// The function that made the task.
      public var family: String
      /// When it began, and how long it was.
      public var start, length: Int64
      /// How long others waited for it meanwhile, all together.
      public var queued: Int64
    }
  }

  /// Regions or user tasks of a name.
  public struct NamedSpans: Sendable, Hashable {
    /// The name.
    public var name: String
    /// How long each was.
    public var times: Distribution
    /// How many of these began before the window or are not over within it.
    public var cut: Int
    /// The longest, that first; ten at most.
    public var longest: [NamedSpan] = []

    /// Those of the longest that are longer than 99 % of all; the longest alone if there are none.
    public var slowest: ArraySlice<NamedSpan> {
      let bound = times.percentile(0.99)
      return longest.prefix(max(longest.count { $0.length > bound }, 1))
    }
  }

  /// One of a name.
  public struct NamedSpan: Sendable, Hashable {
    /// When it began, and how long it was, as far as it lies in the window; in nanoseconds.
    public var start, length: Int64
    /// The task that it began in; 0 if in none.
    public var task: UInt64
    /// Whether there is more of it before the window or after it.
    public var isCut: Bool
  }

  /// Calls of one function.
  public struct BlockingCalls: Sendable, Hashable {
    /// Who called: the program's innermost function, or the one that made the task, if no stack was recorded.
    public var function: String
    /// What they wait for.
    public var reason: ExecutionTrace.WaitReason
    /// How long each was.
    public var times: Distribution
    /// How long of that tasks were ready to run, all together, and in one call at most.
    public var whileReady, longestWhileReady: Int64
  }

  /// A figure that the recorder noted.
  public struct NamedCounter: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// The least, the most and the last of it.
    public var least, most, last: Int64

    /// Whether it counts bytes, as its name says.
    public var isSize: Bool { name == "RSS" || name.hasSuffix("bytes") }
  }

  /// A task that kept its thread for long.
  public struct LongRun: Sendable, Hashable {
    /// The task.
    public var task: UInt64
    /// The function that made it.
    public var family: String
    /// The thread's number in the trace.
    public var thread: Int
    /// When it began, and when it was over.
    public var start, end: Int64
    /// How long it was the innermost on its thread.
    public var running: Int64
    /// Whether it began before the window or is not over within it.
    public var isCut: Bool
    /// How many tasks waited for a thread of the pool meanwhile, in the mean.
    public var ready: Double
  }

  /// A time in which nothing ran.
  public struct Gap: Sendable, Hashable {
    /// When it began, and when it was over.
    public var start, end: Int64
    /// How long of it a task was ready to run.
    public var whileReady: Int64
  }
}

extension TraceSummary {
  /// What happened in a window.
  ///
  /// One pass over the events. It keeps what lives at a moment, and sums: some 200 bytes for each task that lives.
  /// - Parameters:
  ///   - label: The key of the label that tells families of tasks apart; nil for the functions that made them.
  ///   - checkpoints: From where the trace may be read.
  public init(
    _ trace: Trace, in window: TraceWindow, label: String? = nil, from checkpoints: TraceCheckpoints? = nil
  ) {
    if let checkpoints, label == nil, window == checkpoints.summary.window {
      self = checkpoints.summary
      return
    }
    let replay = TraceReplay(
      reading: trace, from: checkpoints, window: window, observer: SummaryBuilder(trace, window), label: label)
    self = replay.observer.summary(of: trace, replay)
  }

  /// The function that makes the most of what a name means; nil if there is none.
  public func family(named name: FunctionName) -> TaskFamily? { families.first { name.matches($0.function) } }
}

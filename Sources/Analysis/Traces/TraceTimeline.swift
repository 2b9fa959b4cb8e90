import ExecutionTrace

/// A window of a trace as rows over time: threads, or tasks. Lengths and places are in columns, of which a painter makes
/// pixels.
///
/// Of each column it is known how much of its time each part took. Where a column holds three pieces or more they are
/// not told one by one, but by their shares: what is painted of a part in a column is as much as it took of its time.
public struct TraceTimeline: Sendable {
  /// What the rows are.
  public enum Grouping: String, Sendable, Hashable, CaseIterable { case thread, task }

  /// What somebody does at a time.
  public enum Part: Sendable, Hashable, Comparable {
    /// Runs, a task of the family of this place in `families`.
    case running(Int)
    /// Runs, a job that is no task.
    case job
    /// Has a thread, in a call that blocks.
    case blocked
    /// Has a thread, and another task runs within it.
    case nesting
    /// Nobody knows, for events are missing.
    case missing
    /// Of a task: waits for a thread of the pool.
    case ready
    /// Of a task: waits for its turn on an executor.
    case queued
    /// Of a task: waits for something else.
    case waiting
    /// Of a task: was made and is given to no executor yet.
    case unbegun
  }

  /// A piece that is told by itself.
  public struct Bar: Sendable, Hashable {
    /// Where it begins and ends, in columns.
    public var from, to: Double
    /// What it is.
    public var part: Part
    /// Whose: the family's place in `families`, if it is a task's.
    public var family: Int?

    /// A piece of a part.
    public init(from: Double, to: Double, part: Part, family: Int? = nil) {
      (self.from, self.to, self.part, self.family) = (from, to, part, family)
    }
  }

  /// A column whose pieces are told together.
  public struct Stack: Sendable, Hashable {
    /// Its number.
    public var column: Int
    /// The share of its time that each part took, in order of parts; together at most 1.
    public var shares: [(part: Part, share: Double)]

    /// Whether both have the same shares of the same column.
    public static func == (left: Stack, right: Stack) -> Bool {
      left.column == right.column && left.shares.elementsEqual(right.shares, by: ==)
    }
    /// By the column.
    public func hash(into hasher: inout Hasher) { hasher.combine(column) }
  }

  /// What lies beside one another in a row: that of a depth.
  public struct Lane: Sendable, Hashable {
    /// Pieces that are told by themselves, in order.
    public var bars: [Bar]
    /// Columns whose pieces are told together, in order.
    public var stacks: [Stack]

    /// What lies beside one another.
    public init(bars: [Bar], stacks: [Stack]) { (self.bars, self.stacks) = (bars, stacks) }
  }

  /// A thread or a task.
  public struct Row: Sendable, Hashable {
    /// What it is called.
    public var name: String
    /// What it is, beside: of a task the family.
    public var note: String
    /// How long it ran.
    public var running: Int64
    /// How many runs there were.
    public var runs: Int
    /// What ran on the thread, then what ran within that, and so on.
    public var lanes: [Lane]
  }

  /// Tasks that look alike.
  public struct Family: Sendable, Hashable {
    /// The function that made them, or a label's value; “all others”.
    public var name: String
    /// How long they ran in the window.
    public var running: Int64
    /// How many there are.
    public var tasks: Int
  }

  /// A number over time.
  public struct Track: Sendable, Hashable {
    /// Of each column, the mean.
    public var means: [Double]
    /// Of each column, the most.
    public var peaks: [Int]
    /// In the whole window.
    public var level: TraceSummary.Level
  }

  /// A time in a row that is pointed at.
  public struct Mark: Sendable, Hashable {
    /// The row's place in `rows`.
    public var row: Int
    /// When, in nanoseconds.
    public var start, end: Int64
    /// Where, in columns.
    public var from, to: Double
    /// Whether it begins before the window, or is not over within it.
    public var isCut: Bool
    /// The family of a run, the actor of a stay; empty of a gap.
    public var name: String
  }

  /// A figure that the recorder noted from time to time.
  public struct Counter: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Of each column the last that was noted in it; nil where none was.
    public var values: [Int64?]
    /// The least and the most of these.
    public var least, most: Int64

    /// Whether it counts bytes, as its name says.
    public var isSize: Bool { name == "RSS" || name.hasSuffix("bytes") }
  }

  /// A task that was given to its executor on one thread and got another, or the same.
  public struct Wakeup: Sendable, Hashable {
    /// The task.
    public var task: UInt64
    /// The rows' places in `rows`.
    public var fromRow, toRow: Int
    /// When it was given and when it got its thread, in columns.
    public var from, to: Double
  }

  /// No more wakeups than these are told one by one.
  public static let mostWakeups = 400

  /// How many families look different; the last is all others, if there are more.
  public static let familyCount = 5
  /// More levels than these share the last lane.
  static let laneCount = 4

  /// The part of the trace that is shown.
  public let window: TraceWindow
  /// How many columns there are.
  public let columns: Int
  /// What the rows are.
  public let grouping: Grouping
  /// The rows, from the top.
  public let rows: [Row]
  /// Threads or tasks that are not shown, and how long they ran together.
  public let hidden: (count: Int, running: Int64)
  /// What tasks are told apart by, who ran the longest first.
  public let families: [Family]
  /// What there is in the rows, in order.
  public let parts: [Part]
  /// Tasks that live, tasks that are ready, threads that run.
  public let live, ready, running: Track
  /// What was noted, by name.
  public let counters: [Counter]
  /// The first wakeups between the threads shown, and how many there are; none where rows are tasks.
  public let wakeups: [Wakeup]
  /// How many there are, and how many more got a thread in the window and had been given to an executor before it.
  public let wakeupCount, earlierWakeups: Int
  /// The longest run and the longest time between two runs of the rows shown.
  public let longestRun, longestGap: Mark?
  /// The longest time that a task of these rows stayed in an actor for which others waited; nil if none was as long as
  /// `Finding.Bounds.kept`.
  public let longestStay: Mark?
  /// What happened in the window, in numbers.
  public let summary: TraceSummary

  /// A window in so many columns.
  /// - Parameters:
  ///   - rows: How many rows are shown at most: threads that ran, or the tasks that ran the longest.
  ///   - label: The key of the label that tells families apart; nil for the functions that made the tasks.
  ///   - family: A family that is told by itself whatever it ran, and of which alone tasks are shown; nil for none.
  ///   - checkpoints: From where the trace may be read.
  public init(
    _ trace: Trace, in window: TraceWindow, columns: Int = 600, by grouping: Grouping = .thread, rows: Int = 16,
    label: String? = nil, family: FunctionName? = nil, from checkpoints: TraceCheckpoints? = nil
  ) {
    let columns = max(columns, 1)
    let summary: TraceSummary
    let builder: TimelineBuilder
    var chosen: TimelineRows
    let kinds: FamilyKinds
    if grouping == .thread, TimelinePass.isEnough(for: trace, rows: rows) {
      (summary, builder) = TimelinePass.read(trace, in: window, columns: columns, label: label, from: checkpoints)
      kinds = FamilyKinds(summary, keeping: family)
      chosen = TimelineRows(summary, by: grouping, atMost: rows, trace)
    } else {
      summary = TraceSummary(trace, in: window, label: label, from: checkpoints)
      kinds = FamilyKinds(summary, keeping: family)
      chosen = TimelineRows(summary, by: grouping, atMost: rows, trace)
      if grouping == .task {
        let families = family.map { name in kinds.numbers { name.matches($0) } }
        let chooser = TaskChooser(atMost: rows, families: families)
        let replay = TraceReplay(
          reading: trace, from: checkpoints, window: window, observer: chooser, label: label)
        chosen.choose(replay.observer.chosen, kinds)
      }
      let observer = TimelineBuilder(window: window, columns: columns, keys: TimelineKeys(chosen, grouping))
      builder =
        TraceReplay(reading: trace, from: checkpoints, window: window, observer: observer, label: label).observer
    }
    self.window = window
    self.columns = columns
    self.grouping = grouping
    self.summary = summary
    (self.rows, parts) = builder.painted(chosen, kinds)
    hidden = chosen.hidden
    families = kinds.families
    let tracks = builder.tracks
    live = Track(tracks.live, summary.liveTasks)
    ready = Track(tracks.ready, summary.readyTasks)
    running = Track(tracks.running, tracks.running.level(of: window))
    counters = builder.noted(trace.texts)
    (wakeups, wakeupCount, earlierWakeups) = builder.wakeups(chosen)
    (longestRun, longestGap, longestStay) = builder.marks(
      chosen, kinds, executors: trace.executors.map(\.shownName))
  }
}

/// Which families look different, by their numbers in a replay.
struct FamilyKinds {
  private(set) var families: [TraceTimeline.Family] = []
  private var places: [Int32: Int] = [:]
  private var names: [Int32: String] = [:]

  init(_ summary: TraceSummary, keeping name: FunctionName?) {
    var ranked = summary.families
    if let name, let kept = ranked.firstIndex(where: { name.matches($0.function) }) {
      ranked.insert(ranked.remove(at: kept), at: 0)
    }
    let named = ranked.count > TraceTimeline.familyCount ? TraceTimeline.familyCount - 1 : ranked.count
    for (place, family) in ranked.enumerated() {
      names[family.number] = family.function
      places[family.number] = min(place, named)
      if place < named {
        families.append(.init(name: family.function, running: family.running.sum, tasks: family.running.count))
      } else if place == named {
        families.append(.init(name: "all others", running: family.running.sum, tasks: family.running.count))
      } else {
        families[named].running += family.running.sum
        families[named].tasks += family.running.count
      }
    }
  }

  /// The place of a family among those that look different.
  func place(_ number: Int32) -> Int { places[number] ?? max(families.count - 1, 0) }

  func name(_ number: Int32) -> String { names[number] ?? "" }

  /// The numbers of the families with names of a kind.
  func numbers(where isMeant: (String) -> Bool) -> Set<Int32> { Set(names.filter { isMeant($0.value) }.keys) }
}

extension TraceTimeline.Track {
  init(_ columns: ColumnLevels, _ level: TraceSummary.Level) {
    self.init(means: columns.means, peaks: columns.peaks, level: level)
  }
}

import ExecutionTrace

/// What a trace is at, at some of its moments: who reads a window begins at the last of them before it, and not at the
/// trace's start.
///
/// They are taken while the whole is summed up, one after 100,000 events, or after eight for each task that lived at the same
/// time so far if these are more: so they take some 25 bytes an event at most. A window tells the same with them and without.
public struct TraceCheckpoints: Sendable {
  private static let fewest = 100_000
  private static let perTask = 8

  private let moments: [Moment]
  /// The summary of the whole.
  public let summary: TraceSummary
  /// How many samples of the CPU time there are.
  public let samples: Int
  /// Where in the whole is what was found.
  public let places: FindingPlaces
  /// The whole in columns, if that was wanted and no thread has to be left out of it.
  let timeline: TimelineBuilder?

  /// What a replay knows at a moment.
  struct Moment: Sendable {
    let sites: CreationSites
    let tasks: TaskTable
    let threads: [TracedThread]
    let executors: [TracedExecutor]
    let regions: OpenRegions
    let counts: TraceCounts
    let irregularities: TraceIrregularities
    let lost: Int64
    let now: Int64
    /// What is yet to be read.
    let events: TraceEvents.Iterator

    init(_ replay: TraceReplay<some TraceObserver>, _ events: TraceEvents.Iterator) {
      (sites, tasks, threads, executors) = (replay.sites, replay.tasks, replay.threads, replay.executors)
      (regions, counts, irregularities, lost) = (replay.regions, replay.counts, replay.irregularities, replay.lost)
      (now, self.events) = (replay.now, events)
    }
  }

  /// Traces with more threads have no timeline ready: it would take a lane of columns for each.
  private static let mostThreads = 64

  /// Reads all of a trace, once.
  /// - Parameter columns: In so many columns a timeline of the whole is then there without that it is read again; nil: none.
  /// - Throws: `TraceWindowError`, if there is nothing to be read.
  public init(of trace: Trace, columns: Int? = nil) throws(TraceWindowError) {
    try self.init(of: trace, every: Self.fewest, perTask: Self.perTask, columns: columns)
  }

  init(of trace: Trace, every fewest: Int, perTask: Int, columns: Int? = nil) throws(TraceWindowError) {
    let window = try TraceWindow(of: trace)
    let timeline = columns.flatMap {
      trace.threads.count <= Self.mostThreads
        ? TimelineBuilder(window: window, columns: max($0, 1), keys: TimelineKeys(trace)) : nil
    }
    let observer = PlacedSummary(
      summary: SummaryBuilder(trace, window), places: PlaceFinder(trace), timeline: timeline)
    var replay = TraceReplay(trace, window: window, observer: observer)
    var events = trace.events().makeIterator()
    var moments: [Moment] = []
    var since = 0
    while true {
      if since >= max(fewest, perTask * replay.tasks.tasks.count) {
        moments.append(Moment(replay, events))
        since = 0
      }
      guard let event = events.next(), event.time < replay.limit else { break }
      replay.take(event)
      since += 1
    }
    replay.end()
    self.moments = moments
    summary = replay.observer.summary.summary(of: trace, replay)
    self.timeline = replay.observer.timeline
    samples = replay.observer.samples
    places = replay.observer.places.places(replay.sites, summary, trace)
  }

  /// The last moment before a time.
  func last(before time: Int64) -> Moment? {
    // What happens at a window's first moment belongs to it.
    let after = moments.partitioningIndex { $0.now >= time }
    return after > 0 ? moments[after - 1] : nil
  }
}

extension TraceReplay {
  /// Follows a trace through a window to its end, from the last moment before it that is known.
  init(
    reading trace: Trace, from checkpoints: TraceCheckpoints?, window: TraceWindow, observer: Observer,
    label: String? = nil
  ) {
    self.init(trace, window: window, observer: observer, label: label)
    guard let moment = checkpoints?.last(before: window.start) else {
      read(trace)
      return
    }
    (sites, tasks, threads, executors) = (moment.sites, moment.tasks, moment.threads, moment.executors)
    (regions, counts, irregularities, lost) = (moment.regions, moment.counts, moment.irregularities, moment.lost)
    now = moment.now
    // Sums are those of the window, in which nothing has happened yet.
    for place in tasks.places {
      tasks.tasks[place].beginWindow()
      if label != nil { tasks.tasks[place].family = grouping.number(of: tasks.tasks[place]) }
    }
    for thread in threads.indices { threads[thread].call?.readyTime = 0 }
    for executor in executors.indices { executors[executor].begin(at: window.start) }
    var events = moment.events
    read(&events)
  }
}

extension TracedTask {
  /// Nothing of it lies in the window so far.
  fileprivate mutating func beginWindow() {
    (running, waited, wasReady, onTop, readyBefore, queuedBefore) = (0, 0, 0, 0, 0, 0)
    (wakeups, selfWakeups) = (0, 0)
  }
}

extension RandomAccessCollection {
  /// The first index of those that fulfil a condition, which all after it do, too.
  func partitioningIndex(where isAfter: (Element) -> Bool) -> Index {
    var (low, count) = (startIndex, self.count)
    while count > 0 {
      let middle = index(low, offsetBy: count / 2)
      if isAfter(self[middle]) {
        count /= 2
      } else {
        low = index(after: middle)
        count -= count / 2 + 1
      }
    }
    return low
  }
}

import ExecutionTrace
import Synchronization

/// What a trace is at, at some of its moments: who reads a window begins at the last of them before it, and not at the
/// trace's start.
///
/// They are taken while the whole is summed up, one after 200,000 events, and share with one another all tasks of which nothing
/// was told between. If these are few, there are fewer moments: they take some 12 bytes an event at most. Whoever reads
/// from far leaves another moment, for the next window is mostly near. A window tells the same with them and without.
public struct TraceCheckpoints: Sendable {
  private static let events = 200_000
  /// For so many events one task may be copied: to copy it takes as long as to follow one of them. A task has less than 200
  /// bytes.
  private static let eventsPerCopy = 16
  /// Who reads more events than so many to come to a window leaves a moment there; the last ones are kept.
  fileprivate let far: Int
  private static let mostLeft = 6
  /// Tasks of so many events are looked at before these are followed.
  private static let together = 32

  private let moments: [Moment]
  private let left = LeftMoments()
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
    let number: UInt32
    /// What is yet to be read: an event, if there is one, and those after it.
    let next: TraceEvent?
    let events: TraceEvents.Iterator

    init(
      _ replay: inout TraceReplay<some TraceObserver>, next: TraceEvent? = nil, _ events: TraceEvents.Iterator
    ) {
      self.next = next
      (sites, tasks, threads, executors) = (replay.sites, replay.tasks.snapshot(), replay.threads, replay.executors)
      (regions, counts, irregularities, lost) = (replay.regions, replay.counts, replay.irregularities, replay.lost)
      (now, number, self.events) = (replay.now, replay.number, events)
    }
  }

  /// Traces with more threads have no timeline ready: it would take a lane of columns for each.
  private static let mostThreads = 64

  /// Reads all of a trace, once.
  /// - Parameter columns: In so many columns a timeline of the whole is then there without that it is read again; nil: none.
  /// - Throws: `TraceWindowError`, if there is nothing to be read.
  public init(of trace: Trace, columns: Int? = nil) throws(TraceWindowError) {
    try self.init(of: trace, every: Self.events, perCopy: Self.eventsPerCopy, columns: columns)
  }

  init(of trace: Trace, every count: Int, perCopy: Int, columns: Int? = nil) throws(TraceWindowError) {
    let window = try TraceWindow(of: trace)
    let timeline = columns.flatMap {
      trace.threads.count <= Self.mostThreads
        ? TimelineBuilder(window: window, columns: max($0, 1), keys: TimelineKeys(trace)) : nil
    }
    let observer = PlacedSummary(
      summary: SummaryBuilder(trace, window), places: PlaceFinder(trace), timeline: timeline)
    var replay = TraceReplay(trace, window: window, observer: observer)
    let ahead = EventsAhead(of: trace, atOnce: count)
    var moments: [Moment] = []
    var (since, all, seen) = (0, 0, Int64(0))
    reading: while let batch = ahead.next() {
      // What was copied for the last moment, the next one may be copied for as well.
      if since >= count, replay.tasks.copies * perCopy <= all {
        moments.append(Moment(&replay, batch.start))
        since = 0
      }
      for (place, event) in batch.events.enumerated() {
        guard event.time < replay.limit else { break reading }
        if place % Self.together == 0 {
          seen ^= replay.tasks.look(at: batch.events[place..<min(place + Self.together, batch.events.count)])
        }
        replay.take(event)
      }
      since += batch.events.count
      all += batch.events.count
    }
    // Who looks at tasks for nothing but to have them near would not be compiled.
    withExtendedLifetime(seen) {}
    replay.end()
    (self.moments, far) = (moments, count)
    summary = replay.observer.summary.summary(of: trace, replay)
    self.timeline = replay.observer.timeline
    samples = replay.observer.samples
    places = replay.observer.places.places(replay.sites, summary, trace)
  }

  /// The last moment before a time.
  func last(before time: Int64) -> Moment? {
    // What happens at a window's first moment belongs to it.
    let after = moments.partitioningIndex { $0.now >= time }
    let known = after > 0 ? moments[after - 1] : nil
    let near = left.moments.withLock { left in left.filter { $0.now < time }.max { $0.now < $1.now } }
    guard let near, near.now > known?.now ?? -1 else { return known }
    return near
  }

  /// Leaves a moment for those who read from there next.
  fileprivate func leave(_ moment: Moment) {
    left.moments.withLock { $0 = $0.suffix(Self.mostLeft - 1) + [moment] }
  }

  private final class LeftMoments: Sendable {
    let moments = Mutex<[Moment]>([])
  }
}

extension TraceReplay {
  /// Follows a trace through a window to its end, from the last moment before it that is known.
  init(
    reading trace: Trace, from checkpoints: TraceCheckpoints?, window: TraceWindow, observer: Observer,
    label: String? = nil
  ) {
    self.init(trace, window: window, observer: observer, label: label)
    guard let checkpoints else {
      read(trace)
      return
    }
    guard let moment = checkpoints.last(before: window.start) else {
      var events = trace.events().makeIterator()
      read(nil, &events, checkpoints)
      return
    }
    begin(at: moment)
    var events = moment.events
    read(moment.next, &events, checkpoints)
  }

  /// Reads up to the window's end, and leaves a moment at its beginning if that was far.
  private mutating func read(
    _ first: TraceEvent?, _ events: inout TraceEvents.Iterator, _ checkpoints: TraceCheckpoints
  ) {
    var (next, count) = (first, 0)
    while let event = next ?? events.next(), event.time < limit {
      next = nil
      if event.time >= window.start {
        // Here the window begins: what happens at its first moment belongs to it.
        if count >= checkpoints.far { checkpoints.leave(TraceCheckpoints.Moment(&self, next: event, events)) }
        take(event)
        return read(&events)
      }
      take(event)
      count += 1
    }
    end()
  }

  private mutating func begin(at moment: TraceCheckpoints.Moment) {
    var known = moment.tasks
    (sites, tasks, threads, executors) = (moment.sites, known.snapshot(), moment.threads, moment.executors)
    (regions, counts, irregularities, lost) = (moment.regions, moment.counts, moment.irregularities, moment.lost)
    (now, number) = (moment.now, moment.number &+ 1)
    for occupant in threads.map(\.stack).joined() {
      if case .task(_, let place) = occupant { count(tasks.own(Int(place))) }
    }
    // Sums are those of the window, in which nothing has happened yet.
    for thread in threads.indices { threads[thread].call?.readyTime = 0 }
    for executor in executors.indices { executors[executor].begin(at: window.start) }
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

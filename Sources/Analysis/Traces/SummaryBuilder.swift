import ExecutionTrace
import Findings

/// Adds up what a replay tells.
struct SummaryBuilder: TraceObserver {
  private static let longest = 10

  private let window: TraceWindow
  private let processors: Int
  private var families: [TraceSummary.TaskFamily] = []
  /// By family, and then by reason: how long tasks waited. Most tasks do, and a dictionary takes as long as all else here.
  private var waits: [Distribution] = []
  private static let reasons = Int(ExecutionTrace.WaitReason.allCases.map(\.rawValue).max() ?? 0) + 1
  private var (made, ended, live, older) = (0, 0, 0, 0)
  private let isMain: [Bool]
  private var threads: [TraceSummary.ThreadUse]
  /// By executor, the number of its type.
  private let typeOfExecutor: [Int]
  private var executors: [TraceSummary.ExecutorUse]
  private var isUsed: [Bool]
  private var regions: [UInt32: TraceSummary.NamedSpans] = [:]
  private var userTasks: [UInt32: TraceSummary.NamedSpans] = [:]
  private var jobs: [UInt32: TraceSummary.NamedSpans] = [:]
  private var calls: [CallPlace: CallTimes] = [:]
  private var counters: [UInt32: TraceSummary.NamedCounter] = [:]
  private var longestRuns: [(run: TraceSummary.LongRun, site: Int32)] = []
  private var holds: [Int: (hold: TraceSummary.ExecutorUse.Hold, site: Int32)] = [:]
  /// By family, how long tasks waited for a thread while one of the family kept one for long, all together.
  private var keepers: [Int32: Int64] = [:]
  private var actorKeepers: [ActorKeeping.Place: ActorKeeping] = [:]
  /// By family, waits for a thread of the pool that were longer than any task should keep one.
  private var longReady: [Distribution] = []

  private var timeByRunning: [Int64] = [0]
  private var pieces: Pieces
  private var idleWhileReady: Int64 = 0
  private var liveLevel = RunningLevel()
  private var readyLevel = RunningLevel()
  private var gap: TraceSummary.Gap?
  private var longestGap: TraceSummary.Gap?

  /// A function and what it waits for.
  private struct CallPlace: Hashable {
    var stack: UInt32
    var site: Int32
    var reason: ExecutionTrace.WaitReason
  }

  /// How long calls were, and of that how long tasks were ready, all together and in one call at most.
  private struct CallTimes {
    var times = Distribution()
    var (whileReady, longest): (Int64, Int64) = (0, 0)

    mutating func add(_ call: TraceSpan, keepsOthers: Bool) {
      times.add(call.length)
      guard keepsOthers else { return }
      whileReady = whileReady.adding(call.amount)
      longest = max(longest, call.amount)
    }
  }

  /// How long tasks of a family were on an executor of a type that others waited for.
  struct ActorKeeping {
    struct Place: Hashable {
      var site: Int32
      var type: Int
    }
    var count = 0
    var longest: Int64 = 0
    var queued: Int64 = 0

    mutating func add(_ hold: TraceSpan) {
      count += 1
      longest = max(longest, hold.length)
      queued = queued.adding(hold.meanwhile)
    }
  }

  init(_ trace: Trace, _ window: TraceWindow) {
    self.window = window
    // What a file says may be anything.
    processors = min(max(trace.processors, 0), 4_096)
    isMain = trace.threads.map(\.isMain)
    threads = trace.threads.enumerated().map { number, thread in
      TraceSummary.ThreadUse(number: number, name: thread.shownName, id: thread.id)
    }
    var types: [String: Int] = [:]
    var numbers: [Int] = []
    for executor in trace.executors {
      numbers.append(types[executor.shownName] ?? types.count)
      types[executor.shownName] = numbers.last
    }
    typeOfExecutor = numbers
    executors = types.sorted { $0.value < $1.value }.map { TraceSummary.ExecutorUse(name: $0.key, instances: 0) }
    isUsed = Array(repeating: false, count: numbers.count)
    pieces = Pieces(from: window.start, length: window.length, count: Utilisation.pieces)
  }

  // MARK: - What is told

  mutating func passed(from: Int64, to: Int64, _ counts: TraceCounts) {
    let time = to - from
    let running = counts.running
    while timeByRunning.count <= running { timeByRunning.append(0) }
    timeByRunning[running] += time
    let limit = processors > 0 ? processors : .max
    pieces.add(min(running, limit), from: from, to: to)
    // A thread in a call that blocks keeps its place in the pool.
    let free = processors - running - counts.blocked
    if counts.ready > 0, free > 0 {
      idleWhileReady = idleWhileReady.adding(time.multiplied(by: min(counts.ready, free)))
    }
    liveLevel.add(counts.live, time)
    readyLevel.add(counts.ready, time)
    guard running == 0 else { return gap = nil }
    var now = gap ?? TraceSummary.Gap(start: from, end: to, whileReady: 0)
    now.end = to
    if counts.ready > 0 { now.whileReady += time }
    gap = now
    if now.end - now.start > longestGap.map({ $0.end - $0.start }) ?? 0 { longestGap = now }
  }

  mutating func made(_ task: ToldTask, at time: Int64) {
    made += 1
    family(task.family) { $0.made += 1 }
  }

  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {
    if hasEnded { ended += 1 } else { live += 1 }
    if task.isOlder || task.began < window.start { older += 1 }
    family(task.family) {
      $0.running.add(task.running)
      $0.wakeups += Int(task.wakeups)
      $0.selfWakeups += Int(task.selfWakeups)
      if hasEnded {
        $0.ended += 1
        if task.running < Finding.Bounds.task { $0.small += 1 }
      } else {
        $0.live += 1
      }
    }
  }

  mutating func over(_ span: TraceSpan, of task: ToldTask?) {
    switch span.kind {
    case .running, .job, .nesting, .blocked, .missing: occupied(span, task)
    case .run: if let task { ran(span, task) }
    case .ready:
      family(task) { $0.ready.add(span.length) }
      if span.length >= Finding.Bounds.kept, let task {
        while longReady.count <= task.family { longReady.append(Distribution()) }
        longReady[Int(task.family)].add(span.length)
      }
    case .queued:
      family(task) { $0.queued.add(span.length) }
      use(span.executor) { $0.queued.add(span.length) }
    case .waiting: if let task { waited(span, task) }
    case .life: family(task) { $0.life.add(span.length) }
    case .hold: if let task { held(span, task) }
    case .visit:
      family(task) {
        $0.visits.add(span.amount)
        if span.isBack, span.amount < Finding.Bounds.visit { $0.visitsBack.add(span.amount) }
      }
    case .region: Self.add(span, task, to: &regions)
    case .userTask: Self.add(span, task, to: &userTasks)
    case .unbegun, .unknown: break
    }
  }

  mutating func noted(_ value: Int64, named name: UInt32, at time: Int64) {
    var counter = counters[name] ?? TraceSummary.NamedCounter(name: "", least: value, most: value, last: value)
    (counter.least, counter.most, counter.last) = (min(counter.least, value), max(counter.most, value), value)
    counters[name] = counter
  }

  private mutating func occupied(_ span: TraceSpan, _ task: ToldTask?) {
    let thread = Int(span.thread)
    if span.kind == .job { Self.add(span, nil, to: &jobs) }
    if span.kind != .missing { threads[thread].depth = max(threads[thread].depth, Int(span.level) + 1) }
    switch span.kind {
    case .running, .job: threads[thread].running += span.length
    case .missing: threads[thread].missing += span.length
    case .blocked:
      let place = CallPlace(stack: span.index, site: task?.family ?? CreationSites.unknown, reason: span.reason)
      threads[thread].blocked += span.length
      family(task) { $0.blocked.add(span.length) }
      // The main thread is none of the pool's.
      calls[place, default: CallTimes()].add(span, keepsOthers: !isMain[thread])
    default: break
    }
  }

  private mutating func waited(_ span: TraceSpan, _ task: ToldTask) {
    let place = Int(task.family) * Self.reasons + Int(span.reason.rawValue)
    while waits.count <= place { waits.append(Distribution()) }
    waits[place].add(span.length)
  }

  private mutating func ran(_ span: TraceSpan, _ task: ToldTask) {
    family(task.family) {
      $0.runs.add(span.amount)
      if span.amount >= Finding.Bounds.run { $0.longRuns += 1 }
    }
    threads[Int(span.thread)].runs += 1
    if span.amount >= Finding.Bounds.kept, span.meanwhile > 0 {
      keepers[task.family, default: 0] += span.meanwhile
    }
    guard longestRuns.count < Self.longest || span.amount > longestRuns[Self.longest - 1].run.running else { return }
    let run = TraceSummary.LongRun(
      task: task.id, family: "", thread: Int(span.thread), start: span.from, end: span.to, running: span.amount,
      isCut: span.isCut, ready: span.length > 0 ? Double(span.meanwhile) / Double(span.length) : 0)
    let place = longestRuns.firstIndex { $0.run.running < run.running } ?? longestRuns.count
    longestRuns.insert((run, task.family), at: place)
    if longestRuns.count > Self.longest { longestRuns.removeLast() }
  }

  private mutating func held(_ span: TraceSpan, _ task: ToldTask) {
    use(span.executor) { $0.held.add(span.length) }
    let type = typeOfExecutor[Int(span.executor)]
    if span.length > holds[type]?.hold.length ?? -1 {
      holds[type] = (
        .init(family: "", start: span.from, length: span.length, queued: span.meanwhile), task.family
      )
    }
    guard span.length >= Finding.Bounds.kept, span.meanwhile > 0 else { return }
    let place = ActorKeeping.Place(site: task.family, type: type)
    actorKeepers[place, default: ActorKeeping()].add(span)
  }

  private mutating func use(_ executor: Int32, _ change: (inout TraceSummary.ExecutorUse) -> Void) {
    let type = typeOfExecutor[Int(executor)]
    if !isUsed[Int(executor)] {
      isUsed[Int(executor)] = true
      executors[type].instances += 1
    }
    change(&executors[type])
  }

  private mutating func family(_ task: ToldTask?, _ change: (inout TraceSummary.TaskFamily) -> Void) {
    if let task { family(task.family, change) }
  }

  private mutating func family(_ site: Int32, _ change: (inout TraceSummary.TaskFamily) -> Void) {
    while families.count <= site { families.append(TraceSummary.TaskFamily(function: "", place: "")) }
    change(&families[Int(site)])
  }

  private static func add(
    _ span: TraceSpan, _ task: ToldTask?, to named: inout [UInt32: TraceSummary.NamedSpans]
  ) {
    named[span.index, default: TraceSummary.NamedSpans(name: "", times: Distribution(), cut: 0)]
      .add(span, task?.id ?? 0)
  }

  // MARK: - What it comes to

  func summary(of trace: Trace, _ replay: TraceReplay<some TraceObserver>) -> TraceSummary {
    var sites = replay.sites
    let most = timeByRunning.lastIndex { $0 > 0 } ?? 0
    let utilisation = Utilisation(
      length: window.length, processors: processors > 0 ? processors : max(most, 1), timeByRunning: timeByRunning,
      idleWhileReady: idleWhileReady, pieces: pieces.sums)
    func text(_ index: UInt32) -> String { trace.texts.indices.contains(Int(index)) ? trace.texts[Int(index)] : "" }
    func function(_ site: Int32) -> String { replay.grouping.site(site, in: sites).function }

    var all = TraceSummary.TaskFamily(function: "all tasks", place: "")
    var named: [TraceSummary.TaskFamily] = []
    for (site, family) in families.enumerated() where family.running.count > 0 || family.made > 0 {
      var family = family
      for reason in ExecutionTrace.WaitReason.allCases {
        let place = site * Self.reasons + Int(reason.rawValue)
        if waits.indices.contains(place), waits[place].count > 0 { family.waiting[reason] = waits[place] }
      }
      all.add(family)
      let known = replay.grouping.site(Int32(site), in: sites)
      (family.function, family.place, family.number) = (known.function, known.place, Int32(site))
      named.append(family)
    }
    named.sort { ($1.running.sum, $1.made, $0.function) < ($0.running.sum, $0.made, $1.function) }

    var called: [String: [ExecutionTrace.WaitReason: TraceSummary.BlockingCalls]] = [:]
    for (place, call) in calls {
      let name = place.stack > 0 ? sites.function(ofStack: place.stack) : function(place.site)
      var sum =
        called[name]?[place.reason]
        ?? TraceSummary.BlockingCalls(
          function: name, reason: place.reason, times: Distribution(), whileReady: 0, longestWhileReady: 0)
      sum.times.add(call.times)
      sum.whileReady += call.whileReady
      sum.longestWhileReady = max(sum.longestWhileReady, call.longest)
      called[name, default: [:]][place.reason] = sum
    }
    let blocking = called.values.flatMap(\.values).sorted {
      ($1.times.sum, $0.function, $0.reason.rawValue) < ($0.times.sum, $1.function, $1.reason.rawValue)
    }

    var used: [TraceSummary.ExecutorUse] = []
    for (type, executor) in executors.enumerated() where executor.held.count + executor.queued.count > 0 {
      var executor = executor
      if let longest = holds[type] {
        executor.longest = longest.hold
        executor.longest?.family = function(longest.site)
      }
      used.append(executor)
    }
    used.sort { ($1.held.sum, $1.queued.sum, $0.name) < ($0.held.sum, $0.queued.sum, $1.name) }

    func spans(_ named: [UInt32: TraceSummary.NamedSpans]) -> [TraceSummary.NamedSpans] {
      named.map { index, spans in
        var spans = spans
        spans.name = text(index)
        return spans
      }.sorted { ($1.times.sum, $0.name) < ($0.times.sum, $1.name) }
    }
    let findings = TraceFindings(
      families: named, calls: blocking, utilisation: utilisation, readyWaits: all.ready.count,
      longReady: longReady.enumerated().filter { $0.element.count > 0 }
        .map { (function(Int32($0.offset)), $0.element) },
      keepers: keepers.map { (function($0.key), $0.value) },
      actorKeepers: actorKeepers.map { (function($0.key.site), executors[$0.key.type].name, $0.value) })

    return TraceSummary(
      window: window, processors: utilisation.processors, events: replay.events, made: made, ended: ended, live: live,
      older: older, utilisation: utilisation, liveTasks: liveLevel.level, readyTasks: readyLevel.level,
      families: named, all: all, threads: threads.filter { $0.depth > 0 || $0.missing > 0 }, executors: used,
      regions: spans(regions), userTasks: spans(userTasks), jobs: spans(jobs), calls: blocking,
      counters: counters.map {
        .init(name: text($0.key), least: $0.value.least, most: $0.value.most, last: $0.value.last)
      }.sorted { $0.name < $1.name },
      longestRuns: longestRuns.map { long in
        var run = long.run
        run.family = function(long.site)
        return run
      },
      longestGap: longestGap, findings: findings.all, lostEvents: replay.lost, losses: trace.losses,
      irregularities: replay.irregularities)
  }
}

/// The least, the most and the sum over time of a number.
private struct RunningLevel {
  private var (least, most, sum, time): (Int, Int, Double, Int64) = (.max, 0, 0, 0)

  mutating func add(_ number: Int, _ time: Int64) {
    (least, most) = (min(least, number), max(most, number))
    sum += Double(number) * Double(time)
    self.time += time
  }

  var level: TraceSummary.Level {
    TraceSummary.Level(least: time == 0 ? 0 : least, most: most, mean: time == 0 ? 0 : sum / Double(time))
  }
}

extension TraceSummary.NamedSpans {
  private static let most = 10

  fileprivate mutating func add(_ span: TraceSpan, _ task: UInt64) {
    times.add(span.length)
    if span.isCut { cut += 1 }
    guard longest.count < Self.most || span.length > longest[Self.most - 1].length else { return }
    // Of those as long, the first.
    let place = longest.firstIndex { $0.length < span.length } ?? longest.count
    if longest.count == Self.most { longest.removeLast() }
    longest.insert(.init(start: span.from, length: span.length, task: task, isCut: span.isCut), at: place)
  }
}

extension TraceSummary.TaskFamily {
  /// Adds the tasks of another family.
  fileprivate mutating func add(_ other: Self) {
    made += other.made
    ended += other.ended
    live += other.live
    running.add(other.running)
    runs.add(other.runs)
    ready.add(other.ready)
    queued.add(other.queued)
    for (reason, times) in other.waiting { waiting[reason, default: Distribution()].add(times) }
    blocked.add(other.blocked)
    life.add(other.life)
    small += other.small
    wakeups += other.wakeups
    selfWakeups += other.selfWakeups
    visits.add(other.visits)
    visitsBack.add(other.visitsBack)
  }
}

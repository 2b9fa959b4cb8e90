import Analysis
import ExecutionTrace
import Findings

/// The summary of a trace as `lab trace --json` prints it.
///
/// Names end with their units: times are nanoseconds, shares lie between 0 and 1. What is not there is left out.
struct TraceFields: Encodable {
  /// The program's path.
  var program: String
  /// What its times were read from.
  var clock: String
  /// When the trace began, since the epoch, and how long it is.
  var startNanoseconds, durationNanoseconds: Int64
  /// The window, since the trace's start.
  var window: Window
  /// Processors that the program could use.
  var processors: Int
  /// Events in the window.
  var events: Int

  /// The processors' time in which tasks or jobs ran, and in which none did though tasks were ready.
  var runningShare, idleWhileReadyShare: Double
  /// Threads that ran at once, in the mean.
  var parallelism: Double
  /// For how long so many threads ran at once, from none on.
  var nanosecondsByThreadsRunning: [Int64]
  /// The least running share of all windows of a length.
  var minimumUtilisation: [Minimum]

  /// Tasks made in the window, ended in it, alive at its end, and older than it.
  var tasksMade, tasksEnded, tasksAlive, tasksOlder: Int
  /// Tasks that lived, and those that were ready, over time.
  var alive, ready: Level
  /// By who made them; the one whose tasks ran the longest first.
  var families: [Family]
  var threads: [Thread]
  var executors: [Executor]
  var blockingCalls: [Call]
  var regions, userTasks: [Named]
  /// Jobs that are no tasks, such as the `deinit` of what is isolated.
  var jobs: [Named]
  var counters: [Counter]
  var longestRuns: [Run]
  var longestGap: Gap?
  var findings: [Found]

  /// Events that the recorder lost, what else it says is missing, and events that did not follow from those before.
  var lostEvents: Int64
  var losses: [String]
  var irregularities: [String: Int]

  struct Window: Encodable { var startNanoseconds, lengthNanoseconds: Int64 }
  struct Minimum: Encodable {
    var overNanoseconds: Int64
    var share: Double
    var startNanoseconds: Int64
  }
  struct Level: Encodable {
    var least, most: Int
    var mean: Double
  }
  /// Durations: how many, their sum, and percentiles, which may be off by 1.6 %.
  struct Times: Encodable {
    var count: Int
    var sumNanoseconds, leastNanoseconds, p50Nanoseconds, p90Nanoseconds, p99Nanoseconds, p999Nanoseconds: Int64
    var greatestNanoseconds: Int64
  }
  /// `running`: of each task, all in all; `runs`: of each time that one had a thread; `small`: of those that ended, how many
  /// ran for less than 5 µs in all.
  struct Family: Encodable {
    var function, place: String
    var made, ended, alive, small, wakeups, selfWakeups: Int
    var running, runs, ready, queued, blocked, life, visits: Times
    var waiting: [String: Times]
  }
  struct Thread: Encodable {
    var name: String
    var id: Int
    var runningNanoseconds, blockedNanoseconds, missingNanoseconds: Int64
    var runs, depth: Int
  }
  /// `held`: how long a task was on one; `queued`: how long a task waited for its turn.
  struct Executor: Encodable {
    var name: String
    var instances: Int
    var held, queued: Times
  }
  struct Call: Encodable {
    var function, reason: String
    var times: Times
    var whileReadyNanoseconds: Int64
  }
  /// `bins`: the least duration of each, how many, and their sum. `longest`: ten at most, the longest first.
  struct Named: Encodable {
    var name: String
    var times: Times
    var cut: Int
    var bins: [Bin]
    var longest: [One]
  }
  /// `task`: the one that it began in, if in any.
  struct One: Encodable {
    var startNanoseconds, lengthNanoseconds: Int64
    var task: UInt64?
  }
  struct Bin: Encodable {
    var fromNanoseconds, count, sumNanoseconds: Int64
  }
  struct Counter: Encodable {
    var name: String
    var least, most, last: Int64
  }
  struct Run: Encodable {
    var task: UInt64
    var family, thread: String
    var startNanoseconds, endNanoseconds, runningNanoseconds: Int64
    var isCut: Bool
    var readyMeanwhile: Double
  }
  struct Gap: Encodable { var startNanoseconds, endNanoseconds, whileReadyNanoseconds: Int64 }
  /// `kind`, `subject`, `count`, `measured` and `on` as findings of all profiles have them.
  struct Found: Encodable {
    var kind, subject, sentence, threshold, lesson: String
    var count: Int
    var measured: [String: Int]
    var on: String?
  }

  init(_ summary: TraceSummary, _ trace: Trace) {
    let use = summary.utilisation
    (program, clock) = (trace.program, trace.clock)
    (startNanoseconds, durationNanoseconds) = (trace.start, trace.duration)
    window = Window(startNanoseconds: summary.window.start, lengthNanoseconds: summary.window.length)
    (processors, events) = (summary.processors, summary.events)
    (runningShare, idleWhileReadyShare, parallelism) = (use.share, use.idleShare, use.parallelism)
    nanosecondsByThreadsRunning = use.timeByRunning
    minimumUtilisation = [Int64](arrayLiteral: 1_000_000, 10_000_000, 100_000_000, 1_000_000_000).compactMap { over in
      use.minimum(over: over).map {
        Minimum(overNanoseconds: over, share: $0.share, startNanoseconds: summary.window.start + $0.start)
      }
    }
    (tasksMade, tasksEnded, tasksAlive, tasksOlder) = (summary.made, summary.ended, summary.live, summary.older)
    (alive, ready) = (Level(summary.liveTasks), Level(summary.readyTasks))
    families = summary.families.map(Family.init)
    threads = summary.threads.map {
      Thread(
        name: $0.name, id: $0.id, runningNanoseconds: $0.running, blockedNanoseconds: $0.blocked,
        missingNanoseconds: $0.missing, runs: $0.runs, depth: $0.depth)
    }
    executors = summary.executors.map {
      Executor(name: $0.name, instances: $0.instances, held: Times($0.held), queued: Times($0.queued))
    }
    blockingCalls = summary.calls.map {
      Call(
        function: $0.function, reason: "\($0.reason)", times: Times($0.times), whileReadyNanoseconds: $0.whileReady)
    }
    (regions, userTasks) = (summary.regions.map(Named.init), summary.userTasks.map(Named.init))
    jobs = summary.jobs.map(Named.init)
    counters = summary.counters.map { Counter(name: $0.name, least: $0.least, most: $0.most, last: $0.last) }
    longestRuns = summary.longestRuns.map { run in
      Run(
        task: run.task, family: run.family,
        thread: summary.threads.first { $0.number == run.thread }?.name ?? "",
        startNanoseconds: run.start, endNanoseconds: run.end, runningNanoseconds: run.running, isCut: run.isCut,
        readyMeanwhile: run.ready)
    }
    longestGap = summary.longestGap.map {
      Gap(startNanoseconds: $0.start, endNanoseconds: $0.end, whileReadyNanoseconds: $0.whileReady)
    }
    findings = summary.findings.map(Found.init)
    lostEvents = summary.lostEvents
    losses = summary.losses.map { "\($0.count) \($0.sentence)" }
    irregularities = Dictionary(
      uniqueKeysWithValues: summary.irregularities.counts.map { (String(describing: $0.key), $0.value) })
  }
}

extension TraceFields.Level {
  init(_ level: TraceSummary.Level) { self.init(least: level.least, most: level.most, mean: level.mean) }
}

extension TraceFields.Times {
  init(_ times: Distribution) {
    self.init(
      count: times.count, sumNanoseconds: times.sum, leastNanoseconds: times.least,
      p50Nanoseconds: times.median, p90Nanoseconds: times.percentile(0.9), p99Nanoseconds: times.percentile(0.99),
      p999Nanoseconds: times.percentile(0.999), greatestNanoseconds: times.greatest)
  }
}

extension TraceFields.Family {
  init(_ family: TraceSummary.TaskFamily) {
    self.init(
      function: family.function, place: family.place, made: family.made, ended: family.ended, alive: family.live,
      small: family.small, wakeups: family.wakeups, selfWakeups: family.selfWakeups,
      running: .init(family.running), runs: .init(family.runs), ready: .init(family.ready),
      queued: .init(family.queued), blocked: .init(family.blocked), life: .init(family.life),
      visits: .init(family.visits),
      waiting: Dictionary(uniqueKeysWithValues: family.waiting.map { ("\($0.key)", .init($0.value)) }))
  }
}

extension TraceFields.Named {
  init(_ spans: TraceSummary.NamedSpans) {
    self.init(
      name: spans.name, times: .init(spans.times), cut: spans.cut,
      bins: spans.times.bins.filter { $0.count > 0 }.map {
        .init(fromNanoseconds: $0.range.lowerBound, count: $0.count, sumNanoseconds: $0.sum)
      },
      longest: spans.longest.map {
        .init(startNanoseconds: $0.start, lengthNanoseconds: $0.length, task: $0.task == 0 ? nil : $0.task)
      })
  }
}

extension TraceFields.Found {
  init(_ finding: Finding) {
    self.init(
      kind: finding.kind.rawValue, subject: finding.subject, sentence: finding.sentence,
      threshold: finding.kind.threshold, lesson: finding.kind.lesson, count: finding.count,
      measured: Dictionary(uniqueKeysWithValues: finding.measured.map { ($0.key.rawValue, $0.value) }), on: finding.on)
  }
}

extension Finding {
  /// The kinds of findings, each with its bounds: what is below is nobody's fault.
  ///
  /// The idea of such lints, and those of a task that never yields and one that wakes itself, are tokio-console's
  /// (https://docs.rs/tokio-console, *Warnings*).
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Runnable tasks waited for a thread of the pool that other tasks kept. Counts the tasks that waited; `longest`,
    /// `sum`: for how long. The subject makes the tasks that kept the threads.
    case poolStarved = "pool-starved"
    /// A task's thread waited in a lock, a semaphore, a read … while another task was ready to run there. Counts the
    /// waits; `sum`: how long of them the other task had to wait; `longest`: of one. The subject waits.
    case blocksThePool = "blocks-the-pool"
    /// A task ran for long without suspending. Counts such runs; `longest`. The subject makes the tasks.
    case neverSuspends = "never-suspends"
    /// Tasks give up their thread only to have it again at once: they look instead of awaiting. Counts calls of
    /// `Task.yield`, `outOf` all waits to be resumed, those for children and actors not among them; `mean`: how long a task ran before. The subject makes the tasks.
    case selfWakes = "self-wakes"
    /// Tasks are so short that to make one costs more. Counts those that ran for less than the bound in all, `outOf`
    /// all that ended. The subject makes the tasks.
    case tooSmall = "too-small"
    /// Tasks enter an actor only to come back. Counts visits shorter than the bound that ended where they had begun,
    /// `outOf` all; `mean`: how long these took. The subject makes the tasks.
    case hopsBack = "hops-back"
    /// Somebody resumed a task while holding a lock. Counts how often. The subject resumes.
    case resumedUnderLock = "resumed-under-lock"
    /// A lock that others waited for was held while its holder waited for something else. Counts these waits; `sum`,
    /// `longest`: for how long. The subject waits.
    case lockAcrossBlockingCall = "lock-across-blocking-call"
    /// A task stayed on an actor for long while others waited for it. Counts such stays; `longest`: of these; `sum`: how
    /// long others waited meanwhile, all together. The subject makes the tasks that stayed. Seen in traces.
    case keepsActor = "keeps-actor"
    /// Processors had nothing of a task or job to run though tasks were ready: handing tasks over took that long. Counts
    /// how often a task waited for a thread; `sum`: the processors' time that went so, of `whole`. The subject makes the
    /// tasks that ran the most often. Seen in traces.
    case idleWhileReady = "idle-while-ready"

    /// What has to be passed, in words.
    public var threshold: String {
      switch self {
      case .poolStarved:
        "\(words(Bounds.kept)) that one task kept a thread and \(words(Bounds.starved)) that another waited"
      case .blocksThePool: "\(words(Bounds.blocks)) once and \(words(Bounds.blocked)) in all"
      case .neverSuspends: words(Bounds.run)
      case .selfWakes: "half of \(Bounds.wakes) waits, after less than \(words(Bounds.look))"
      case .tooSmall: "a third of \(Bounds.tasks) tasks below \(words(Bounds.task))"
      case .hopsBack: "half of \(Bounds.visits) visits below \(words(Bounds.visit))"
      case .resumedUnderLock: "once"
      case .lockAcrossBlockingCall: "\(words(Bounds.held)) in all"
      case .keepsActor: "\(words(Bounds.kept)) at once, \(words(Bounds.queued)) of waiting in all"
      case .idleWhileReady: "\(Int(Bounds.idleShare * 100)) %, \(words(Bounds.idle)) in all"
      }
    }

    /// The number of the lesson that tells what it means and what to do.
    public var lesson: String {
      switch self {
      case .poolStarved, .blocksThePool, .neverSuspends: "8"
      case .selfWakes: "5"
      case .resumedUnderLock: "6"
      case .hopsBack, .lockAcrossBlockingCall: "7"
      case .tooSmall, .keepsActor, .idleWhileReady: "9"
      }
    }

    /// Among all kinds, the gravest first.
    var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// What a finding must have passed; times in nanoseconds.
  public enum Bounds {
    /// `neverSuspends`: one run.
    public static let run = 1_000_000_000
    /// `poolStarved`: for how long one task at least kept a thread that others waited for.
    public static let kept = 10_000_000
    /// `poolStarved`: for how long one task at least waited so.
    public static let starved = 100_000_000
    /// `blocksThePool`: for how long one wait at least kept another task waiting.
    public static let blocks = 10_000_000
    /// `blocksThePool`: the same of all waits of one place.
    public static let blocked = 100_000_000
    /// `selfWakes`: waits to be resumed, more than half of which are yields.
    public static let wakes = 100
    /// `selfWakes`: how long one look takes. Who works for longer before it yields lets others run, as it should.
    public static let look = 100_000
    /// `tooSmall`: tasks of one function, more than a third of which are too small: of those that divide their work in two
    /// until nothing is left, half have none.
    public static let tasks = 1_000
    /// `tooSmall`: how long all runs of one task take. To make a task, hand it over and end it takes about as long.
    public static let task = 5_000
    /// `hopsBack`: visits of actors, at least half of which are short and lead back.
    public static let visits = 1_000
    /// `hopsBack`: one visit.
    public static let visit = 1_000
    /// `lockAcrossBlockingCall`: all waits of one place.
    public static let held = 100_000_000
    /// `keepsActor`: for how long others waited meanwhile, all together. One stay is as long as `kept`.
    public static let queued = 10_000_000
    /// `idleWhileReady`: the processors' time.
    public static let idle = 10_000_000
    /// `idleWhileReady`: its share of all that they had.
    public static let idleShare = 0.2
  }
}

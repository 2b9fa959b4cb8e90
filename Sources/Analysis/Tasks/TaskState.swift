import Pprof

/// What a task was doing, as a task profile's labels say it.
public enum TaskState: Sendable, Hashable {
  case running, ready, notBegun, nesting
  /// What it waits for; nil if that is not known.
  case waiting(for: String?)
  /// The profile does not say.
  case unknown

  /// The state of a sample's tasks.
  init(_ sample: Sample) {
    let reason = sample.labels["waits"]?.first
    self =
      switch sample.labels["state"]?.first {
      case "running": .running
      // In a queue, and not of the pool's.
      case "runnable": reason == "actor" ? .waiting(for: reason) : .ready
      case "made": .notBegun
      case "nesting": .nesting
      case "waiting": .waiting(for: reason == "other" ? nil : reason)
      default: .unknown
      }
  }

  /// The state in words that go on from a number: `296 wait on a continuation`.
  public var words: String {
    switch self {
    case .running: "running"
    case .ready: "ready, for want of a thread"
    case .notBegun: "not begun"
    case .nesting: "running another within themselves"
    case .waiting(nil): "waiting"
    case .waiting(for: "sleep"?): "asleep"
    case .waiting(for: "yield"?): "letting others run"
    case .waiting(for: "observations"?): "waiting on Observations"
    case .waiting(for: "actor"?): "waiting on an actor"
    case .waiting(for: let reason?): "waiting on a \(reason)"
    case .unknown: "in a state that is not known"
    }
  }
}

/// How long a task has been in its state: from a power of ten of milliseconds to the next.
public struct TaskAge: Sendable, Hashable, Comparable {
  /// The lower bound in milliseconds: 0, 1, 10, 100 …; nil if the profile does not say.
  public let milliseconds: Int64?

  init(_ sample: Sample) { milliseconds = sample.numericLabels["age"]?.first?.value }

  /// The younger comes first.
  public static func < (left: TaskAge, right: TaskAge) -> Bool {
    (left.milliseconds ?? -1) < (right.milliseconds ?? -1)
  }

  /// The range in words, e.g. `1 to 10 s`.
  public var words: String {
    guard let milliseconds else { return "of unknown age" }
    if milliseconds <= 0 { return "less than 1\u{A0}ms" }
    let (least, unit): (Int64, String) =
      switch milliseconds {
      case ..<1_000: (milliseconds, "ms")
      case ..<60_000: (milliseconds / 1_000, "s")
      default: (milliseconds / 60_000, "min")
      }
    return "\(least)\u{A0}\(unit) or more"
  }
}

import ExecutionTrace

extension TraceThread {
  /// What it is called: `main`, its name, or else its number.
  var shownName: String {
    if isMain { return "main" }
    if isPool { return "pool \(id)" }
    return name.isEmpty ? "thread \(id)" : "\(name) \(id)"
  }
}

extension TraceExecutor {
  /// What it is called: its type's name, or what is known instead.
  var shownName: String {
    switch kind {
    case .main: "MainActor"
    case .global: "the common pool"
    case .defaultActor: typeName.isEmpty ? "an actor" : typeName
    case .serial: typeName.isEmpty ? "a serial executor" : typeName
    case .taskExecutor: typeName.isEmpty ? "a task executor" : typeName
    }
  }
}

extension ExecutionTrace.WaitReason {
  /// Whether somebody has to resume it: who waits for its children or for its turn goes on by itself.
  var isResumed: Bool {
    switch self {
    case .task, .group, .actor, .executor: false
    default: true
    }
  }

  /// The reason in words that go on from a time: `1.2 s waiting for a continuation`.
  public var words: String {
    switch self {
    case .nothing: "waiting"
    case .task: "waiting for a task"
    case .continuation: "waiting for a continuation"
    case .group: "waiting for a group"
    case .actor: "waiting for an actor"
    case .executor: "waiting for an executor"
    case .sleep: "asleep"
    case .stream: "waiting for a stream"
    case .lock: "waiting for a lock"
    case .semaphore: "waiting for a semaphore"
    case .condition: "waiting for a condition"
    case .queue: "waiting for a queue"
    case .read: "waiting to read"
    case .write: "waiting to write"
    case .network: "waiting for a connection"
    case .poll: "waiting for events"
    case .join: "waiting for an end"
    case .yield: "letting others run"
    case .other: "waiting for something else"
    }
  }
}

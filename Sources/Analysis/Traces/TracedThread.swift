import ExecutionTrace

/// A thread while a trace is read.
struct TracedThread {
  /// What is on a thread, the outermost first.
  enum Occupant {
    /// `place`: where the table has it.
    case task(UInt64, place: Int32)
    /// A job that is no task; `name`: a text of the trace; `since`: when it began, was told of last, or something within it
    /// began.
    case job(UInt64, name: UInt32, since: Int64)

    func isTask(_ id: UInt64) -> Bool { if case .task(id, _) = self { true } else { false } }
    func isJob(_ address: UInt64) -> Bool { if case .job(address, _, _) = self { true } else { false } }
  }

  /// What a thread is counted as.
  enum Activity { case free, running, blocked }

  /// More than this deep nothing is followed: it would be the stack of a damaged trace.
  static let deepest = 4_096

  var stack: [Occupant] = []
  /// The call that it is in.
  var call: OpenCall?
  var activity = Activity.free
  var lastEvent: Int64 = 0
}

/// A call that blocks and has not returned.
struct OpenCall {
  var since: Int64
  var reason: ExecutionTrace.WaitReason
  var stack: UInt32
  /// How long there had been ready tasks when it began.
  var readyTime: Int64
}

/// An executor while a trace is read.
struct TracedExecutor {
  /// Whether it runs one task at a time.
  let isSerial: Bool
  /// Tasks that wait for their turn.
  var queued = 0
  /// The sum over these of how long they have waited so far, within the window.
  private(set) var queuedSum: Int64 = 0
  private var time: Int64 = 0

  init(isSerial: Bool) { self.isSerial = isSerial }

  /// Counts from a time on.
  mutating func begin(at time: Int64) { (queuedSum, self.time) = (0, time) }

  mutating func pass(to now: Int64) {
    if now > time, queued > 0 {
      queuedSum = queuedSum.adding((now - time).multiplied(by: queued))
    }
    time = max(time, now)
  }
}

extension TraceExecutor.Kind {
  /// Whether one task at a time is on it.
  var isSerial: Bool {
    switch self {
    case .main, .defaultActor, .serial: true
    case .global, .taskExecutor: false
    }
  }
}

/// A region or a user task that has begun.
struct OpenRegion {
  var name: UInt32
  var since: Int64
  var task: UInt64
  var thread: Int32
  /// Of a user task, the one that its task was of before.
  var outer: (number: UInt64, name: UInt32) = (0, 0)

  init(_ event: TraceEvent, at now: Int64) {
    (name, since, task, thread) = (event.index, now, event.task, event.thread)
  }
}

/// What has begun and not ended of the program's own: regions by the task that they are of, or by the thread where there
/// is no task; user tasks by their numbers.
struct OpenRegions {
  private var ofTasks: [UInt64: [OpenRegion]] = [:]
  private var ofThreads: [Int: [OpenRegion]] = [:]
  private var userTasks: [UInt64: OpenRegion] = [:]

  mutating func begin(_ region: OpenRegion, of task: UInt64, thread: Int) {
    if task != 0 { ofTasks[task, default: []].append(region) } else { ofThreads[thread, default: []].append(region) }
  }

  /// The innermost region of a name.
  mutating func end(_ name: UInt32, of task: UInt64, thread: Int) -> OpenRegion? {
    task != 0 ? Self.end(name, in: &ofTasks[task]) : Self.end(name, in: &ofThreads[thread])
  }

  private static func end(_ name: UInt32, in regions: inout [OpenRegion]?) -> OpenRegion? {
    guard let place = regions?.lastIndex(where: { $0.name == name }) else { return nil }
    return regions?.remove(at: place)
  }

  /// What has not ended of a task that has.
  mutating func endAll(of task: UInt64) -> [OpenRegion] {
    ofTasks.isEmpty ? [] : (ofTasks.removeValue(forKey: task) ?? []).reversed()
  }

  mutating func begin(_ region: OpenRegion, userTask: UInt64) { userTasks[userTask] = region }

  mutating func end(userTask: UInt64) -> OpenRegion? { userTasks.removeValue(forKey: userTask) }

  /// Regions that have not ended, in order.
  var regionsLeft: [OpenRegion] {
    let byTask = ofTasks.sorted { $0.key < $1.key }.flatMap(\.value)
    return byTask + ofThreads.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// User tasks that have not ended, in order.
  var userTasksLeft: [OpenRegion] { userTasks.sorted { $0.key < $1.key }.map(\.value) }
}

import ExecutionTrace
import Pprof

/// What a window of a trace tells as a profile: times by stacks, with the labels of tasks, and the user tasks that they
/// are of.
///
/// Go's `go tool trace -pprof=` has the kinds `sched`, `sync` and `syscall`, too. A stack is the one that was recorded of
/// the wait itself; of a wait whose stack was not recorded, the one that made the task.
public enum TraceProfile: String, Sendable, Hashable, CaseIterable {
  /// How long tasks were ready before they got a thread of the pool.
  case sched
  /// How long tasks and threads waited for one another: for tasks, continuations, actors, locks, queues.
  case sync
  /// How long threads were in calls of the system that wait: to read, to write, for connections.
  case syscall
  /// How long tasks ran, by who made them.
  case run
  /// Samples of the CPU time, if they were recorded.
  case cpu

  /// The key of the label that names the user task.
  public static let userTaskLabel = "user task"
  /// The key of the label that says what was waited for.
  public static let reasonLabel = "reason"

  /// In a few words, what it shows.
  public var title: String {
    switch self {
    case .sched: "waits for a thread"
    case .sync: "waits for one another"
    case .syscall: "system calls that wait"
    case .run: "running time, by who made tasks"
    case .cpu: "CPU samples"
    }
  }

  var sampleTypes: [ValueType] {
    switch self {
    case .sched, .sync, .syscall:
      [ValueType(type: "contentions", unit: "count"), ValueType(type: "delay", unit: "nanoseconds")]
    case .run: [ValueType(type: "runs", unit: "count"), ValueType(type: "running", unit: "nanoseconds")]
    case .cpu: [ValueType(type: "samples", unit: "count"), ValueType(type: "cpu", unit: "nanoseconds")]
    }
  }

  /// The profile of a window.
  public func profile(
    of trace: Trace, in window: TraceWindow, from checkpoints: TraceCheckpoints? = nil
  ) -> Profile {
    let replay = TraceReplay(
      reading: trace, from: checkpoints, window: window, observer: ProfileBuilder(kind: self))
    return replay.observer.profile(of: trace, window)
  }
}

extension ExecutionTrace.WaitReason {
  /// The profile that waits for it are in; nil if in none: who sleeps or yields waits for nobody.
  func profile(ofThread: Bool) -> TraceProfile? {
    switch self {
    case .task, .continuation, .group, .actor, .executor, .stream, .lock, .semaphore, .condition, .queue, .join: .sync
    case .read, .write, .network, .poll: .syscall
    case .other: ofThread ? .syscall : .sync
    case .nothing, .sleep, .yield: nil
    }
  }
}

/// Sums up times by stack, labels, user task and reason.
private struct ProfileBuilder: TraceObserver {
  private struct Key: Hashable {
    var stack: UInt32
    var labels: UInt32
    var userTask: UInt32
    var reason: ExecutionTrace.WaitReason
  }
  private struct Sum {
    var count: Int64 = 0
    var time: Int64 = 0
  }

  let kind: TraceProfile
  private var sums: [Key: Sum] = [:]

  init(kind: TraceProfile) { self.kind = kind }

  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {}

  mutating func over(_ span: TraceSpan, of task: ToldTask?) {
    switch span.kind {
    case .ready where kind == .sched: add(span.length, stack: Self.stack(task), task)
    case .queued where kind == .sync: add(span.length, stack: Self.stack(task), task, .actor)
    case .waiting where span.reason.profile(ofThread: false) == kind:
      // What it waits for its turn on is told as queued.
      add(span.length, stack: Self.stack(task), task, span.reason)
    case .blocked where span.reason.profile(ofThread: true) == kind:
      add(span.length, stack: span.index != 0 ? span.index : task?.madeBy ?? 0, task, span.reason)
    case .running where kind == .run: add(span.length, stack: task?.madeBy ?? 0, task)
    default: break
    }
  }

  mutating func sampled(_ event: TraceEvent, of task: ToldTask?) {
    if kind == .cpu { add(max(event.value, 0), stack: event.index, task) }
  }

  /// The stack on which a task was suspended, or else the one that made it.
  private static func stack(_ task: ToldTask?) -> UInt32 {
    guard let task else { return 0 }
    return task.suspendedAt != 0 ? task.suspendedAt : task.madeBy
  }

  private mutating func add(
    _ time: Int64, stack: UInt32, _ task: ToldTask?, _ reason: ExecutionTrace.WaitReason = .nothing
  ) {
    let key = Key(
      stack: stack, labels: task?.labels ?? 0, userTask: task?.userTaskName ?? 0, reason: reason)
    sums[key, default: Sum()].count += 1
    sums[key, default: Sum()].time = sums[key, default: Sum()].time.adding(time)
  }

  func profile(of trace: Trace, _ window: TraceWindow) -> Profile {
    var stacks = ProfileStacks(trace)
    let order = sums.sorted {
      ($0.key.stack, $0.key.labels, $0.key.userTask, $0.key.reason.rawValue)
        < ($1.key.stack, $1.key.labels, $1.key.userTask, $1.key.reason.rawValue)
    }
    let samples = order.map { key, sum in
      var labels: [String: [String]] = [:]
      if trace.labelSets.indices.contains(Int(key.labels)) {
        for label in trace.labelSets[Int(key.labels)] { labels[label.key, default: []].append(label.value) }
      }
      if key.userTask != 0, trace.texts.indices.contains(Int(key.userTask)) {
        labels[TraceProfile.userTaskLabel] = [trace.texts[Int(key.userTask)]]
      }
      if key.reason != .nothing { labels[TraceProfile.reasonLabel] = ["\(key.reason)"] }
      return Sample(locations: stacks.locations(of: key.stack), values: [sum.count, sum.time], labels: labels)
    }
    var profile = Profile(sampleTypes: kind.sampleTypes)
    profile.defaultSampleType = kind.sampleTypes[1].type
    profile.samples = samples
    (profile.functions, profile.locations, profile.mappings) = (stacks.functions, stacks.locations, stacks.mappings)
    profile.timeNanoseconds = trace.start.adding(window.start)
    profile.durationNanoseconds = window.length
    profile.comments = ["\(kind.title) in a trace of \(trace.program.isEmpty ? "a program" : trace.program)"]
    return profile
  }
}

/// The stacks of a trace as locations of a profile: one for each frame that there is.
private struct ProfileStacks {
  private(set) var functions: [Function] = []
  private(set) var locations: [Location] = []
  private(set) var mappings: [Mapping] = []
  private struct Named: Hashable {
    var function: String
    var file: String
  }
  private var numbers: [Named: Int] = [:]
  private var places: [TraceFrame: Int] = [:]
  private let stacks: [TraceStack]

  init(_ trace: Trace) {
    stacks = trace.stacks
    mappings = [
      Mapping(
        id: 1, file: trace.program, hasFunctions: true, hasFilenames: true, hasLineNumbers: true, hasInlineFrames: true)
    ]
  }

  /// The locations of a stack, leaf first. Of one that nobody recorded there is one that says so.
  mutating func locations(of number: UInt32) -> [Int] {
    let stack = stacks.indices.contains(Int(number)) ? stacks[Int(number)] : TraceStack()
    var frames = stack.frames
    if frames.isEmpty {
      frames = stack.addresses.map { TraceFrame(function: "0x" + String($0, radix: 16)) }
    }
    if frames.isEmpty { frames = [TraceFrame(function: "(no stack recorded)")] }
    return frames.map { place(of: $0) }
  }

  private mutating func place(of frame: TraceFrame) -> Int {
    if let known = places[frame] { return known }
    let named = Named(function: frame.function, file: frame.file)
    let function = numbers[named] ?? functions.count
    if function == functions.count {
      functions.append(Function(id: UInt64(function) + 1, name: frame.function, filename: frame.file))
      numbers[named] = function
    }
    locations.append(
      Location(
        id: UInt64(locations.count) + 1, mapping: 0, lines: [Line(function: function, line: Int64(frame.line))]))
    places[frame] = locations.count - 1
    return locations.count - 1
  }
}

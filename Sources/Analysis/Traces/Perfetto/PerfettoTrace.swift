import ExecutionTrace

/// A window of a trace as a file for Perfetto's viewer: threads and tasks as tracks with slices, wakeups as flows, numbers
/// over time as counters.
///
/// - A thread's slices are each time that a task had it (category `run`, those of tasks within it lie within), jobs (`job`),
///   and calls that block (`blocked`). What a task's slice has besides these is the time that it ran.
/// - A task's track has what it did one after the other: `running`, `ready`, `queued`, `suspended`, `nesting`, `unbegun`.
///   Tracks of tasks lie below one for each function that made some.
/// - Regions and user tasks have tracks of their own. Labels and the user task of a task are arguments of its slices.
/// - Slices of a track nest strictly: none ends after the one that it began in.
///
/// Times are nanoseconds since the trace's start.
///
/// Source: Perfetto's `protos/perfetto/trace`: `trace_packet.proto`, `track_event.proto`, `track_descriptor.proto`.
public struct PerfettoTrace: Sendable {
  /// The file.
  public let bytes: [UInt8]

  /// A window of a trace.
  public init(_ trace: Trace, in window: TraceWindow) {
    let replay = TraceReplay(reading: trace, from: nil, window: window, observer: PerfettoObserver(trace, window))
    bytes = replay.observer.file(trace, functions: replay.sites.sites.map(\.function))
  }
}

/// What a slice says.
struct PerfettoSlice {
  enum Category: UInt8 {
    case run, job, blocked, running, ready, queued, suspended, nesting, unbegun, region, userTask

    var name: String { self == .userTask ? "user task" : "\(self)" }
  }

  var from: Int64
  var to: Int64
  var category: Category
  /// The family of the task; −1 if it has none.
  var site: Int32 = -1
  /// A text of the trace; 0 for none.
  var text: UInt32 = 0
  var task: UInt64 = 0
  var labels: UInt32 = 0
  var userTask: UInt32 = 0
  var reason = ExecutionTrace.WaitReason.nothing
  /// The flow that ends where it begins; 0 for none.
  var flow: UInt64 = 0
}

/// Gathers slices by track, in whatever order they are told.
struct PerfettoObserver: TraceObserver {
  private let window: TraceWindow
  private var threads: [[PerfettoSlice]]
  private var tasks: [UInt64: (site: Int32, slices: [PerfettoSlice])] = [:]
  private var regions: [PerfettoSlice] = []
  private var userTasks: [PerfettoSlice] = []
  /// By thread, where tasks were given to executors, with the flow that begins there.
  private var wakeups: [Int32: [(time: Int64, flow: UInt64)]] = [:]
  /// The flow that ends with a task's next run.
  private var flows: [UInt64: UInt64] = [:]
  private var lastFlow: UInt64 = 0
  private var counts: [(time: Int64, counts: TraceCounts)] = []
  private var noted: [UInt32: [(time: Int64, value: Int64)]] = [:]

  init(_ trace: Trace, _ window: TraceWindow) {
    self.window = window
    threads = Array(repeating: [], count: trace.threads.count)
  }

  mutating func passed(from: Int64, to: Int64, _ counts: TraceCounts) {
    if self.counts.last?.counts != counts { self.counts.append((from, counts)) }
  }

  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {}

  mutating func noted(_ value: Int64, named name: UInt32, at time: Int64) {
    noted[name, default: []].append((time, value))
  }

  mutating func woken(_ task: ToldTask, on thread: Int32, at time: Int64) {
    guard threads.indices.contains(Int(task.wokenOn)), task.since >= window.start else { return }
    lastFlow += 1
    wakeups[task.wokenOn, default: []].append((task.since, lastFlow))
    flows[task.id] = lastFlow
  }

  mutating func over(_ span: TraceSpan, of task: ToldTask?) {
    var slice = PerfettoSlice(from: span.from, to: span.to, category: .run, reason: span.reason)
    if let task {
      (slice.site, slice.task, slice.labels) = (task.site, task.id, task.labels)
      slice.userTask = task.userTaskName
    }
    func with(_ category: PerfettoSlice.Category) -> PerfettoSlice {
      var other = slice
      other.category = category
      return other
    }
    switch span.kind {
    case .run:
      if let task { slice.flow = flows.removeValue(forKey: task.id) ?? 0 }
      add(slice, toThread: span.thread)
    case .job:
      slice.text = span.index
      add(Self.with(slice, .job), toThread: span.thread)
    case .blocked:
      add(with(.blocked), toThread: span.thread)
      add(with(.running), of: task)
    case .running: add(with(.running), of: task)
    case .nesting: add(with(.nesting), of: task)
    case .ready: add(with(.ready), of: task)
    case .queued: add(with(.queued), of: task)
    case .waiting: add(with(.suspended), of: task)
    case .unbegun: add(with(.unbegun), of: task)
    case .region:
      slice.text = span.index
      regions.append(Self.with(slice, .region))
    case .userTask:
      slice.text = span.index
      userTasks.append(Self.with(slice, .userTask))
    case .missing, .unknown, .life, .hold, .visit: break
    }
  }

  private static func with(_ slice: PerfettoSlice, _ category: PerfettoSlice.Category) -> PerfettoSlice {
    var other = slice
    other.category = category
    return other
  }

  private mutating func add(_ slice: PerfettoSlice, toThread thread: Int32) {
    if threads.indices.contains(Int(thread)) { threads[Int(thread)].append(slice) }
  }

  private mutating func add(_ slice: PerfettoSlice, of task: ToldTask?) {
    guard let task else { return }
    tasks[task.id, default: (task.site, [])].slices.append(slice)
  }

  // MARK: - The file

  func file(_ trace: Trace, functions: [String]) -> [UInt8] {
    var file = PerfettoFile(trace, functions: functions)
    for (number, thread) in trace.threads.enumerated() {
      let wakes = wakeups[Int32(number)] ?? []
      guard !threads[number].isEmpty || !wakes.isEmpty else { continue }
      let track = file.thread(thread)
      file.write(threads[number], wakes, to: track)
    }
    var families: [Int32: UInt64] = [:]
    let order = tasks.sorted { ($0.value.site, $0.key) < ($1.value.site, $1.key) }
    for (id, task) in order {
      let parent = families[task.site] ?? file.track(named: "tasks of \(functions[Int(task.site)])", in: nil)
      families[task.site] = parent
      let track = file.track(named: "task \(id)", in: parent)
      file.write(task.slices, [], to: track)
    }
    // Regions of several tasks go on at once: those that overlap lie in tracks of one name, which the viewer draws together.
    for (name, slices) in [("regions", regions), ("user tasks", userTasks)] where !slices.isEmpty {
      for lane in Self.lanes(slices) {
        let track = file.track(named: name, in: nil)
        file.write(lane, [], to: track)
      }
    }
    file.write(counts, endingAt: window.end)
    for (name, values) in noted.sorted(by: { $0.key < $1.key }) { file.write(values, counter: name) }
    return file.bytes
  }

  /// Slices so that those of a lane nest strictly.
  private static func lanes(_ slices: [PerfettoSlice]) -> [[PerfettoSlice]] {
    var lanes: [(slices: [PerfettoSlice], open: [Int64])] = []
    for slice in slices.sorted(by: { ($0.from, $1.to) < ($1.from, $0.to) }) {
      var found: Int?
      for lane in lanes.indices {
        while let last = lanes[lane].open.last, last <= slice.from { lanes[lane].open.removeLast() }
        if lanes[lane].open.last.map({ $0 >= slice.to }) ?? true {
          found = lane
          break
        }
      }
      if found == nil { lanes.append(([], [])) }
      let lane = found ?? lanes.count - 1
      lanes[lane].slices.append(slice)
      lanes[lane].open.append(slice.to)
    }
    return lanes.map(\.slices)
  }
}

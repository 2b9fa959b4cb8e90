import ExecutionTrace

/// What the rows of a timeline are.
struct TimelineRows {
  private(set) var rows: [TraceTimeline.Row] = []
  private(set) var depths: [Int] = []
  private(set) var hidden: (count: Int, running: Int64) = (0, 0)
  /// By row, the key by which it is told: the thread's number, or the row's own where rows are tasks.
  private(set) var keys: [Int] = []
  /// By the tasks that are rows, their keys.
  private(set) var ofTask: [UInt64: Int] = [:]

  init(_ summary: TraceSummary, by grouping: TraceTimeline.Grouping, atMost count: Int, _ trace: Trace) {
    guard grouping == .thread else {
      hidden = (summary.all.running.count, summary.all.running.sum)
      return
    }
    let ranked = summary.threads.sorted {
      ($1.running + $1.blocked, $0.number) < ($0.running + $0.blocked, $1.number)
    }
    for thread in ranked.dropFirst(count) {
      hidden.count += 1
      hidden.running += thread.running
    }
    // The main thread first, then as they came.
    let shown = ranked.prefix(count).sorted { one, other in
      let (first, second) = (trace.threads[one.number].isMain, trace.threads[other.number].isMain)
      return first != second ? first : one.number < other.number
    }
    for thread in shown {
      keys.append(thread.number)
      rows.append(.init(name: thread.name, note: "", running: thread.running, runs: thread.runs, lanes: []))
      depths.append(min(max(thread.depth, 1), TraceTimeline.laneCount))
    }
  }

  /// Makes tasks the rows, in the order in which they began.
  mutating func choose(_ tasks: [TaskChooser.Choice], _ kinds: FamilyKinds) {
    for task in tasks.sorted(by: { ($0.began, $0.id) < ($1.began, $1.id) }) {
      ofTask[task.id] = rows.count
      keys.append(rows.count)
      rows.append(
        .init(name: "task \(task.id)", note: kinds.name(task.family), running: task.running, runs: 0, lanes: []))
      depths.append(1)
      hidden.count -= 1
      hidden.running -= task.running
    }
  }
}

/// Chooses the tasks that ran the longest.
struct TaskChooser: TraceObserver {
  struct Choice {
    var id: UInt64
    var family: Int32
    var began: Int64
    var running: Int64
  }

  let count: Int
  /// The families that they are of; nil for any.
  let families: Set<Int32>?
  private var candidates: [Choice] = []

  init(atMost count: Int, families: Set<Int32>?) { (self.count, self.families) = (count, families) }

  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {
    if let families, !families.contains(task.family) { return }
    candidates.append(Choice(id: task.id, family: task.family, began: task.began, running: task.running))
    if candidates.count >= 4 * max(count, 256) { candidates = chosen }
  }

  mutating func over(_ span: TraceSpan, of task: ToldTask?) {}

  /// The longest first.
  var chosen: [Choice] {
    Array(candidates.sorted { ($1.running, $0.id) < ($0.running, $1.id) }.prefix(count))
  }
}

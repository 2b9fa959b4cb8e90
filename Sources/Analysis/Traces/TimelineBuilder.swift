import ExecutionTrace
import Findings

/// Divides what a replay tells into columns.
///
/// Rows go by their keys, the numbers of threads or of chosen tasks, and families by their numbers: which of them are shown,
/// and where, is said when all is read, so that one pass is enough for what does not have to be chosen before.
struct TimelineBuilder: TraceObserver {
  private let window: TraceWindow
  let columns: Int
  private let keys: TimelineKeys
  /// By key, its lanes, as many as there may be.
  private var lanes: [ColumnPieces]
  private(set) var tracks: (live: ColumnLevels, ready: ColumnLevels, running: ColumnLevels)
  /// By key.
  private var marks: [KeyMarks]
  private var told = 0
  /// By name, of each column the last value that was noted in it.
  private var counters: [UInt32: [Int64?]] = [:]
  /// By the thread that woke, whom, as far as there is room.
  private var wakeups: [Wakeups]

  /// What is pointed at of a key.
  private struct KeyMarks {
    var run, gap, stay: KeyMark?
    /// When something ran there last.
    var busyUntil: Int64?
  }

  private struct KeyMark {
    var start, end: Int64
    var isCut = false
    /// Of a run the family, of a stay the executor.
    var whose: Int32 = -1
    /// How many were told before it.
    var place: Int

    var length: Int64 { end - start }
  }

  private struct Wakeups {
    var first: [(wakeup: TraceTimeline.Wakeup, place: Int)] = []
    var (count, earlier) = (0, 0)
  }

  init(window: TraceWindow, columns: Int, keys: TimelineKeys) {
    (self.window, self.columns, self.keys) = (window, columns, keys)
    lanes = Array(repeating: ColumnPieces(columns: columns), count: keys.count * TraceTimeline.laneCount)
    marks = Array(repeating: KeyMarks(), count: keys.count)
    wakeups = Array(repeating: Wakeups(), count: keys.isOfTasks ? 0 : keys.count)
    let levels = ColumnLevels(from: window.start, length: window.length, columns: columns)
    tracks = (levels, levels, levels)
  }

  mutating func passed(from: Int64, to: Int64, _ counts: TraceCounts) {
    tracks.live.add(counts.live, from: from, to: to)
    tracks.ready.add(counts.ready, from: from, to: to)
    tracks.running.add(counts.running, from: from, to: to)
  }

  mutating func over(_ span: TraceSpan, of task: ToldTask?) {
    guard let key = keys.key(of: span, task) else { return }
    told += 1
    if span.kind == .run, let task {
      return Self.keep(span, task.family, told, &marks[key].run)
    }
    if span.kind == .hold {
      // A stay in an actor is pointed at where it is a finding: as long as no task should stay, with others waiting for it.
      if span.length >= Finding.Bounds.kept, span.meanwhile > 0 {
        Self.keep(span, span.executor, told, &marks[key].stay)
      }
      return
    }
    guard let code = code(of: span.kind, task) else { return }
    let lane = min(Int(max(keys.isOfTasks ? 0 : span.level, 0)), TraceTimeline.laneCount - 1)
    // What is within lies in the same lane, if there are no more.
    if code == .nesting, !keys.isOfTasks, lane == TraceTimeline.laneCount - 1 { return }
    let place = key * TraceTimeline.laneCount + lane
    let (from, to) = (column(span.from), column(span.to))
    lanes[place].add(from: from, to: to, code: code, family: task?.family ?? -1, isLong: to - from >= 2)
    switch span.kind {
    case .running, .blocked, .nesting, .job: occupied(span, key)
    default: break
    }
  }

  mutating func noted(_ value: Int64, named name: UInt32, at time: Int64) {
    let place = min(max(Int(column(time)), 0), columns - 1)
    counters[name, default: Array(repeating: nil, count: columns)][place] = value
  }

  mutating func woken(_ task: ToldTask, on thread: Int32, at time: Int64) {
    guard let from = keys.key(ofThread: task.wokenOn), let to = keys.key(ofThread: thread) else { return }
    guard task.since >= window.start else {
      wakeups[from].earlier += 1
      return
    }
    wakeups[from].count += 1
    guard wakeups[from].first.count < TraceTimeline.mostWakeups else { return }
    told += 1
    wakeups[from].first.append(
      (.init(task: task.id, fromRow: from, toRow: to, from: column(task.since), to: column(time)), told))
  }

  private func code(of kind: TraceSpan.Kind, _ task: ToldTask?) -> ColumnPieces.Code? {
    switch kind {
    case .running: .running(task?.family ?? 0)
    case .blocked: .blocked
    case .nesting: .nesting
    case .job: keys.isOfTasks ? nil : .job
    case .missing: keys.isOfTasks ? nil : .missing
    case .ready: keys.isOfTasks ? .ready : nil
    case .queued: keys.isOfTasks ? .queued : nil
    case .waiting: keys.isOfTasks ? .waiting : nil
    case .unbegun: keys.isOfTasks ? .unbegun : nil
    case .unknown, .run, .life, .hold, .visit, .region, .userTask: nil
    }
  }

  private func column(_ time: Int64) -> Double {
    Double(time - window.start) / Double(max(window.length, 1)) * Double(columns)
  }

  // MARK: - What is pointed at

  private static func keep(_ span: TraceSpan, _ whose: Int32, _ place: Int, _ kept: inout KeyMark?) {
    if kept.map({ span.length > $0.length }) ?? true {
      kept = KeyMark(start: span.from, end: span.to, isCut: span.isCut, whose: whose, place: place)
    }
  }

  private mutating func occupied(_ span: TraceSpan, _ key: Int) {
    if let last = marks[key].busyUntil, span.from - last > marks[key].gap?.length ?? 0 {
      marks[key].gap = KeyMark(start: last, end: span.from, place: told)
    }
    marks[key].busyUntil = max(marks[key].busyUntil ?? span.to, span.to)
  }

  // MARK: - What it comes to

  /// What was noted, by name.
  func noted(_ texts: [String]) -> [TraceTimeline.Counter] {
    counters.map { name, values in
      let known = values.compactMap { $0 }
      return TraceTimeline.Counter(
        name: texts.indices.contains(Int(name)) ? texts[Int(name)] : "", values: values, least: known.min() ?? 0,
        most: known.max() ?? 0)
    }.sorted { $0.name < $1.name }
  }

  /// The rows with their lanes, and the parts that there are in them.
  func painted(_ rows: TimelineRows, _ kinds: FamilyKinds) -> (rows: [TraceTimeline.Row], parts: [TraceTimeline.Part]) {
    var parts: Set<TraceTimeline.Part> = []
    var painted = rows.rows
    for row in painted.indices {
      painted[row].lanes = (0..<rows.depths[row]).map { depth in
        let lane = lanes[rows.keys[row] * TraceTimeline.laneCount + depth]
        parts.formUnion(lane.parts(kinds))
        return lane.lane(kinds)
      }
    }
    return (painted, parts.sorted())
  }

  /// The longest run, the longest time between two, and the longest stay of the rows; of those as long, the first.
  func marks(
    _ rows: TimelineRows, _ kinds: FamilyKinds, executors: [String]
  ) -> (run: TraceTimeline.Mark?, gap: TraceTimeline.Mark?, stay: TraceTimeline.Mark?) {
    func longest(_ name: (Int32) -> String, _ mark: (KeyMarks) -> KeyMark?) -> TraceTimeline.Mark? {
      let all = rows.keys.enumerated().compactMap { row, key in mark(marks[key]).map { (row: row, mark: $0) } }
      let best = all.max { ($0.mark.length, $1.mark.place) < ($1.mark.length, $0.mark.place) }
      return best.map { row, mark in
        TraceTimeline.Mark(
          row: row, start: mark.start, end: mark.end, from: column(mark.start), to: column(mark.end),
          isCut: mark.isCut, name: name(mark.whose))
      }
    }
    return (
      longest(kinds.name, \.run), longest({ _ in "" }, \.gap),
      longest({ executors.indices.contains(Int($0)) ? executors[Int($0)] : "" }, \.stay)
    )
  }

  /// The first wakeups between the rows, how many there are, and how many whose beginning is before the window.
  func wakeups(_ rows: TimelineRows) -> (first: [TraceTimeline.Wakeup], count: Int, earlier: Int) {
    if keys.isOfTasks { return ([], 0, 0) }
    let places = Dictionary(uniqueKeysWithValues: rows.keys.enumerated().map { ($1, $0) })
    let shown = rows.keys.map { wakeups[$0] }
    let told = shown.flatMap(\.first).sorted { $0.place < $1.place }.compactMap { told -> TraceTimeline.Wakeup? in
      guard let from = places[told.wakeup.fromRow], let to = places[told.wakeup.toRow] else { return nil }
      var wakeup = told.wakeup
      (wakeup.fromRow, wakeup.toRow) = (from, to)
      return wakeup
    }
    return (
      Array(told.prefix(TraceTimeline.mostWakeups)), shown.reduce(0) { $0 + $1.count },
      shown.reduce(0) { $0 + $1.earlier }
    )
  }
}

/// What has a row, before it is known which rows there will be: any thread, some threads, or some tasks.
struct TimelineKeys {
  /// By thread, whether it has one.
  private let isShown: [Bool]
  private let ofTask: [UInt64: Int]?
  let count: Int

  /// Every thread of a trace.
  init(_ trace: Trace) {
    (isShown, ofTask) = (Array(repeating: true, count: trace.threads.count), nil)
    count = isShown.count
  }

  /// Those that were chosen.
  init(_ rows: TimelineRows, _ grouping: TraceTimeline.Grouping) {
    if grouping == .task {
      (isShown, ofTask, count) = ([], rows.ofTask, rows.keys.count)
    } else {
      count = (rows.keys.max() ?? -1) + 1
      var shown = Array(repeating: false, count: count)
      for key in rows.keys { shown[key] = true }
      (isShown, ofTask) = (shown, nil)
    }
  }

  /// The key of a span's row; nil if it has none.
  func key(of span: TraceSpan, _ task: ToldTask?) -> Int? {
    guard let ofTask else { return key(ofThread: span.thread) }
    return task.flatMap { ofTask[$0.id] }
  }

  /// The key of a thread; nil if it has no row, or rows are tasks.
  func key(ofThread thread: Int32) -> Int? {
    isShown.indices.contains(Int(thread)) && isShown[Int(thread)] ? Int(thread) : nil
  }

  var isOfTasks: Bool { ofTask != nil }
}

/// A number over time: of each column the mean and the most.
struct ColumnLevels {
  private let start, length: Int64
  private var sums: Pieces
  /// Without what `last` has.
  private var known: [Int]
  /// The column that was added to last, the times that are surely in it, and the most since: mostly the next number is of
  /// the same.
  private var last: (column: Int, from: Int64, to: Int64, most: Int) = (0, 0, -1, 0)

  init(from start: Int64, length: Int64, columns: Int) {
    (self.start, self.length) = (start, max(length, 1))
    sums = Pieces(from: start, length: length, count: columns)
    known = Array(repeating: 0, count: sums.count)
  }

  /// The most in each column.
  var peaks: [Int] {
    var peaks = known
    peaks[last.column] = max(peaks[last.column], last.most)
    return peaks
  }

  @inline(__always) mutating func add(_ number: Int, from: Int64, to: Int64) {
    sums.add(number, from: from, to: to)
    if from >= last.from, to <= last.to {
      last.most = max(last.most, number)
    } else {
      addElsewhere(number, from, to)
    }
  }

  @inline(never) private mutating func addElsewhere(_ number: Int, _ from: Int64, _ to: Int64) {
    known[last.column] = max(known[last.column], last.most)
    let (first, end) = (column(from), column(to))
    for column in first...max(end, first) { known[column] = max(known[column], number) }
    // The columns of later times are no earlier ones: what lies between two times of a column is in it, too.
    let edge = start + Int64(Double(end + 1) / Double(known.count) * Double(length)) - 1
    last = (end, to, edge > to && column(edge) == end ? edge : to, 0)
  }

  private func column(_ time: Int64) -> Int {
    min(max(Int(Double(time - start) / Double(length) * Double(known.count)), 0), known.count - 1)
  }

  var means: [Double] { sums.sums.map { Double($0) * Double(known.count) / Double(length) } }

  func level(of window: TraceWindow) -> TraceSummary.Level {
    let means = means
    return TraceSummary.Level(
      least: Int(means.min() ?? 0), most: peaks.max() ?? 0,
      mean: means.reduce(0, +) / Double(max(means.count, 1)))
  }
}

import Findings

/// Divides what a replay tells into columns.
struct TimelineBuilder: TraceObserver {
  private let window: TraceWindow
  private let columns: Int
  private var rows: TimelineRows
  private let kinds: FamilyKinds
  /// By row, its lanes.
  private var lanes: [[ColumnPieces]]
  private(set) var tracks: (live: ColumnLevels, ready: ColumnLevels, running: ColumnLevels)
  private(set) var longestRun, longestGap, longestStay: TraceTimeline.Mark?
  /// What executors are called.
  private let executors: [String]
  /// By row, when something ran there last.
  private var busyUntil: [Int64?]
  /// By name, of each column the last value that was noted in it.
  private var counters: [UInt32: [Int64?]] = [:]
  /// Who woke whom, as far as there is room.
  private(set) var wakeups: [TraceTimeline.Wakeup] = []
  private(set) var (wakeupCount, earlierWakeups) = (0, 0)

  init(window: TraceWindow, columns: Int, rows: TimelineRows, kinds: FamilyKinds, executors: [String]) {
    (self.window, self.columns, self.rows, self.kinds, self.executors) = (window, columns, rows, kinds, executors)
    let lane = ColumnPieces(columns: columns, families: max(kinds.families.count, 1))
    lanes = rows.depths.map { Array(repeating: lane, count: $0) }
    let levels = ColumnLevels(from: window.start, length: window.length, columns: columns)
    tracks = (levels, levels, levels)
    busyUntil = Array(repeating: nil, count: lanes.count)
  }

  mutating func passed(from: Int64, to: Int64, _ counts: TraceCounts) {
    tracks.live.add(counts.live, from: from, to: to)
    tracks.ready.add(counts.ready, from: from, to: to)
    tracks.running.add(counts.running, from: from, to: to)
  }

  mutating func over(_ span: TraceSpan, of task: TracedTask?) {
    guard let row = rows.row(of: span, task) else { return }
    if span.kind == .run, let task { return met(span, task, row) }
    if span.kind == .hold { return held(span, row) }
    let family = task.map { kinds.place($0.family) }
    guard let part = part(of: span.kind, family) else { return }
    let lane = min(Int(max(rows.isOfTasks ? 0 : span.level, 0)), lanes[row].count - 1)
    // What is within lies in the same lane, if there are no more.
    if part == .nesting, !rows.isOfTasks, lane == lanes[row].count - 1 { return }
    lanes[row][lane].add(
      from: column(span.from), to: column(span.to), part: part, family: family, isLong: isLong(span))
    switch span.kind {
    case .running, .blocked, .nesting, .job: occupied(span, row)
    default: break
    }
  }

  mutating func noted(_ value: Int64, named name: UInt32, at time: Int64) {
    let place = min(max(Int(column(time)), 0), columns - 1)
    counters[name, default: Array(repeating: nil, count: columns)][place] = value
  }

  mutating func woken(_ task: TracedTask, on thread: Int32, at time: Int64) {
    guard let from = rows.row(ofThread: task.wokenOn), let to = rows.row(ofThread: thread) else { return }
    guard task.since >= window.start else {
      earlierWakeups += 1
      return
    }
    wakeupCount += 1
    guard wakeups.count < TraceTimeline.mostWakeups else { return }
    wakeups.append(.init(task: task.id, fromRow: from, toRow: to, from: column(task.since), to: column(time)))
  }

  private func part(of kind: TraceSpan.Kind, _ family: Int?) -> TraceTimeline.Part? {
    switch kind {
    case .running: .running(family ?? 0)
    case .blocked: .blocked
    case .nesting: .nesting
    case .job: rows.isOfTasks ? nil : .job
    case .missing: rows.isOfTasks ? nil : .missing
    case .ready: rows.isOfTasks ? .ready : nil
    case .queued: rows.isOfTasks ? .queued : nil
    case .waiting: rows.isOfTasks ? .waiting : nil
    case .unbegun: rows.isOfTasks ? .unbegun : nil
    case .unknown, .run, .life, .hold, .visit, .region, .userTask: nil
    }
  }

  private func column(_ time: Int64) -> Double {
    Double(time - window.start) / Double(max(window.length, 1)) * Double(columns)
  }

  private func isLong(_ span: TraceSpan) -> Bool { column(span.to) - column(span.from) >= 2 }

  // MARK: - What is pointed at

  private mutating func met(_ span: TraceSpan, _ task: TracedTask, _ row: Int) {
    if longestRun.map({ span.length > $0.end - $0.start }) ?? true {
      longestRun = mark(row, span.from, span.to, isCut: span.isCut, kinds.name(task.family))
    }
  }

  /// A stay in an actor is pointed at where it is a finding: as long as no task should stay, with others waiting for it.
  private mutating func held(_ span: TraceSpan, _ row: Int) {
    guard span.length >= Finding.Bounds.kept, span.meanwhile > 0, executors.indices.contains(Int(span.executor)) else {
      return
    }
    if longestStay.map({ span.length > $0.end - $0.start }) ?? true {
      longestStay = mark(row, span.from, span.to, isCut: span.isCut, executors[Int(span.executor)])
    }
  }

  private mutating func occupied(_ span: TraceSpan, _ row: Int) {
    if let last = busyUntil[row], span.from - last > longestGap.map({ $0.end - $0.start }) ?? 0 {
      longestGap = mark(row, last, span.from, isCut: false, "")
    }
    busyUntil[row] = max(busyUntil[row] ?? span.to, span.to)
  }

  private func mark(_ row: Int, _ start: Int64, _ end: Int64, isCut: Bool, _ name: String) -> TraceTimeline.Mark {
    TraceTimeline.Mark(
      row: row, start: start, end: end, from: column(start), to: column(end), isCut: isCut, name: name)
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
  func painted() -> (rows: [TraceTimeline.Row], parts: [TraceTimeline.Part]) {
    var parts: Set<TraceTimeline.Part> = []
    var painted = rows.rows
    for row in painted.indices {
      painted[row].lanes = lanes[row].map { lane in
        parts.formUnion(lane.parts)
        return lane.lane
      }
    }
    return (painted, parts.sorted())
  }
}

/// The pieces of a lane, by column.
struct ColumnPieces {
  private struct Piece {
    var from: Double
    var to: Double
    var part: TraceTimeline.Part
    var family: Int?
    /// Which span it is of.
    var span: Int
  }

  private struct Column {
    var count = 0
    var areLong = true
    /// The first two.
    var pieces: (Piece?, Piece?)
  }

  /// Of these each column knows the shares; families come first.
  private let order: [TraceTimeline.Part]
  private var columns: [Column]
  private var covers: [Double]
  private var spans = 0

  init(columns: Int, families: Int) {
    order =
      (0..<families).map { .running($0) }
      + [.job, .blocked, .nesting, .missing, .ready, .queued, .waiting, .unbegun]
    self.columns = Array(repeating: Column(), count: columns)
    covers = Array(repeating: 0, count: columns * order.count)
  }

  mutating func add(from: Double, to: Double, part: TraceTimeline.Part, family: Int?, isLong: Bool) {
    let place = place(of: part)
    let (first, last) = (max(Int(from), 0), min(Int(to), columns.count - 1))
    guard first <= last else { return }
    for column in first...last {
      let piece = Piece(
        from: max(from, Double(column)), to: min(to, Double(column + 1)), part: part, family: family, span: spans)
      // What ends where a column begins is not in it.
      guard piece.to > piece.from else { continue }
      covers[column * order.count + place] += piece.to - piece.from
      columns[column].count += 1
      if !isLong { columns[column].areLong = false }
      if columns[column].count == 1 { columns[column].pieces.0 = piece }
      if columns[column].count == 2 { columns[column].pieces.1 = piece }
    }
    spans += 1
  }

  private func place(of part: TraceTimeline.Part) -> Int {
    if case .running(let family) = part { return min(family, order.count - 9) }
    return order.firstIndex(of: part) ?? 0
  }

  /// The parts that there are.
  var parts: Set<TraceTimeline.Part> {
    let places = order.indices.filter { place in
      columns.indices.contains { covers[$0 * order.count + place] > 0 }
    }
    return Set(places.map { order[$0] })
  }

  /// As it is painted.
  var lane: TraceTimeline.Lane {
    let occupied = columns.count { $0.count > 0 }
    // Where most is told by shares, single slivers between would look like more.
    let isCrowded = columns.count { $0.count > 2 } * 3 > occupied
    var lane = TraceTimeline.Lane(bars: [], stacks: [])
    var lastSpan = -1
    for (number, column) in columns.enumerated() where column.count > 0 {
      guard column.count <= 2, column.areLong || !isCrowded else {
        lane.stacks.append(stack(number))
        lastSpan = -1
        continue
      }
      let pieces = [column.pieces.0, column.pieces.1].compactMap { $0 }.sorted { $0.from < $1.from }
      for piece in pieces {
        if piece.span == lastSpan, let last = lane.bars.last, last.to == piece.from {
          lane.bars[lane.bars.count - 1].to = piece.to
        } else {
          lane.bars.append(.init(from: piece.from, to: piece.to, part: piece.part, family: piece.family))
        }
        lastSpan = piece.span
      }
    }
    return lane
  }

  private func stack(_ column: Int) -> TraceTimeline.Stack {
    let shares = covers[column * order.count..<(column + 1) * order.count]
    // In a damaged trace a task may do two things at once.
    let whole = max(shares.reduce(0, +), 1)
    let told = zip(order, shares).filter { $0.1 > 0 }.map { (part: $0.0, share: $0.1 / whole) }
    return TraceTimeline.Stack(column: column, shares: told)
  }
}

/// A number over time: of each column the mean and the most.
struct ColumnLevels {
  private let start, length: Int64
  private var sums: Pieces
  private(set) var peaks: [Int]

  init(from start: Int64, length: Int64, columns: Int) {
    (self.start, self.length) = (start, max(length, 1))
    sums = Pieces(from: start, length: length, count: columns)
    peaks = Array(repeating: 0, count: sums.sums.count)
  }

  mutating func add(_ number: Int, from: Int64, to: Int64) {
    sums.add(number, from: from, to: to)
    func column(_ time: Int64) -> Int {
      min(max(Int(Double(time - start) / Double(length) * Double(peaks.count)), 0), peaks.count - 1)
    }
    for column in column(from)...max(column(to), column(from)) { peaks[column] = max(peaks[column], number) }
  }

  var means: [Double] { sums.sums.map { Double($0) * Double(peaks.count) / Double(length) } }

  func level(of window: TraceWindow) -> TraceSummary.Level {
    let means = means
    return TraceSummary.Level(
      least: Int(means.min() ?? 0), most: peaks.max() ?? 0,
      mean: means.reduce(0, +) / Double(max(means.count, 1)))
  }
}

import ExecutionTrace

/// How busy threads were over time: of each column and each class of utilisation, how many threads were so busy.
///
/// Numbers are ranked: of the different numbers that there are, the least has the first rank and the greatest the last, and
/// those between lie evenly, however far apart they are. So a cell of two threads is told from one of three where another
/// has sixty. Source: Dominik Honnef's gotraceui, whose heat map of processors has such a palette.
public struct UtilisationHeat: Sendable {
  /// A class of utilisation in a column that threads are in.
  public struct Cell: Sendable, Hashable {
    /// From the left, and from the bottom: of the lowest class are threads that ran for less than a part of the column.
    public var column, level: Int
    /// How many threads.
    public var threads: Int
    /// From 0 to 1.
    public var rank: Double
  }

  /// The part of the trace.
  public let window: TraceWindow
  /// How many columns and how many classes there are.
  public let columns, levels: Int
  /// Those with threads, by column, then by level.
  public let cells: [Cell]
  /// How many threads are counted in each column.
  public let threads: Int
  /// The different numbers of threads that cells have, the least first.
  public let numbers: [Int]
  /// Of each column, the mean of the threads' utilisation.
  public let means: [Double]

  /// How busy the threads of a window were that ran in it at all.
  public init(
    _ trace: Trace, in window: TraceWindow, columns: Int = 120, levels: Int = 10,
    from checkpoints: TraceCheckpoints? = nil
  ) {
    let observer = HeatBuilder(window: window, columns: columns, threads: trace.threads.count)
    let replay = TraceReplay(reading: trace, from: checkpoints, window: window, observer: observer)
    let busy = replay.observer.busy.compactMap { $0?.sums }
    let count = busy.first?.count ?? min(max(columns, 1), Int(clamping: window.length))
    let width = Double(window.length) / Double(count)
    var found: [Cell] = []
    var means: [Double] = []
    for column in 0..<count {
      var classes = Array(repeating: 0, count: levels)
      for sums in busy {
        let share = Double(sums[column]) / width
        classes[min(max(Int(share * Double(levels)), 0), levels - 1)] += 1
      }
      means.append(busy.reduce(0) { $0 + Double($1[column]) / width } / Double(max(busy.count, 1)))
      for (level, threads) in classes.enumerated() where threads > 0 {
        found.append(Cell(column: column, level: level, threads: threads, rank: 0))
      }
    }
    let numbers = Set(found.map(\.threads)).sorted()
    let ranks = Dictionary(
      uniqueKeysWithValues: numbers.enumerated().map { place, number in
        (number, numbers.count == 1 ? 1 : Double(place) / Double(numbers.count - 1))
      })
    for place in found.indices { found[place].rank = ranks[found[place].threads] ?? 0 }
    (self.window, self.columns, self.levels, cells, threads) = (window, count, levels, found, busy.count)
    (self.numbers, self.means) = (numbers, means)
  }
}

/// Adds up how long each thread ran in each column.
private struct HeatBuilder: TraceObserver {
  let window: TraceWindow
  let columns: Int
  var busy: [Pieces?]

  init(window: TraceWindow, columns: Int, threads: Int) {
    (self.window, self.columns) = (window, max(columns, 1))
    busy = Array(repeating: nil, count: threads)
  }

  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {}

  mutating func over(_ span: TraceSpan, of task: ToldTask?) {
    guard span.kind == .running || span.kind == .job, busy.indices.contains(Int(span.thread)) else { return }
    if busy[Int(span.thread)] == nil {
      busy[Int(span.thread)] = Pieces(from: window.start, length: window.length, count: columns)
    }
    busy[Int(span.thread)]?.add(1, from: span.from, to: span.to)
  }
}

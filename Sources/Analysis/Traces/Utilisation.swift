/// How many threads ran tasks or jobs, over time.
///
/// The time that the processors had is the window's times their number. Threads in calls that block do not run; more
/// threads than there are processors count as many as these, for the rest of them waits for a processor.
public struct Utilisation: Sendable, Hashable {
  /// The window is divided into so many pieces for what is asked of shorter ones.
  static let pieces = 65_536
  /// A shorter window than so many pieces is not told of.
  private static let finest = 16

  /// The window's length.
  public let length: Int64
  /// The processors.
  public let processors: Int
  /// For how long so many threads ran at once, from none on.
  public let timeByRunning: [Int64]
  /// The time that processors had nothing of a task or job to run while tasks were ready and threads for them free, all
  /// together.
  public let idleWhileReady: Int64
  /// Up to each piece, the time that processors ran, all together.
  private let sums: [Int64]

  init(length: Int64, processors: Int, timeByRunning: [Int64], idleWhileReady: Int64, pieces: [Int64]) {
    self.length = length
    self.processors = max(processors, 1)
    self.timeByRunning = timeByRunning
    self.idleWhileReady = idleWhileReady
    sums = pieces.reduce(into: [0]) { $0.append(($0.last ?? 0).adding($1)) }
  }

  /// The time that processors had, all together.
  public var available: Double { Double(length) * Double(processors) }

  /// The time that they ran tasks or jobs, all together.
  public var running: Int64 {
    timeByRunning.enumerated().reduce(0) { $0 + Int64(min($1.offset, processors)) * $1.element }
  }

  /// The share of the processors' time in which they ran tasks or jobs.
  public var share: Double { available > 0 ? Double(running) / available : 0 }

  /// How many threads ran at once, in the mean.
  public var parallelism: Double {
    let sum = timeByRunning.enumerated().reduce(0.0) { $0 + Double($1.offset) * Double($1.element) }
    return length > 0 ? sum / Double(length) : 0
  }

  /// The share of the processors' time in which they ran nothing of a task or job though tasks were ready.
  public var idleShare: Double { available > 0 ? Double(idleWhileReady) / available : 0 }

  /// The share of each of so many columns' time in which the processors ran tasks or jobs.
  public func shares(columns: Int) -> [Double] {
    func running(upTo column: Int) -> Double {
      let place = Double(column) / Double(columns) * Double(sums.count - 1)
      let piece = max(min(Int(place), sums.count - 2), 0)
      let (from, to) = (sums[piece], sums[min(piece + 1, sums.count - 1)])
      return Double(from) + (place - Double(piece)) * Double(to - from)
    }
    let whole = max(available / Double(max(columns, 1)), 1)
    var before = 0.0
    return (0..<columns).map { column in
      let now = running(upTo: column + 1)
      defer { before = now }
      return min(max((now - before) / whole, 0), 1)
    }
  }

  /// The shortest window that is told of.
  public var shortestWindow: Int64 { max(length * Int64(Self.finest) / Int64(sums.count - 1), 1) }

  /// The window of a length in which the processors ran the least, and the share that they ran in it; nil if it is longer
  /// than all or shorter than `shortestWindow`. Windows begin and end at a 65,536th of the whole.
  ///
  /// Source: Perry Cheng and Guy Blelloch, "A parallel, real-time garbage collector", PLDI 2001, for minimum utilisation.
  public func minimum(over window: Int64) -> (share: Double, start: Int64)? {
    guard window >= shortestWindow, window <= length else { return nil }
    let pieces = sums.count - 1
    let width = min(max(Int((Double(window) / Double(length) * Double(pieces)).rounded()), 1), pieces)
    var (least, place) = (Int64.max, 0)
    for start in 0...(pieces - width) where sums[start + width] - sums[start] < least {
      (least, place) = (sums[start + width] - sums[start], start)
    }
    let perPiece = Double(length) / Double(pieces)
    let share = Double(least) / (Double(width) * perPiece * Double(processors))
    return (min(share, 1), Int64(Double(place) * perPiece))
  }
}

/// Sums of a number over time, by pieces of equal length.
struct Pieces {
  private let start, length: Int64
  /// Without what `last` has.
  private var known: [Int64]
  /// The piece that was added to last, where it begins and ends, and what was added since: mostly the next number is of the
  /// same.
  private var last: (piece: Int, from: Int64, to: Int64, sum: Int64) = (0, 0, 0, 0)

  init(from start: Int64, length: Int64, count: Int) {
    (self.start, self.length) = (start, max(length, 1))
    // No piece is shorter than a nanosecond.
    known = Array(repeating: 0, count: Int(min(Int64(count), self.length)))
  }

  /// How many pieces there are.
  var count: Int { known.count }

  /// The sum of each piece.
  var sums: [Int64] {
    var sums = known
    if last.sum != 0 { sums[last.piece] = sums[last.piece].adding(last.sum) }
    return sums
  }

  /// Adds a number that was so from one time to another, which lie within.
  @inline(__always) mutating func add(_ number: Int, from: Int64, to: Int64) {
    let (from, to) = (from - start, to - start)
    if from >= last.from, to <= last.to {
      if from < to { last.sum = last.sum.adding((to - from).multiplied(by: number)) }
    } else if number != 0 {
      addElsewhere(number, from, to)
    }
  }

  @inline(never) private mutating func addElsewhere(_ number: Int, _ start: Int64, _ to: Int64) {
    known[last.piece] = known[last.piece].adding(last.sum)
    var from = start
    var piece = min(Int(Double(from) / Double(length) * Double(known.count)), known.count - 1)
    // A double rounds.
    while piece > 0, edge(piece) > from { piece -= 1 }
    while from < to {
      while piece < known.count - 1, edge(piece + 1) <= from { piece += 1 }
      let end = piece < known.count - 1 ? min(to, edge(piece + 1)) : to
      known[piece] = known[piece].adding((end - from).multiplied(by: number))
      from = end
    }
    last = (piece, edge(piece), piece < known.count - 1 ? edge(piece + 1) : length, 0)
  }

  /// Where a piece begins.
  private func edge(_ piece: Int) -> Int64 {
    let (high, low) = length.multipliedFullWidth(by: Int64(piece))
    return Int64(known.count).dividingFullWidth((high, low)).quotient
  }
}

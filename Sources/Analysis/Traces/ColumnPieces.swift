/// The pieces of a lane, by column, while nobody knows yet which families will look different: they go by their numbers in
/// the replay.
struct ColumnPieces {
  /// What somebody does at a time, as a number: that of a family, or less than nothing.
  struct Code: Hashable {
    let number: Int32

    static let job = Code(number: -1), blocked = Code(number: -2), nesting = Code(number: -3)
    static let missing = Code(number: -4), ready = Code(number: -5), queued = Code(number: -6)
    static let waiting = Code(number: -7), unbegun = Code(number: -8)
    fileprivate static let others: [(Code, TraceTimeline.Part)] = [
      (job, .job), (blocked, .blocked), (nesting, .nesting), (missing, .missing), (ready, .ready), (queued, .queued),
      (waiting, .waiting), (unbegun, .unbegun),
    ]

    static func running(_ family: Int32) -> Code { Code(number: max(family, 0)) }

    fileprivate var index: Int { Int(number) + Self.others.count }

    fileprivate func part(_ kinds: FamilyKinds) -> TraceTimeline.Part {
      number < 0 ? Self.others[-Int(number) - 1].1 : .running(kinds.place(number))
    }
  }

  private struct Piece {
    var from: Double
    var to: Double
    var code: Code
    /// −1: nobody's.
    var family: Int32
    /// Which span it is of.
    var span: Int
  }

  private struct Column {
    var count = 0
    var areLong = true
    /// The first two.
    var pieces: (Piece?, Piece?)
  }

  private let count: Int
  /// None, before anything is added.
  private var columns: [Column] = []
  /// By code, the place in `covers`; −1: none.
  private var places: [Int] = []
  /// Of each code that there is, of each column how much of it the code takes.
  private var covers: [(code: Code, columns: [Double])] = []
  private var spans = 0

  init(columns: Int) { count = columns }

  /// Adds a stretch, whose ends are in columns.
  mutating func add(from: Double, to: Double, code: Code, family: Int32, isLong: Bool) {
    let (first, last) = (max(Int(from), 0), min(Int(to), count - 1))
    guard first <= last else { return }
    if columns.isEmpty { columns = Array(repeating: Column(), count: count) }
    let place = place(of: code)
    for column in first...last {
      let (start, end) = (max(from, Double(column)), min(to, Double(column + 1)))
      // What ends where a column begins is not in it.
      guard end > start else { continue }
      covers[place].columns[column] += end - start
      let count = columns[column].count + 1
      columns[column].count = count
      if !isLong { columns[column].areLong = false }
      guard count <= 2 else { continue }
      let piece = Piece(from: start, to: end, code: code, family: family, span: spans)
      if count == 1 { columns[column].pieces.0 = piece } else { columns[column].pieces.1 = piece }
    }
    spans += 1
  }

  private mutating func place(of code: Code) -> Int {
    let index = code.index
    while places.count <= index { places.append(-1) }
    if places[index] < 0 {
      places[index] = covers.count
      covers.append((code, Array(repeating: 0, count: count)))
    }
    return places[index]
  }

  /// The parts that there are.
  func parts(_ kinds: FamilyKinds) -> Set<TraceTimeline.Part> {
    Set(covers.filter { $0.columns.contains { $0 > 0 } }.map { $0.code.part(kinds) })
  }

  /// As it is painted.
  func lane(_ kinds: FamilyKinds) -> TraceTimeline.Lane {
    let occupied = columns.count { $0.count > 0 }
    // Where most is told by shares, single slivers between would look like more.
    let isCrowded = columns.count { $0.count > 2 } * 3 > occupied
    var lane = TraceTimeline.Lane(bars: [], stacks: [])
    var lastSpan = -1
    let shares = shares(kinds)
    for (number, column) in columns.enumerated() where column.count > 0 {
      guard column.count <= 2, column.areLong || !isCrowded else {
        lane.stacks.append(Self.stack(number, shares))
        lastSpan = -1
        continue
      }
      let pieces = [column.pieces.0, column.pieces.1].compactMap { $0 }.sorted { $0.from < $1.from }
      for piece in pieces {
        if piece.span == lastSpan, let last = lane.bars.last, last.to == piece.from {
          lane.bars[lane.bars.count - 1].to = piece.to
        } else {
          lane.bars.append(
            .init(
              from: piece.from, to: piece.to, part: piece.code.part(kinds),
              family: piece.family < 0 ? nil : kinds.place(piece.family)))
        }
        lastSpan = piece.span
      }
    }
    return lane
  }

  private typealias Shares = [(part: TraceTimeline.Part, columns: [Double])]

  /// Of each part, in order of parts, how much of each column it takes.
  private func shares(_ kinds: FamilyKinds) -> Shares {
    var sums: [TraceTimeline.Part: [Double]] = [:]
    for (code, columns) in covers {
      let part = code.part(kinds)
      guard sums[part] != nil else {
        sums[part] = columns
        continue
      }
      for column in columns.indices { sums[part]?[column] += columns[column] }
    }
    return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func stack(_ column: Int, _ shares: Shares) -> TraceTimeline.Stack {
    // In a damaged trace a task may do two things at once.
    let whole = max(shares.reduce(0) { $0 + $1.columns[column] }, 1)
    let told = shares.filter { $0.columns[column] > 0 }.map { (part: $0.part, share: $0.columns[column] / whole) }
    return TraceTimeline.Stack(column: column, shares: told)
  }
}

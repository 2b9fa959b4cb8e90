import Synchronization

/// What is looked at: a square piece of the plane, divided into so many columns and rows as the picture has.
public struct View: Sendable {
  private let left, bottom, step: Double
  private let shift: Int

  /// A view of which the corner lies so many columns right of the one given.
  @_spi(Judge) public init(left: Double, bottom: Double, step: Double, shift: Int) {
    (self.left, self.bottom, self.step, self.shift) = (left, bottom, step, shift)
  }

  /// The point of the plane that a point of the picture stands for: so many from the left, so many from below, from 0.
  public func point(_ column: Int, _ row: Int) -> (x: Double, y: Double) {
    (left + Double(column + shift) * step, bottom + Double(row) * step)
  }
}

/// A square of points for a printer that knows of no colours but how deep each point is. Any task may set any point, at
/// any time; each is to be set once.
public final class Canvas: Sendable {
  /// Points in a row, and rows.
  public let size: Int
  nonisolated(unsafe) private let points: UnsafeMutablePointer<UInt16>
  private let pieces = Mutex<[UInt64: Piece]>([:])
  private let clock = Atomic(0)

  /// A canvas of which no point is set.
  @_spi(Judge) public init(size: Int) {
    self.size = size
    points = .allocate(capacity: size * size)
    points.initialize(repeating: .max, count: size * size)
  }

  deinit { points.deallocate() }

  /// Sets a point: so many from the left, so many from below, both from 0.
  public func set(_ column: Int, _ row: Int, to depth: Int) {
    precondition((0..<size).contains(column) && (0..<size).contains(row), "not on the canvas")
    points[row * size + column] = UInt16(clamping: depth)
    // Each sixteenth tells enough of who does how much.
    if (column + 7 * row) % 16 == 0 { note(depth) }
  }

  /// What is there in a row.
  @_spi(Judge) public func row(_ row: Int) -> UnsafeBufferPointer<UInt16> {
    UnsafeBufferPointer(start: points + row * size, count: size)
  }

  // MARK: - Who does what

  /// What one task has set.
  private struct Piece {
    var points: Int
    var depth: Int
    /// When it began and when it was last seen, counted in points set.
    var first: Int
    var last: Int
  }

  private func note(_ depth: Int) {
    let now = clock.add(1, ordering: .relaxed).newValue
    // All that no task does counts as one.
    let id = swift_task_getCurrent().map(swift_task_getJobTaskId) ?? 0
    pieces.withLock { pieces in
      var piece = pieces[id] ?? Piece(points: 0, depth: 0, first: now, last: now)
      piece.points += 1
      piece.depth += depth
      piece.last = max(piece.last, now)
      pieces[id] = piece
    }
  }

  /// The share of all steps that the task with most of them had.
  @_spi(Judge) public var largestShare: Double {
    pieces.withLock { pieces in
      let sum = pieces.values.reduce(0) { $0 + $1.depth }
      return Double(pieces.values.map(\.depth).max() ?? 0) / Double(max(sum, 1))
    }
  }

  /// The share of points that were set, but not by a task.
  @_spi(Judge) public var shareOutsideTasks: Double {
    Double(pieces.withLock { $0[0]?.points ?? 0 }) / Double(max(clock.load(ordering: .relaxed), 1))
  }

  /// How many tasks had begun and were not done when most were.
  @_spi(Judge) public var mostAtOnce: Int {
    let ends = pieces.withLock { pieces in pieces.values.flatMap { [($0.first, 1), ($0.last + 1, -1)] } }
    var (now, most) = (0, 0)
    for (_, change) in ends.sorted(by: { $0 < $1 }) {
      now += change
      most = max(most, now)
    }
    return most
  }
}

// The runtime's own: the task that runs on this thread, and its number, which no other ever has.
@_silgen_name("swift_task_getCurrent") private func swift_task_getCurrent() -> UnsafeRawPointer?
@_silgen_name("swift_task_getJobTaskId") private func swift_task_getJobTaskId(_ task: UnsafeRawPointer) -> UInt64

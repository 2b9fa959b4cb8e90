import Foundation
import Synchronization

/// What is looked at: a square piece of the plane, divided into so many columns and rows as the picture has.
public struct View: Sendable {
  private let left, bottom, step: Double
  private let shift: Int
  private let watch: Watch

  /// A view, for a canvas, of which the corner lies so many columns right of the one given.
  @_spi(Judge) public init(left: Double, bottom: Double, step: Double, shift: Int, for canvas: Canvas) {
    (self.left, self.bottom, self.step, self.shift, watch) = (left, bottom, step, shift, canvas.watch)
  }

  /// The point of the plane that a point of the picture stands for: so many from the left, so many from below, from 0.
  public func point(_ column: Int, _ row: Int) -> (x: Double, y: Double) {
    watch.noteAsked()
    return (left + Double(column + shift) * step, bottom + Double(row) * step)
  }
}

/// A square of points for a printer that knows of no colours but how deep each point is. Any task may set any point, at
/// any time; each is to be set once.
public final class Canvas: Sendable {
  /// Points in a row, and rows.
  public let size: Int
  nonisolated(unsafe) private let points: UnsafeMutablePointer<UInt16>
  fileprivate let watch: Watch

  /// A canvas of which no point is set.
  @_spi(Judge) public init(size: Int) {
    self.size = size
    watch = Watch(points: size * size)
    points = .allocate(capacity: size * size)
    points.initialize(repeating: .max, count: size * size)
  }

  deinit { points.deallocate() }

  /// Sets a point: so many from the left, so many from below, both from 0.
  public func set(_ column: Int, _ row: Int, to depth: Int) {
    precondition((0..<size).contains(column) && (0..<size).contains(row), "not on the canvas")
    points[row * size + column] = UInt16(clamping: depth)
    watch.noteSet()
  }

  /// What is there in a row.
  @_spi(Judge) public func row(_ row: Int) -> UnsafeBufferPointer<UInt16> {
    UnsafeBufferPointer(start: points + row * size, count: size)
  }

  /// How often one task was stopped, and nobody went on who was not.
  @_spi(Judge) public var standstills: Int { watch.standstills.load(ordering: .relaxed) }
  /// The share of points that were set, but not by a task.
  @_spi(Judge) public var shareOutsideTasks: Double {
    Double(watch.outside.load(ordering: .relaxed)) / Double(size * size)
  }
}

/// Looks whether several tasks paint: now and then it stops one, and waits until others have gone on.
private final class Watch: Sendable {
  private let points: Int
  private let asked = Atomic(0)
  private let set = Atomic(0)
  let outside = Atomic(0)
  let standstills = Atomic(0)
  /// The task that is stopped, and what the others have done meanwhile.
  private let stopped = Atomic<UInt64>(0)
  private let others = Atomic(0)
  private let condition = NSCondition()

  /// When one that asks is stopped, and when one that sets is: at so many hundredths of all points.
  private static let whenAsked = [30, 60], whenSet = [45, 65]
  /// What others have to do meanwhile: more than to come to a lock and wait for it.
  private static let enough = 64

  init(points: Int) { self.points = points }

  @inline(__always) func noteAsked() {
    let count = asked.add(1, ordering: .relaxed).newValue
    noteOthers()
    if Self.whenAsked.contains(where: { count == points * $0 / 100 }) { stop() }
  }

  @inline(__always) func noteSet() {
    let count = set.add(1, ordering: .relaxed).newValue
    noteOthers()
    if swift_task_getCurrent() == nil { outside.add(1, ordering: .relaxed) }
    // Who gathers what others have computed may be the last at work.
    guard Self.whenSet.contains(where: { count == points * $0 / 100 }) else { return }
    if asked.load(ordering: .relaxed) < points { stop() }
  }

  @inline(__always) private func noteOthers() {
    let task = stopped.load(ordering: .relaxed)
    guard task != 0, task != Self.current, others.add(1, ordering: .relaxed).newValue == Self.enough else { return }
    // At once: who is stopped for long gives the others a start.
    condition.withLock { condition.signal() }
  }

  private static var current: UInt64 { swift_task_getCurrent().map(swift_task_getJobTaskId) ?? .max }

  /// How many looks have to agree that nothing moves, 5 ms from one to the next. They are counted and not timed: on a
  /// machine that is busy with other things nobody is at rest who would go on. Who asks without end is never at rest.
  private static let looks = 10, most = 400

  @inline(never) private func stop() {
    others.store(0, ordering: .relaxed)
    guard stopped.compareExchange(expected: 0, desired: Self.current, ordering: .relaxed).exchanged else { return }
    defer { stopped.store(0, ordering: .relaxed) }
    var (agreed, seen, same) = (0, 0, 0)
    while true {
      condition.withLock {
        guard others.load(ordering: .relaxed) < Self.enough else { return }
        _ = condition.wait(until: Date(timeIntervalSinceNow: 0.005))
      }
      let now = others.load(ordering: .relaxed)
      if now >= Self.enough { return }
      same = now == seen ? same + 1 : 0
      agreed = now == seen && !Self.othersRun() ? agreed + 1 : 0
      seen = now
      if agreed < Self.looks, same < Self.most { continue }
      standstills.add(1, ordering: .relaxed)
      return
    }
  }

  /// Whether a thread of this process but the caller is running or would be if it had a processor.
  private static func othersRun() -> Bool {
    let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
    let own = link.split(separator: "/").last.map(String.init) ?? ""
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] where thread != own {
      guard let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8),
        let name = text.lastIndex(of: ")")
      else { continue }
      if text[name...].dropFirst(2).first == "R" { return true }
    }
    return false
  }
}

// The runtime's own: the task that runs on this thread, and its number, which no other ever has.
@_silgen_name("swift_task_getCurrent") private func swift_task_getCurrent() -> UnsafeRawPointer?
@_silgen_name("swift_task_getJobTaskId") private func swift_task_getJobTaskId(_ task: UnsafeRawPointer) -> UInt64

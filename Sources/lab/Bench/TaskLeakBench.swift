import Profiling
import Synchronization

extension Benchmark {
  /// The pauses of a search for lost tasks among many that wait, beside those of a leak scan of the same memory, and
  /// whether it finds what was planted.
  static let taskLeaks = Benchmark(name: "taskleaks") {
    try LeakDetector.arm()
    defer { LeakDetector.disarm() }
    try TaskLeakDetector.arm()
    defer { TaskLeakDetector.disarm() }
    let (lost, waiting) = (10_000, 100_000)
    let desk = Desk()
    for _ in 0..<waiting { Task { await desk.wait() } }
    for _ in 0..<lost { Task { await desk.waitInVain() } }
    while desk.count < lost + waiting { try await Task.sleep(for: .milliseconds(10)) }
    try await Task.sleep(for: .milliseconds(100))
    let leaks = try await LeakDetector.report()
    let report = try await TaskLeakDetector.report()
    desk.answerAll()
    let longest = report.pauses.map(milliseconds).max() ?? 0
    return [
      Row(
        name: "taskleaks: longest pause with \(waiting + lost) tasks in \(leaks.scan.liveBlocks) live blocks",
        value: longest, unit: "ms", goal: .atMost(500)),
      Row(
        name: "taskleaks: the same, over the pause of a leak scan",
        value: longest / (Double(leaks.scan.pauseNanoseconds) / 1e6), unit: "ratio", goal: .none),
      Row(
        name: "taskleaks: lost tasks found of those planted", value: Double(report.count) / Double(lost), unit: "ratio",
        // A word that is left on the stack of a thread of the pool may hide one.
        goal: .atLeast(0.999)),
      Row(
        name: "taskleaks: other tasks reported", value: Double(max(0, report.count - lost)), unit: "count",
        goal: .atMost(0)),
    ]
  }
}

private func milliseconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
}

/// Where tasks wait.
private final class Desk: Sendable {
  private let waiting = Mutex<(known: [UnsafeContinuation<Void, Never>], forgotten: Int)>(([], 0))

  var count: Int {
    @inline(never) get { waiting.withLock { $0.known.count + $0.forgotten } }
  }
  func wait() async { await withUnsafeContinuation { take($0) } }
  func waitInVain() async { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in forget() } }

  @inline(never) private func take(_ continuation: UnsafeContinuation<Void, Never>) {
    waiting.withLock { $0.known.append(continuation) }
  }
  @inline(never) private func forget() { waiting.withLock { $0.forgotten += 1 } }
  @inline(never) func answerAll() {
    for continuation in waiting.withLock({ $0.known }) { continuation.resume() }
    waiting.withLock { $0.known = [] }
  }
}

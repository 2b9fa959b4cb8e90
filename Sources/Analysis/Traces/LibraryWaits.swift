import ExecutionTrace

/// What tasks wait for that wait in a function of Swift's library: to the runtime, all that they have there are
/// continuations. A stack is looked at once.
struct LibraryWaits {
  /// By stack; nil: not looked at yet.
  private var reasons: [ExecutionTrace.WaitReason?]
  private let stacks: [TraceStack]

  init(_ trace: Trace) {
    stacks = trace.stacks
    reasons = Array(repeating: nil, count: stacks.count)
  }

  /// Why a task is suspended.
  mutating func reason(of event: TraceEvent) -> ExecutionTrace.WaitReason {
    let stack = Int(event.index)
    guard event.reason == .continuation, stack > 0, stacks.indices.contains(stack) else { return event.reason }
    if let known = reasons[stack] { return known }
    let reason = Self.reason(of: stacks[stack])
    reasons[stack] = reason
    return reason
  }

  /// The innermost function that says it counts, if all within it are of the library as well.
  private static func reason(of stack: TraceStack) -> ExecutionTrace.WaitReason {
    for frame in stack.frames {
      let function = frame.function.suffix(after: " in ")
      if let wait = waits.first(where: { function.hasPrefix($0.function) }) { return wait.reason }
      guard wrappers.contains(where: { function.hasPrefix($0) }) else { return .continuation }
    }
    return .continuation
  }

  private static let waits: [(function: String, reason: ExecutionTrace.WaitReason)] = [
    ("Task.sleep(", .sleep), ("Task._sleep(", .sleep), ("ContinuousClock.sleep(", .sleep),
    ("SuspendingClock.sleep(", .sleep), ("Task.yield(", .yield), ("AsyncStream.", .stream),
    ("AsyncThrowingStream.", .stream),
  ]
  /// What the library's functions that wait have around their continuations.
  private static let wrappers = ["withUnsafe", "withChecked", "withTaskCancellationHandler("]
}

extension String {
  /// What follows the last of the separators; all of it if there is none.
  fileprivate func suffix(after separator: String) -> Substring {
    ranges(of: separator).last.map { self[$0.upperBound...] } ?? self[...]
  }
}

import CProfiler
import ExecutionTrace

/// Runs `body` with labels on everything it does, so that samples of a shared function tell who called it.
///
/// Labels merge with those around; where a name is bound twice, the inner value wins. Tasks created in `body` inherit
/// them.
///
///     withLabels(["client": "reports"]) { decode(response) }
///
/// Costs about a microsecond.
public func withLabels<R>(_ labels: [String: String], _ body: () throws -> R) rethrows -> R {
  LabelReader.prepare()
  let outer = TaskLabels.number
  let number = LabelSets.shared.number(of: labels, within: outer)
  let former = lab_labels_exchange(number)
  defer { _ = lab_labels_exchange(former) }
  TaskLabels.tellTrace(number)
  defer { TaskLabels.tellTrace(outer) }
  return try TaskLabels.$number.withValue(number, operation: body)
}

/// Runs `body` with labels on everything it does, wherever it resumes and whatever child tasks it makes.
///
///     await withLabels(["client": "reports"]) { await reports.refresh() }
public func withLabels<R>(
  _ labels: [String: String], isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
) async rethrows -> R {
  LabelReader.prepare()
  let outer = TaskLabels.number
  let number = LabelSets.shared.number(of: labels, within: outer)
  TaskLabels.tellTrace(number)
  defer { TaskLabels.tellTrace(outer) }
  return try await TaskLabels.$number.withValue(number, operation: body, isolation: isolation)
}

/// The task-local place of the label set's number, which the signal handler reads.
enum TaskLabels {
  @TaskLocal static var number: UInt32 = 0

  /// What the running task does from here on is done with other labels.
  static func tellTrace(_ number: UInt32) {
    guard lab_trace_is_on() else { return }
    lab_trace_mark(TraceEvent.Kind.labels.rawValue, 0, number, 0)
  }
}

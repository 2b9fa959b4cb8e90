import ExecutionTrace

/// Reads a window once for its numbers and its rows together.
///
/// That is enough if every thread has a row whatever the numbers are. Else the numbers are needed first, for they say which
/// threads ran the longest.
struct TimelinePass: TraceObserver {
  private var summary: SummaryBuilder
  private var timeline: TimelineBuilder

  private init(summary: SummaryBuilder, timeline: TimelineBuilder) {
    (self.summary, self.timeline) = (summary, timeline)
  }

  /// Whether no thread is left out.
  static func isEnough(for trace: Trace, rows: Int) -> Bool { trace.threads.count <= rows }

  static func read(
    _ trace: Trace, in window: TraceWindow, columns: Int, label: String?, from checkpoints: TraceCheckpoints?
  ) -> (TraceSummary, TimelineBuilder) {
    if label == nil, let checkpoints, let known = checkpoints.timeline, known.columns == columns,
      window == checkpoints.summary.window
    {
      return (checkpoints.summary, known)
    }
    let pass = TimelinePass(
      summary: SummaryBuilder(trace, window),
      timeline: TimelineBuilder(window: window, columns: columns, keys: TimelineKeys(trace)))
    let replay = TraceReplay(reading: trace, from: checkpoints, window: window, observer: pass, label: label)
    return (replay.observer.summary.summary(of: trace, replay), replay.observer.timeline)
  }

  mutating func passed(from: Int64, to: Int64, _ counts: TraceCounts) {
    summary.passed(from: from, to: to, counts)
    timeline.passed(from: from, to: to, counts)
  }
  mutating func made(_ task: ToldTask, at time: Int64) { summary.made(task, at: time) }
  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {
    summary.left(task, at: time, hasEnded: hasEnded)
  }
  mutating func over(_ span: TraceSpan, of task: ToldTask?) {
    summary.over(span, of: task)
    timeline.over(span, of: task)
  }
  mutating func noted(_ value: Int64, named name: UInt32, at time: Int64) {
    summary.noted(value, named: name, at: time)
    timeline.noted(value, named: name, at: time)
  }
  mutating func woken(_ task: ToldTask, on thread: Int32, at time: Int64) {
    timeline.woken(task, on: thread, at: time)
  }
}

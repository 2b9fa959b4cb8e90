import CProfiler
import Pprof

/// A part of what is recorded of waits: from its opening to its end, without the pauses.
///
/// The figures only ever grow, so a window notes what they were when it opened and takes that from what they are when it
/// closes.
struct WaitWindow: SessionPart {
  /// The fraction, or the rate, that was asked for.
  let asked: Int
  let beganAt = nanosecondsSinceEpoch()
  let began = ContinuousClock.now
  private(set) var isOpen = true
  /// By number of a bucket, from 1 on: what it got while the window was open, less what it had at an opening that has no
  /// closing yet. Wraps.
  private var figures: [lab_wait_figures] = []
  /// What was lost in it. It must be closed.
  private(set) var losses = Losses()
  /// What tasks did in it. It must be closed.
  private(set) var habits = Habits()
  /// For how many nanoseconds in it threads that had waited for locks did not run yet. It must be closed.
  private(set) var wakeups: UInt64 = 0

  /// A window that is open since the recording began.
  init(asked: Int) { self.asked = asked }

  /// Leaves out what was recorded until now.
  mutating func startNow() {
    isOpen = false
    open()
  }

  mutating func open() {
    guard !isOpen else { return }
    isOpen = true
    losses &-= .now
    habits &-= .now
    wakeups &-= lab_mutex_wakeups()
    each { $0.combine($1.figures, &-) }
  }

  mutating func close() {
    guard isOpen else { return }
    isOpen = false
    losses &+= .now
    habits &+= .now
    wakeups &+= lab_mutex_wakeups()
    each { $0.combine($1.figures, &+) }
  }

  private mutating func each(_ combine: (inout lab_wait_figures, lab_wait_bucket) -> Void) {
    var bucket = lab_wait_bucket()
    for index in 0..<Int(lab_wait_bucket_count()) {
      if index == figures.count { figures.append(lab_wait_figures()) }
      if lab_wait_bucket_at(UInt32(index + 1), &bucket) { combine(&figures[index], bucket) }
    }
  }

  /// What was recorded in it, in some views. It must be closed.
  func waits(_ views: Set<UInt32>) -> [RecordedWaits] {
    var bucket = lab_wait_bucket()
    return figures.indices.compactMap { index in
      let figures = figures[index]
      guard figures.delay > 0 || figures.holds > 0, lab_wait_bucket_at(UInt32(index + 1), &bucket),
        views.contains(bucket.view.rawValue)
      else { return nil }
      return RecordedWaits(bucket, figures)
    }
  }
}

extension lab_wait_figures {
  fileprivate mutating func combine(_ other: lab_wait_figures, _ with: (UInt64, UInt64) -> UInt64) {
    contentions = with(contentions, other.contentions)
    delay = with(delay, other.delay)
    runnable = with(runnable, other.runnable)
    holds = with(holds, other.holds)
    held = with(held, other.held)
    queued = with(queued, other.queued)
  }
}

import CProfiler
import Pprof

/// A part of what is recorded of waits: from its opening to its end, without the pauses.
///
/// The figures only ever grow, so a window notes what they were when it opened and takes that from what they are when it
/// closes.
struct WaitWindow: SessionPart {
  private struct Figures {
    var contentions: UInt64 = 0
    var delay: UInt64 = 0
  }

  /// The fraction, or the rate, that was asked for.
  let asked: Int
  let beganAt = nanosecondsSinceEpoch()
  let began = ContinuousClock.now
  private(set) var isOpen = true
  /// By number of a bucket, from 1 on: what it got while the window was open, less what it had at an opening that has no
  /// closing yet. Wraps.
  private var figures: [Figures] = []
  /// What was lost in it. It must be closed.
  private(set) var losses = Losses()
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
    wakeups &-= lab_mutex_wakeups()
    each { figures, bucket in
      figures.contentions &-= bucket.contentions
      figures.delay &-= bucket.delay
    }
  }

  mutating func close() {
    guard isOpen else { return }
    isOpen = false
    losses &+= .now
    wakeups &+= lab_mutex_wakeups()
    each { figures, bucket in
      figures.contentions &+= bucket.contentions
      figures.delay &+= bucket.delay
    }
  }

  private mutating func each(_ combine: (inout Figures, lab_wait_bucket) -> Void) {
    var bucket = lab_wait_bucket()
    for index in 0..<Int(lab_wait_bucket_count()) {
      if index == figures.count { figures.append(Figures()) }
      if lab_wait_bucket_at(UInt32(index + 1), &bucket) { combine(&figures[index], bucket) }
    }
  }

  /// What was recorded in it, in some views. It must be closed.
  func waits(_ views: Set<UInt32>) -> [RecordedWaits] {
    var bucket = lab_wait_bucket()
    return figures.indices.compactMap { index in
      let figures = figures[index]
      guard figures.contentions > 0, lab_wait_bucket_at(UInt32(index + 1), &bucket),
        views.contains(bucket.view.rawValue)
      else { return nil }
      return RecordedWaits(bucket, contentions: figures.contentions, delay: figures.delay)
    }
  }
}

/// The waits of one stack.
struct RecordedWaits {
  /// Return addresses, leaf first; none if what ended the waits could not be seen.
  var addresses: [UInt64]
  /// The number of its label set.
  var labels: UInt32
  var view: lab_wait_view
  var on: lab_wait_on
  var count: Int
  /// Nanoseconds.
  var delay: Int
  /// Whether it stands for all stacks beyond the bound of the table.
  var isBeyondBound: Bool

  init(_ bucket: lab_wait_bucket, contentions: UInt64, delay: UInt64) {
    var set: UInt64 = 0
    addresses = withUnsafeTemporaryAllocation(of: UInt.self, capacity: Int(LAB_WAIT_MOST_FRAMES)) { buffer in
      let count = lab_wait_frames(bucket.stack, buffer.baseAddress, buffer.count, &set)
      return buffer[..<count].map { UInt64($0) }
    }
    labels = UInt32(truncatingIfNeeded: set)
    view = bucket.view
    on = bucket.on
    let unit = UInt64(LAB_WAIT_COUNT_UNIT)
    count = Int((contentions + unit / 2) / unit)
    self.delay = Int(delay)
    isBeyondBound = addresses.isEmpty && bucket.stack != 0
  }

  /// What is waited for, as labels say it.
  var name: String {
    switch on {
    case LAB_WAIT_ON_MUTEX: "Mutex"
    case LAB_WAIT_ON_PTHREAD: "pthread_mutex_t"
    case LAB_WAIT_ON_RWLOCK: "pthread_rwlock_t"
    case LAB_WAIT_ON_QUEUE: "DispatchQueue"
    case LAB_WAIT_ON_CONDITION: "condition"
    case LAB_WAIT_ON_SEMAPHORE: "semaphore"
    case LAB_WAIT_ON_FUTEX: "futex"
    case LAB_WAIT_ON_TIME: "sleep"
    case LAB_WAIT_ON_THREAD: "thread"
    case LAB_WAIT_ON_PROCESS: "process"
    case LAB_WAIT_ON_POLL: "poll"
    case LAB_WAIT_ON_READ: "read"
    default: "write"
    }
  }
}

/// The form that both profiles of waits have.
func waitProfile(_ waits: [RecordedWaits], in window: WaitWindow, label: String, comments: [String]) -> Profile {
  var builder = ProfileBuilder(sampleTypes: [
    ValueType(type: "contentions", unit: "count"), ValueType(type: "delay", unit: "nanoseconds"),
  ])
  for wait in waits {
    let values = [Int64(wait.count), Int64(wait.delay)]
    if wait.isBeyondBound {
      builder.add(named: "[stacks beyond the bound]", values: values)
    } else if wait.addresses.isEmpty {
      // A lock was given back while others only spun for it, or a queue was busy with work that nobody waits for.
      builder.add(
        named: wait.on == LAB_WAIT_ON_QUEUE ? "[work submitted with async]" : "[unlocks unseen]", values: values)
    } else {
      let own = LabelSets.shared.labels(of: wait.labels)
      builder.add(
        wait.addresses, leaf: .returnAddress, values: values,
        labels: own.merging([label: [wait.name]]) { own, _ in own })
    }
  }
  var profile = HeapProfiler.withoutRecording { builder.finish() }
  profile.periodType = ValueType(type: "contentions", unit: "count")
  profile.period = 1
  profile.timeNanoseconds = window.beganAt
  profile.durationNanoseconds = window.began.duration(to: .now).nanoseconds
  profile.comments = comments
  if let complaint = LabelReader.complaint { profile.comments.append(complaint) }
  return profile
}

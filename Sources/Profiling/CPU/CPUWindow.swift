import CProfiler

/// A part of what the sampler records: from its opening to its end, without the pauses.
///
/// The sampler only ever adds to its figures. So a window notes what they were when it opened and takes that from what
/// they are when it closes.
struct CPUWindow: SessionPart {
  /// The rate that was asked for.
  let asked: SamplingRate
  /// The rate of the recording.
  let rate: SamplingRate
  let beganAt = nanosecondsSinceEpoch()
  let began = ContinuousClock.now
  /// Whether samples count towards it.
  private(set) var isOpen = true
  /// By number of a stack: the periods it got while the window was open, less what it had at an opening that has no
  /// closing yet. Wraps.
  private var weights: [UInt64] = []
  private var counts = CPUCounts()

  /// A window that is open since the recording began.
  init(asked: SamplingRate) {
    self.asked = asked
    rate = .hertz(Int(lab_cpu_rate()))
  }

  /// Leaves out what was recorded until now. The sampler must be held.
  mutating func startNow() {
    isOpen = false
    open()
  }

  /// Lets samples count again. The sampler must be held.
  mutating func open() {
    guard !isOpen else { return }
    isOpen = true
    counts &-= .now
    each { $0 &-= $1 }
  }

  /// Lets samples count no more. The sampler must be held, or have stopped.
  mutating func close() {
    guard isOpen else { return }
    isOpen = false
    counts &+= .now
    each { $0 &+= $1 }
  }

  private mutating func each(_ combine: (inout UInt64, UInt64) -> Void) {
    var stack = lab_cpu_stack()
    var index = 0
    while lab_cpu_stack_at(UInt32(index), &stack) != 0 {
      if index == weights.count { weights.append(0) }
      combine(&weights[index], stack.weight)
      index += 1
    }
  }

  /// What was counted in it so far.
  var statistics: CPUCounts {
    var counts = counts
    if isOpen { counts &+= .now }
    return counts.readable
  }

  /// What was sampled in it. It must be closed, and the sampler held or stopped.
  var samples: [CPUSample] { CPUSample.all { $0 < weights.count ? weights[$0] : 0 } }
}

/// A stack of the sampler and how much of its CPU time was met.
struct CPUSample {
  /// Leaf first; the leaf exact, the others return addresses.
  var addresses: [UInt64]
  /// The number of its label set.
  var labels: UInt32
  /// Periods of CPU time.
  var weight: UInt64

  /// The stacks that have a weight. The sampler must be held, or have stopped.
  static func all(weight: (Int) -> UInt64) -> [CPUSample] {
    var samples: [CPUSample] = []
    var stack = lab_cpu_stack()
    var index = 0
    while lab_cpu_stack_at(UInt32(index), &stack) != 0 {
      let weight = weight(index)
      index += 1
      guard weight > 0 else { continue }
      let addresses = UnsafeBufferPointer(start: stack.pcs, count: Int(stack.depth)).map { UInt64($0) }
      samples.append(CPUSample(addresses: addresses, labels: stack.labels, weight: weight))
    }
    return samples
  }
}

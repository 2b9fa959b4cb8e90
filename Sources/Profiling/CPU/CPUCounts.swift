import CProfiler

/// What the sampler counted: all of it, or what fell into a window.
struct CPUCounts: Sendable {
  private(set) var sampler = lab_cpu_statistics.init()
  private(set) var losses = Losses()

  /// None.
  init() {}

  /// Since the recording began. What threads that block the signal owe by now counts as lost: should they take it
  /// later, it is so no more.
  static var now: CPUCounts {
    var counts = CPUCounts()
    counts.sampler = lab_cpu_statistics()
    counts.losses = .now
    counts.losses[LAB_LOSS_cpu_blocked] += counts.sampler.owed
    return counts
  }

  static func &+= (counts: inout CPUCounts, now: CPUCounts) { counts.combine(now, &+) { $0 &+= $1 } }

  static func &-= (counts: inout CPUCounts, now: CPUCounts) { counts.combine(now, &-) { $0 &-= $1 } }

  /// What grows is added or taken away; the rest says how the sampler is now.
  private mutating func combine(
    _ now: CPUCounts, _ number: (UInt64, UInt64) -> UInt64, _ lost: (inout Losses, Losses) -> Void
  ) {
    let before = sampler
    sampler = now.sampler
    for count in Self.growing { sampler[keyPath: count] = number(before[keyPath: count], now.sampler[keyPath: count]) }
    lost(&losses, now.losses)
  }

  /// With no count below zero: a thread that has paid since the window opened owes it nothing.
  var readable: CPUCounts {
    var counts = self
    if Int64(bitPattern: losses[LAB_LOSS_cpu_blocked]) < 0 { counts.losses[LAB_LOSS_cpu_blocked] = 0 }
    return counts
  }

  private static let growing: [WritableKeyPath<lab_cpu_statistics, UInt64> & Sendable] = [
    \.samples, \.weight, \.async, \.handler_nanoseconds, \.frames,
  ]
}

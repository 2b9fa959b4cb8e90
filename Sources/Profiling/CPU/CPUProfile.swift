import CProfiler
import Pprof

/// The profile of what the sampler recorded. Call it after the sampler has stopped.
func cpuProfile(rate: SamplingRate, beganAt: Int64, duration: Duration, statistics: CPUStatistics) -> Profile {
  var builder = ProfileBuilder(
    sampleTypes: [ValueType(type: "samples", unit: "count"), ValueType(type: "cpu", unit: "nanoseconds")])
  let period = rate.periodNanoseconds
  var stack = lab_cpu_stack()
  var index: UInt32 = 0
  while lab_cpu_stack_at(index, &stack) != 0 {
    index += 1
    let addresses = UnsafeBufferPointer(start: stack.pcs, count: Int(stack.depth)).map { UInt64($0) }
    let weight = Int64(stack.weight)
    builder.add(
      addresses, leaf: .exact, values: [weight, weight * period], labels: LabelSets.shared.labels(of: stack.labels))
  }
  let missing = Int64(statistics.lost + statistics.overflowed)
  if missing > 0 { builder.add(named: "[lost samples]", values: [missing, missing * period]) }
  let blocked = Int64(statistics.blocked)
  if blocked > 0 { builder.add(named: "[thread blocks SIGPROF]", values: [blocked, blocked * period]) }

  var profile = builder.finish()
  profile.periodType = ValueType(type: "cpu", unit: "nanoseconds")
  profile.period = period
  profile.timeNanoseconds = beganAt
  profile.durationNanoseconds = duration.nanoseconds
  profile.comments = comments(statistics, rate: rate)
  return profile
}

/// What a reader must know to judge the figures: losses first.
private func comments(_ s: CPUStatistics, rate: SamplingRate) -> [String] {
  var lines = [
    "cpu profile at \(rate.hertz) Hz of CPU time: \(s.weight) samples by \(s.samples) signals on \(s.threads) threads",
    "lost: \(s.lost), truncated: \(s.truncated), unresolved: \(s.unresolved)",
  ]
  if s.overflowed > 0 { lines.append("\(s.overflowed) samples came after the table of distinct stacks was full") }
  if s.chargedAtExit > 0 {
    lines.append("\(s.chargedAtExit) samples of threads that ended before their signal came are charged to their start")
  }
  if s.threadsMissed > 0 {
    lines.append("\(s.threadsMissed) times a thread got no timer (\(systemMessage(s.lastError))) and was not sampled")
  }
  if s.blocked > 0 {
    lines.append("\(s.blocked) samples are of threads that block SIGPROF, so where they were is not known")
  }
  if let reason = reason(s.displaced) { lines.append("the sampling ended before the program did: \(reason)") }
  if let complaint = LabelReader.complaint { lines.append(complaint) }
  if LabelSets.shared.refused > 0 {
    lines.append("\(LabelSets.shared.refused) label sets were too many and are left out")
  }
  return lines
}

private func reason(_ displaced: lab_cpu_displaced) -> String? {
  switch displaced {
  case LAB_CPU_DISPLACED_BY_HANDLER: "the program handles SIGPROF itself"
  case LAB_CPU_DISPLACED_BY_SYSTEM_CALL: "the program took SIGPROF by a bare system call"
  case LAB_CPU_DISPLACED_BY_SIGNALS: "SIGPROF was sent to the program by others than the profiler"
  default: nil
  }
}

extension Duration {
  /// The whole duration in nanoseconds; durations beyond 292 years saturate.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000
  }
}

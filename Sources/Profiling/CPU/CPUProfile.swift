import CProfiler
import Pprof

/// The profile of a session that has ended.
func cpuProfile(_ recorded: CPUSampler.Recorded) -> Profile {
  let window = recorded.window
  var profile = cpuProfile(recorded, beganAt: window.beganAt, duration: window.began.duration(to: .now))
  if window.rate != window.asked {
    profile.comments.append(
      "\(window.asked.hertz) Hz were asked for, but the sampler ran already, at \(window.rate.hertz) Hz")
  }
  return profile
}

/// The profile of what was recorded since `beganAt`, in nanoseconds since the epoch.
func cpuProfile(_ recorded: CPUSampler.Recorded, beganAt: Int64, duration: Duration) -> Profile {
  let rate = recorded.window.rate
  var builder = ProfileBuilder(sampleTypes: [ValueType(type: "samples", unit: "count"), .cpuTime])
  let period = rate.periodNanoseconds
  for sample in recorded.samples {
    let weight = Int64(sample.weight)
    builder.add(
      sample.addresses, leaf: .exact, values: [weight, weight * period],
      labels: LabelSets.shared.labels(of: sample.labels))
  }
  let missing = Int64(recorded.statistics.lost + recorded.statistics.overflowed)
  if missing > 0 { builder.add(named: "[lost samples]", values: [missing, missing * period]) }
  let blocked = Int64(recorded.statistics.blocked)
  if blocked > 0 { builder.add(named: "[thread blocks SIGPROF]", values: [blocked, blocked * period]) }

  var profile = HeapProfiler.withoutRecording { builder.finish() }
  profile.periodType = .cpuTime
  profile.period = period
  profile.timeNanoseconds = beganAt
  profile.durationNanoseconds = duration.nanoseconds
  profile.comments = comments(recorded.statistics, rate: rate)
  return profile
}

/// What a reader must know to judge the figures: losses first.
private func comments(_ s: CPUStatistics, rate: SamplingRate) -> [String] {
  var lines = [
    "cpu profile at \(rate.hertz) Hz of CPU time: \(s.weight) samples by \(s.samples) signals on \(s.threads) threads"
  ]
  lines += s.losses.comments(of: "cpu")
  if s.threadsMissed > 0 { lines.append("the last timer was refused for: \(systemMessage(s.lastError))") }
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

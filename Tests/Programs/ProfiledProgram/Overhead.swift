import Platform
import Profiling

/// The same work with timers armed and disarmed, in turns: the median of the ratios, and its standard error.
@Sendable func overhead(_ run: Run) async throws {
  try CPUProfiler.start(rate: run.rate)
  CPUProfiler.pause()
  var ratios: [Double] = []
  for pair in 0..<300 {
    var times: [Bool: Double] = [:]
    for isOn in [pair % 2 == 0, pair % 2 != 0] {
      if isOn { CPUProfiler.resume() }
      let begin = time(CLOCK_PROCESS_CPUTIME_ID)
      for _ in 0..<4 { _ = descend(24) }
      times[isOn] = Double(time(CLOCK_PROCESS_CPUTIME_ID) - begin)
      if isOn { CPUProfiler.pause() }
    }
    if let on = times[true], let off = times[false] { ratios.append(on / off) }
  }
  try stopHere().write(to: run.path)
  ratios.sort()
  let median = ratios[ratios.count / 2]
  // Of the median, from the quartiles: 1.253 standard errors of the mean, sigma = interquartile range / 1.349.
  let spread = (ratios[ratios.count * 3 / 4] - ratios[ratios.count / 4]) / 1.349
  say("ratio", median)
  say("error", 1.253 * spread / Double(ratios.count).squareRoot())
  run.sayStatistics()
}

@inline(never) private func descend(_ depth: Int) -> UInt64 {
  depth == 0 ? UInt64(spin(4_000_000)) : descend(depth - 1) % 1_000_003 &+ UInt64(depth)
}

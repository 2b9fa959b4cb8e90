extension ProfileKind {
  /// Where CPU time went, sampled; the rate is in samples a second.
  public static let cpu = ProfileKind(
    name: "cpu", summary: "where CPU time went, sampled 100 times a second of CPU time", regime: .pausable,
    prepare: { rate in
      try CPUProfiler.start(rate: rate.map { .hertz($0) } ?? .hertz(100))
      CPUProfiler.pause()
    },
    resume: { CPUProfiler.resume() },
    pause: { CPUProfiler.pause() },
    take: {
      let profile = try CPUProfiler.stop()
      let statistics = CPUProfiler.statistics
      return Recording(
        .profile(profile), samples: statistics.weight, lost: statistics.lost, truncated: statistics.truncated,
        unresolved: statistics.unresolved)
    })
}

import Pprof

extension ProfileKind {
  /// Where CPU time went, sampled.
  public static let cpu = ProfileKind(
    name: "cpu", summary: "where CPU time went, sampled 100 times a second of CPU time",
    rate: Rate(
      unit: "samples a second of CPU time", usual: 100, accepted: SamplingRate.accepted,
      inWords: "1 to 1000 samples a second"),
    regime: .pausable,
    prepare: { rate in
      try CPUProfiler.start(rate: rate.map { .hertz($0) } ?? .hertz(100))
      CPUProfiler.pause()
    },
    resume: { CPUProfiler.resume() },
    pause: { CPUProfiler.pause() },
    take: {
      let recorded = try CPUSampler.end(.program)
      return recording(of: recorded, cpuProfile(recorded))
    },
    look: { run in (try? CPUSampler.look(.environment)).map { recording(of: $0, run) } },
    finish: { run in (try? CPUSampler.end(.environment)).map { recording(of: $0, run) } },
    capture: ProfileCapture(for: .seconds(30)) { request in
      try .init(of: CPUSampler.sessions, .hertz(request.rate ?? 100)) { owner in
        let recorded = try CPUSampler.end(owner)
        return recording(of: recorded, cpuProfile(recorded))
      }
    })

  private static func recording(of recorded: CPUSampler.Recorded, _ run: WholeRun) -> ProfileRecording {
    let duration = Duration.nanoseconds(nanosecondsSinceEpoch() - run.beganAt)
    return recording(of: recorded, cpuProfile(recorded, beganAt: run.beganAt, duration: duration))
  }

  private static func recording(of recorded: CPUSampler.Recorded, _ profile: Profile) -> ProfileRecording {
    let statistics = recorded.statistics
    return ProfileRecording(
      profile, samples: statistics.weight, lost: statistics.lost, truncated: statistics.truncated,
      unresolved: statistics.unresolved)
  }
}

import CProfiler
import Pprof

extension ProfileKind {
  /// Where threads and tasks wait.
  public static let block = ProfileKind(
    name: "block", summary: "where threads and tasks waited, and for how long",
    rate: Rate(
      unit: "nanoseconds, of which waits that are as long are all recorded", usual: 10_000,
      accepted: BlockProfiler.acceptedRates, inWords: "1 nanosecond to 18 minutes"),
    regime: .pausable,
    lossInStaticSwift: { _ in "waits for a Mutex or a queue, and those of tasks, cannot be seen in it" },
    prepare: { rate in
      try BlockProfiler.start(rate: .nanoseconds(rate ?? 10_000))
      BlockProfiler.pause()
    },
    resume: { BlockProfiler.resume() },
    pause: { BlockProfiler.pause() },
    take: { recording(of: try BlockEngine.end(.program)) },
    look: { run in (try? BlockEngine.look(.environment)).map { recording(of: $0, run) } },
    finish: { run in (try? BlockEngine.end(.environment)).map { recording(of: $0, run) } },
    capture: ProfileCapture(for: .seconds(30)) { request in
      try .init(of: BlockEngine.sessions, request.rate ?? 10_000) { recording(of: try BlockEngine.end($0)) }
    })

  private static func recording(of recorded: BlockEngine.Recorded, _ run: WholeRun? = nil) -> ProfileRecording {
    var profile = blockProfile(recorded)
    if let run { profile.cover(run) }
    return ProfileRecording(
      profile, samples: recorded.count, truncated: Int(recorded.window.losses[LAB_LOSS_block_truncated]))
  }
}

extension Profile {
  /// Says that it is of a whole run.
  mutating func cover(_ run: ProfileKind.WholeRun) {
    timeNanoseconds = run.beganAt
    durationNanoseconds = nanosecondsSinceEpoch() - run.beganAt
  }
}

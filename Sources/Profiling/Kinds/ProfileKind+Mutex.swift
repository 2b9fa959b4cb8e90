import CProfiler

extension ProfileKind {
  /// Who makes threads wait for locks and tasks for actors, and for how long.
  public static let mutex = ProfileKind(
    name: "mutex", summary: "how long threads waited for locks and tasks for actors, by who held them",
    rate: Rate(
      unit: "contentions of which one is recorded", usual: 1, accepted: MutexProfiler.acceptedFractions,
      inWords: "one of 1 to 1000000 contentions"),
    regime: .pausable,
    views: [
      View(name: MutexProfiler.View.holder.rawValue, summary: "at who gave back what others waited for"),
      View(name: MutexProfiler.View.waiter.rawValue, summary: "at who waited"),
    ],
    lossInStaticSwift: { _ in "waits for a Mutex or a queue, and those of tasks, cannot be seen in it" },
    prepare: { fraction in
      try MutexProfiler.start(oneOf: fraction ?? 1)
      MutexProfiler.pause()
    },
    resume: { MutexProfiler.resume() },
    pause: { MutexProfiler.pause() },
    take: { recording(of: try MutexEngine.end(.program)) },
    look: { run in (try? MutexEngine.look(.environment)).map { recording(of: $0, run) } },
    finish: { run in (try? MutexEngine.end(.environment)).map { recording(of: $0, run) } },
    capture: ProfileCapture(for: .seconds(30)) { request in
      try .init(of: MutexEngine.sessions, request.rate ?? 1) { owner in
        recording(of: try MutexEngine.end(owner), by: request.view)
      }
    })

  private static func recording(
    of recorded: MutexEngine.Recorded, _ run: WholeRun? = nil, by asked: String? = nil
  ) -> ProfileRecording {
    let view = MutexProfiler.View(rawValue: asked ?? String(cString: lab_mutex_asked_view())) ?? .holder
    var profile = mutexProfile(recorded, by: view)
    if let run { profile.cover(run) }
    return ProfileRecording(
      profile, samples: recorded.contentions(view), lost: Int(recorded.window.losses[LAB_LOSS_mutex_locks_full]),
      truncated: Int(recorded.window.losses[LAB_LOSS_mutex_truncated]))
  }
}

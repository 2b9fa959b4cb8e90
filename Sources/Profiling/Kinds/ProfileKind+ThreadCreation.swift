import CProfiler

extension ProfileKind {
  /// Every thread ever made, counted.
  public static let threadcreate = ProfileKind(
    name: "threadcreate", summary: "every thread that was made, by the stack that made it",
    regime: .sinceProcessStart,
    resume: { if !ThreadCreationProfiler.isRunning { try ThreadCreationProfiler.start() } },
    take: { recording(try ThreadCreationProfiler.look(.program)) },
    look: { run in recording(try ThreadCreationProfiler.look(.environment), run) },
    finish: { run in
      defer { try? ThreadCreationEngine.sessions.end(.environment) { _ in } }
      return recording(try ThreadCreationProfiler.look(.environment), run)
    },
    capture: ProfileCapture { request in
      recording(try ThreadCreationProfiler.look(.environment), WholeRun(rate: 0, beganAt: request.beganAt))
    })

  private static func recording(_ made: ThreadsMade, _ run: WholeRun? = nil) -> ProfileRecording {
    var made = made
    if let run { made.beganAt = run.beganAt }
    return HeapProfiler.withoutRecording {
      ProfileRecording(
        made.profile, samples: made.count, truncated: Int(made.losses[LAB_LOSS_threadcreate_truncated]))
    }
  }
}

import CProfiler
import ExecutionTrace

extension ProfileKind {
  /// What happens, event by event.
  public static let trace = ProfileKind(
    name: "trace", summary: "what happens, event by event: when tasks run, wait for what, and for a thread",
    contents: Trace.self, file: "run.trace", regime: .continuous,
    lossInStaticSwift: { _ in "what its tasks do cannot be seen in it" },
    resume: { try Trace.start() },
    pause: { TraceRecorder.abandon() },
    take: { recording(try TraceRecorder.recorded(isOver: false)) },
    look: { _ in recording(try TraceRecorder.recorded(isOver: false)) },
    finish: { _ in
      lab_trace_stop()
      return recording(try TraceRecorder.recorded(isOver: true))
    })

  private static func recording(_ recorded: RecordedTrace) -> ProfileRecording {
    ProfileRecording(recorded, samples: recorded.eventCount, lost: Int(clamping: lab_trace_lost()))
  }
}

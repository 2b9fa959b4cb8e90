import CProfiler
import Waiting

extension ProfileKind {
  /// Who waits for whom, and deadlocks. Threads are told of in any program, tasks where they can be followed.
  public static let waitfor = ProfileKind(
    name: "waitfor",
    summary: "who waits for whom: tasks and threads, for locks, actors, queues and one another; and deadlocks",
    contents: WaitGraph.self, regime: .sinceProcessStart,
    lossInStaticSwift: { _ in "its tasks are not seen, nor who waits for a queue" },
    resume: {
      guard CHalf.isPresent else { throw ProfilingError.unsupportedPlatform }
      lab_waitfor_start(false)
    },
    pause: { lab_waitfor_stop() },
    take: recording,
    finish: { _ in
      defer { lab_waitfor_stop() }
      return recording()
    },
    capture: ProfileCapture { _ in recording() })

  @Sendable private static func recording() -> ProfileRecording {
    HeapProfiler.withoutRecording {
      let collection = TaskCollection.now(waits: true)
      let waits = ProgramWaits(collection, TaskNaming(collection))
      return ProfileRecording(waits.graph, samples: collection.tasks.count + collection.threads.count)
    }
  }
}

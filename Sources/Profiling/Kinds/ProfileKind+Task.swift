import CProfiler
import Platform
import Pprof
import Waiting

extension ProfileKind {
  /// Every task that lives: who made it, where it is, what it waits for. And every thread.
  public static let task = ProfileKind(
    name: "task", otherNames: ["goroutine"],
    summary: "every task that lives, by the stack that made it or by where it is; and every thread",
    regime: .sinceProcessStart, countsWhatLives: true,
    views: [
      View(name: "creation", summary: "by the stack that made it"),
      View(name: "current", summary: "by where it is"),
      View(name: "dump", summary: "a paragraph each, with its labels", contents: TaskDump.self),
      View(name: "dump-without-labels", summary: "a paragraph each", contents: TaskDump.self),
      View(name: "waits", summary: "who waits for whom", contents: WaitGraph.self),
    ],
    needsSharedSwift: true,
    resume: { try TaskProfiler.start() },
    pause: { TaskProfiler.stop() },
    take: { recording(TaskEngine.sessions.with(.program, collection) ?? TaskCollection()) },
    look: { _ in TaskEngine.sessions.with(.environment, collection).map(recording) },
    finish: { _ in
      defer { try? TaskEngine.sessions.end(.environment) { _ in } }
      return TaskEngine.sessions.with(.environment, collection).map(recording)
    },
    capture: ProfileCapture(
      isUnderWay: { TaskEngine.run != 0 },
      now: { recording(collection(asksWaits(for: $0.view)), by: $0.view) }, for: .seconds(1)
    ) { request in
      try .init(of: TaskEngine.sessions, .all) { owner in
        defer { try? TaskEngine.sessions.end(owner) { _ in } }
        return recording(collection(asksWaits(for: request.view)), by: request.view, isLate: true)
      }
    })

  /// Of a preloaded profiler the environment is the program's again, but the C half has noted what it said.
  private static var askedView: String {
    let noted = String(cString: lab_tasks_asked_view())
    return noted.isEmpty ? getenv(ProfileKind.task.viewVariable).map { String(cString: $0) } ?? "" : noted
  }

  /// Whether the view tells who waits for whom.
  private static func asksWaits(for view: String?) -> Bool { view == "waits" || view?.hasPrefix("dump") == true }

  private static func collection(_ part: TaskEngine.Part) -> TaskCollection { collection(asksWaits(for: askedView)) }

  private static func collection(_ asksWaits: Bool) -> TaskCollection {
    HeapProfiler.withoutRecording { TaskCollection.now(waits: asksWaits) }
  }

  private static func recording(_ collection: TaskCollection) -> ProfileRecording {
    recording(collection, by: askedView)
  }

  private static func recording(
    _ collection: TaskCollection, by view: String?, isLate: Bool = false
  ) -> ProfileRecording {
    HeapProfiler.withoutRecording {
      let counts = TaskCounts(collection)
      let contents: any ProfileContents =
        switch view ?? "" {
        case "dump", "dump-without-labels": TaskDump(collection, withLabels: view == "dump")
        case "waits": ProgramWaits(collection, TaskNaming(collection)).graph
        case let view: taskProfile(collection, by: TaskStack(rawValue: view) ?? .creation, isLate: isLate)
        }
      return ProfileRecording(contents, samples: counts.live, lost: counts.lost)
    }
  }
}

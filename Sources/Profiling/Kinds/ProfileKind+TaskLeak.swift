import CProfiler
import Platform
import Pprof

extension ProfileKind {
  /// Tasks that nothing can ever resume; there is no rate, every allocation is tracked and every task followed.
  public static let taskleak = ProfileKind(
    name: "taskleak", otherNames: ["goroutineleak"],
    summary: "tasks that nothing can ever resume, by the stack that made them or by where they wait",
    regime: .sinceProcessStart, countsWhatLives: true,
    views: [
      View(name: "creation", summary: "by the stack that made them"),
      View(name: "current", summary: "by where they wait"),
      View(name: "report", summary: "in words", contents: TaskLeakText.self),
    ],
    needsSharedSwift: true,
    resume: { if !TaskLeakDetector.isArmed { try TaskLeakDetector.arm() } },
    take: { recording(try TaskLeakDetector.find()) },
    look: { _ in recording(try TaskLeakDetector.find()) },
    finish: { _ in
      defer { lab_task_leaks_end() }
      return recording(try TaskLeakDetector.find())
    },
    capture: ProfileCapture { request in recording(try TaskLeakDetector.find(), by: request.view) })

  private static var askedView: String {
    let noted = String(cString: lab_task_leaks_asked_view())
    return noted.isEmpty ? getenv(ProfileKind.taskleak.viewVariable).map { String(cString: $0) } ?? "" : noted
  }

  private static func recording(_ lost: LostTasks, by view: String? = nil) -> ProfileRecording {
    let report = TaskLeakReport(lost)
    let askedView = view ?? askedView
    return HeapProfiler.withoutRecording {
      let contents: any ProfileContents =
        askedView == "report"
        ? TaskLeakText(report.description) : report.profile(by: TaskStack(rawValue: askedView) ?? .creation)
      return ProfileRecording(contents, samples: report.count)
    }
  }
}

/// The forms in which the web view shows a trace. The raw value is the path.
enum TraceWebView: String, CaseIterable, Sendable {
  case timeline, flame, tasks, heat, regions

  /// A view by its path.
  init?(path: String) {
    if path.isEmpty { self = .timeline } else { self.init(rawValue: path) }
  }

  var title: String {
    switch self {
    case .timeline: "Timeline"
    case .flame: "Flame graph"
    case .tasks: "Tasks"
    case .heat: "Heat map"
    case .regions: "Regions"
    }
  }

  var note: String {
    switch self {
    case .timeline: "What threads or tasks did over time"
    case .flame: "Where the time of this window went, by stacks"
    case .tasks: "Families of tasks in numbers"
    case .heat: "How busy threads were"
    case .regions: "How long regions and user tasks took"
    }
  }
}

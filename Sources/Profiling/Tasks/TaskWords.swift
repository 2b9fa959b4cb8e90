import CProfiler

/// What is said of a task, for people and as labels.
struct TaskWords: Hashable {
  let state: String
  let wait: TaskWait?
  let priority: String
  let name: String?
  let isCancelled: Bool
  /// The number of the program's own labels.
  private let labelSet: UInt32

  init(_ task: TaskCollection.Task, _ naming: TaskNaming) {
    state = Self.state(task)
    wait = naming.wait(of: task)
    priority = Self.priority(task.copy.priority)
    name = task.copy.name.map { String(cString: $0) }
    isCancelled = task.copy.is_cancelled
    labelSet = task.copy.labels
  }

  /// The program's own labels.
  var ownLabels: [String: [String]] { LabelSets.shared.labels(of: labelSet) }

  /// As samples have them; the program's own win where they are called the same.
  var labels: [String: [String]] {
    var labels = ["state": [state], "priority": [priority]]
    if let wait { labels["waits"] = [wait.rawValue] }
    if let name { labels["name"] = [name] }
    if isCancelled { labels["cancelled"] = ["yes"] }
    return labels.merging(ownLabels) { $1 }
  }

  /// What it is at.
  static func state(_ task: TaskCollection.Task) -> String {
    switch lab_task_state(rawValue: UInt32(task.copy.state)) {
    case LAB_TASK_IS_MADE: "made"
    case LAB_TASK_IS_RUNNABLE: "runnable"
    case LAB_TASK_IS_RUNNING: "running"
    case LAB_TASK_IS_NESTING: "nesting"
    default: "waiting"
    }
  }

  /// `TaskPriority`'s own words, where it has one.
  static func priority(_ number: UInt8) -> String {
    switch number {
    case 0x21: "userInteractive"
    case 0x19: "high"
    case 0x15: "medium"
    case 0x11: "utility"
    case 0x09: "background"
    default: String(number)
    }
  }

  /// Why nobody knows who made it.
  static func origin(_ task: TaskCollection.Task) -> String {
    switch lab_task_origin(rawValue: UInt32(task.copy.origin)) {
    case LAB_TASK_WAS_OLDER: "[older than the profile]"
    case LAB_TASK_OF_RUNTIME: "[made inside the Swift runtime]"
    default: "[made by a stack that is not kept]"
    }
  }

  /// Why nobody knows where it is.
  static func place(_ task: TaskCollection.Task) -> String {
    if task.copy.state == UInt8(LAB_TASK_IS_NESTING.rawValue) { return "[runs another task within itself]" }
    return task.copy.moved ? "[moved on while it was looked at]" : "[not known]"
  }
}

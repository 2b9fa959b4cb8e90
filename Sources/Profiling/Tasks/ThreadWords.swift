import CProfiler

/// What is said of a thread that runs no task, for people and as labels.
struct ThreadWords: Hashable {
  /// What the kernel knows it by.
  let name: String
  /// What it is at; nil if the kernel does not tell.
  let state: State?
  /// The system call that it waits in, if it does.
  let call: String?
  /// The number of the program's own labels.
  private let labelSet: UInt32

  enum State: String { case running, waiting }

  init(_ thread: TaskCollection.Thread) {
    name = thread.name
    switch thread.activity {
    case LAB_THREAD_RUNS: state = .running
    case LAB_THREAD_WAITS: state = .waiting
    default: state = nil
    }
    call = thread.call.map { number in
      lab_thread_call_name(number).map { String(cString: $0) } ?? "system call \(number)"
    }
    labelSet = thread.labels
  }

  /// The program's own labels.
  var ownLabels: [String: [String]] { LabelSets.shared.labels(of: labelSet) }

  /// As samples have them; the program's own win where they are called the same.
  var labels: [String: [String]] {
    var labels = ["thread": [name]]
    if let state { labels["state"] = [state.rawValue] }
    if let call { labels["call"] = [call] }
    return labels.merging(ownLabels) { $1 }
  }

  /// What stands for the stack of one that did not say where it is.
  static let noAnswer = "[does not answer]"
}

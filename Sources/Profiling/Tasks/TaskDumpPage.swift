import CProfiler
import Symbolization

/// Puts tasks and threads into words, one after the other.
struct TaskDumpPage {
  private(set) var text = ""
  private let naming: TaskNaming
  private let withLabels: Bool
  /// Stacks in words: many tasks share theirs.
  private var known: [Stack: String] = [:]

  private struct Stack: Hashable {
    var addresses: [UInt64]
    var leafIsExact: Bool
    var prefix: String
  }

  init(naming: TaskNaming, withLabels: Bool) {
    self.naming = naming
    self.withLabels = withLabels
  }

  mutating func add(_ line: String) { text += line + "\n" }

  /// What there is in all.
  mutating func begin(_ collection: TaskCollection) {
    for line in comments(collection) { add(line) }
    add("\(collection.threads.count) threads; collected in \(Self.words(collection.collecting))")
    add("")
  }

  mutating func add(_ task: TaskCollection.Task) {
    let words = TaskWords(task, naming)
    add("task \(task.copy.id)\(Self.quoted(words.name)) [\(status(task, words))]\(details(task, words))")
    if task.stack.isEmpty {
      add("  " + TaskWords.place(task))
    } else {
      text += lines(of: Array(naming.stack(of: task)), leafIsExact: task.copy.leaf_is_exact, prefix: "  ")
    }
    if task.creation.isEmpty {
      add("  created by " + TaskWords.origin(task))
    } else {
      text += lines(of: task.creation, leafIsExact: false, prefix: "  created by ")
    }
    add("")
  }

  mutating func add(_ thread: TaskCollection.Thread) {
    let place = thread.task == 0 ? "in no task" : "runs task \(thread.task)"
    let labels = told(LabelSets.shared.labels(of: thread.labels))
    add("thread \(thread.id)\(Self.quoted(thread.name)) [\(thread.stack.isEmpty ? "does not answer" : place)]\(labels)")
    // Where its task has its own paragraph the stack stands there.
    if thread.task == 0 { text += lines(of: thread.stack, leafIsExact: true, prefix: "  ") }
    add("")
  }

  private func status(_ task: TaskCollection.Task, _ words: TaskWords) -> String {
    var parts: [String]
    switch words.wait {
    case .task?: parts = ["waiting on task" + (task.copy.awaited == 0 ? "" : " \(task.copy.awaited)")]
    case .other?: parts = ["waiting"]
    case let wait?: parts = ["waiting on \(wait.rawValue)"]
    case nil: parts = [words.state + (words.state == "running" ? " on thread \(task.copy.tid)" : "")]
    }
    parts.append(Self.words(.nanoseconds(Int64(clamping: task.copy.state_nanoseconds))))
    if words.isCancelled { parts.append("cancelled") }
    return parts.joined(separator: ", ")
  }

  private func details(_ task: TaskCollection.Task, _ words: TaskWords) -> String {
    let age = Self.words(.nanoseconds(Int64(clamping: task.copy.age_nanoseconds)))
    let maker = task.copy.parent == 0 ? "" : " by task \(task.copy.parent)"
    let isSeen = task.copy.origin == UInt8(LAB_TASK_WAS_MADE.rawValue)
    return ", priority \(words.priority), \(isSeen ? "made" : "met") \(age) ago\(maker)\(told(words.ownLabels))"
  }

  private func told(_ labels: [String: [String]]) -> String {
    guard withLabels, !labels.isEmpty else { return "" }
    let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.joined(separator: "|"))" }
    return ", labels " + pairs.joined(separator: " ")
  }

  private mutating func lines(of addresses: [UInt64], leafIsExact: Bool, prefix: String) -> String {
    let stack = Stack(addresses: addresses, leafIsExact: leafIsExact, prefix: prefix)
    if let known = known[stack] { return known }
    var lines = ""
    for frame in naming.functions(of: addresses, leafIsExact: leafIsExact) {
      let file = frame.file.split(separator: "/").last.map { " at \($0):\(frame.line)" } ?? ""
      lines += "\(prefix)\(frame.name)\(file)\n"
    }
    known[stack] = lines
    return lines
  }

  private static func quoted(_ name: String?) -> String {
    guard let name, !name.isEmpty else { return "" }
    // One that has a line's end in it would look like another paragraph.
    return " \"\(name.map { $0.isNewline ? " " : String($0) }.joined())\""
  }

  /// A duration as one says it: `450 µs`, `12 s`, `23 min`, `5 h`, `3 d`.
  static func words(_ duration: Duration) -> String {
    let nanoseconds = duration.nanoseconds
    let units: [(String, Int64)] = [
      ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000),
      ("ms", 1_000_000), ("µs", 1_000),
    ]
    // From two of a unit on, or what is told would be rounded too much.
    let fitting = units.first { nanoseconds >= 2 * $0.1 } ?? ("µs", 1_000)
    return "\(nanoseconds / fitting.1) \(fitting.0)"
  }
}

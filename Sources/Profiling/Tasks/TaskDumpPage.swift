import CProfiler
import Findings
import Symbolization
import Waiting

/// Puts tasks and threads into words, one after the other.
struct TaskDumpPage {
  private(set) var text = ""
  private let naming: TaskNaming
  private let waits: ProgramWaits
  private let withLabels: Bool
  /// Stacks in words: many tasks share theirs.
  private var known: [Stack: String] = [:]

  private struct Stack: Hashable {
    var addresses: [UInt64]
    var leafIsExact: Bool
    var prefix: String
  }

  init(naming: TaskNaming, waits: ProgramWaits, withLabels: Bool) {
    self.naming = naming
    self.waits = waits
    self.withLabels = withLabels
  }

  mutating func add(_ line: String) { text += line + "\n" }

  /// What there is in all, and first what is wrong with it.
  mutating func begin(_ collection: TaskCollection, _ findings: [Finding]) {
    let wrong = waits.graph.deadlocks.map(waits.graph.sentence) + findings.map { "finding: \($0)" }
    for sentence in wrong { add(sentence) }
    if !wrong.isEmpty { add("") }
    for line in comments(collection) { add(line) }
    let pause = Self.words(collection.longestPause)
    add("collected in \(Self.words(collection.collecting)); no thread stood still for longer than \(pause)")
    add("")
    addFamilies(collection.tasks)
  }

  /// The largest families of tasks that one function made and that do the same, if there are any to speak of.
  private mutating func addFamilies(_ tasks: [TaskCollection.Task]) {
    var sizes: [Family: Int] = [:]
    for task in tasks {
      let words = TaskWords(task, naming)
      sizes[Family(creation: task.creation, origin: TaskWords.origin(task), doing: doing(words)), default: 0] += 1
    }
    var named: [String: Int] = [:]
    for (family, size) in sizes {
      let maker = naming.functions(of: family.creation, leafIsExact: false).first?.name
      named["\(family.doing), made by \(maker ?? family.origin)", default: 0] += size
    }
    let largest = named.filter { $0.value > 1 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard let width = largest.first.map({ String($0.value).count }) else { return }
    for (family, size) in largest.prefix(Self.familiesTold) {
      add(String(repeating: " ", count: 2 + width - String(size).count) + "\(size) \(family)")
    }
    let others = tasks.count - largest.prefix(Self.familiesTold).reduce(0) { $0 + $1.value }
    if others > 0 { add("  \(others) others") }
    add("")
  }

  private static let familiesTold = 20

  private struct Family: Hashable {
    var creation: [UInt64]
    var origin: String
    var doing: String
  }

  mutating func add(_ task: TaskCollection.Task) {
    let words = TaskWords(task, naming)
    add("task \(task.copy.id)\(Self.quoted(words.name)) [\(status(task, words))]\(details(task, words))")
    if words.wait != .task { add(wait: waits.taskNodes[task.copy.id]) }
    if task.stack.isEmpty {
      add("  " + TaskWords.place(task))
    } else {
      let stack = naming.stack(of: task)
      let isExact = task.copy.leaf_is_exact && naming.leafIsExact(in: stack)
      text += lines(of: Array(stack), leafIsExact: isExact, prefix: "  ")
    }
    if task.creation.isEmpty {
      add("  created by " + TaskWords.origin(task))
    } else {
      text += lines(of: task.creation, leafIsExact: false, prefix: "  created by ")
    }
    add("")
  }

  mutating func add(_ thread: TaskCollection.Thread) {
    let words = ThreadWords(thread)
    add("thread \(thread.id)\(Self.quoted(words.name)) [\(status(thread, words))]\(told(words.ownLabels))")
    add(wait: waits.threadNodes[thread.id])
    // Where its task has its own paragraph the stack stands there.
    if thread.task == 0 {
      let stack = naming.stack(of: thread.stack)
      text += lines(of: Array(stack), leafIsExact: naming.leafIsExact(in: stack), prefix: "  ")
    }
    add("")
  }

  /// A line that says what a node of the graph waits for, and who has that.
  private mutating func add(wait node: Int?) {
    guard let node, let wait = waits.sentences.wait(of: node) else { return }
    add("  " + wait)
  }

  private func status(_ task: TaskCollection.Task, _ words: TaskWords) -> String {
    var parts = [doing(words)]
    if words.wait == .task, task.copy.awaited != 0 { parts[0] += " \(task.copy.awaited)" }
    if words.state == "running" { parts[0] += " on thread \(task.copy.tid)" }
    parts.append(Self.words(.nanoseconds(Int64(clamping: task.copy.state_nanoseconds))))
    if words.isCancelled { parts.append("cancelled") }
    return parts.joined(separator: ", ")
  }

  private func status(_ thread: TaskCollection.Thread, _ words: ThreadWords) -> String {
    if thread.task != 0 { return "runs task \(thread.task)" }
    let place = words.call.map { "in \($0)" } ?? words.state?.rawValue
    let parts = [thread.stack.isEmpty ? "does not answer" : nil, place].compactMap { $0 }
    return parts.isEmpty ? "in no task" : parts.joined(separator: ", ")
  }

  private func doing(_ words: TaskWords) -> String {
    switch words.wait {
    case .other?: "waiting"
    case let wait?: "waiting on \(wait.rawValue)"
    case nil: words.state
    }
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

  static func quoted(_ name: String?) -> String {
    guard let name, !name.isEmpty else { return "" }
    // One that has a line's end in it would look like another paragraph.
    return " \"\(name.map { $0.isNewline ? " " : String($0) }.joined())\""
  }

  /// A duration as one says it: `450 µs`, `12 s`, `23 min`, `5 h`, `3 d`.
  static func words(_ duration: Duration) -> String {
    WaitWords.duration(nanoseconds: Int(clamping: duration.nanoseconds))
  }
}

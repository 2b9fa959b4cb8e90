import CProfiler
import Pprof
import Symbolization

/// Tasks that nothing can resume: how many, what they wait for, who made them, and what could not be told.
public struct TaskLeakReport: Sendable {
  /// How many tasks are lost, those among them that only other lost ones lead to.
  public var count: Int { lost.ids.count }
  /// How many suspended tasks cannot be proven to be lost or alive: only words on stacks lead to them, which may be
  /// handles, continuations, or left over.
  public var unprovenCount: Int { lost.unproven }

  /// How long the other threads stood still, in each of two scans; in one, if that found nothing.
  public var pauses: [Duration] { lost.pauses }

  private let lost: LostTasks
  private let collection: TaskCollection
  private let naming: TaskNaming

  init(_ lost: LostTasks) {
    lab_heap_ignore_begin()
    defer { lab_heap_ignore_end() }
    self.lost = lost
    var collection = TaskCollection.now()
    collection.tasks.removeAll { !lost.ids.contains($0.copy.id) }
    collection.threads = []
    self.collection = collection
    naming = TaskNaming(collection)
  }

  /// The lost tasks as a profile, by who made them or by where they wait, with labels as the task profile has them.
  public func profile(by stack: TaskStack = .creation) -> Profile {
    HeapProfiler.withoutRecording {
      let count = ValueType(type: "taskleak", unit: "count")
      var builder = ProfileBuilder(sampleTypes: [count])
      builder.leavesOut = TaskNaming.leavesOut
      builder.add(collection.tasks, by: stack, naming) { [$0] }
      var profile = builder.finish(counting: count, of: collection)
      profile.comments = [summary] + notes
      return profile
    }
  }

  private var summary: String {
    lost.ids.isEmpty
      ? "No task is lost: of \(lost.suspended) that are suspended each can be resumed, as far as can be told"
      : Self.counted(
        count, "task is lost: suspended, and nothing can resume it",
        "tasks are lost: suspended, and nothing can resume them")
        + ", of \(lost.suspended) that are suspended"
  }

  private static func counted(_ count: Int, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }

  /// What a reader must know to judge the figures.
  private var notes: [String] {
    var notes: [String] = []
    for (name, count) in lost.handles.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      notes.append(
        Self.counted(
          count, "of them has a handle in \(name), which cannot resume it",
          "of them have a handle in \(name), which cannot resume them"))
    }
    if unprovenCount > 0 {
      notes.append(
        Self.counted(unprovenCount, "suspended task cannot", "suspended tasks cannot")
          + " be proven lost or alive: only words on stacks lead there, which may be handles, continuations, or left over"
      )
    }
    if lost.untracked > 0 {
      notes.append(
        Self.counted(lost.untracked, "suspended task is", "suspended tasks are")
          + " older than the profile, and never reported")
    }
    if lost.unreadBytes > 0 {
      notes.append(
        "\(lost.unreadBytes >> 10) KiB of files that are shared were not looked at; who is resumed from there is reported though it is not lost"
      )
    }
    if lost.unreadableThreads > 0 {
      notes.append(
        Self.counted(lost.unreadableThreads, "sleeping thread blocks", "sleeping threads block")
          + " SIGPROF; what only their registers refer to is reported though it is not lost")
    }
    if count > 0 {
      notes.append(
        "A task that is resumed by an address that only the kernel keeps (epoll's data, a timer's value), or that is kept "
          + "encoded, is reported though it is not lost")
    }
    let pauses = lost.pauses.map { TaskDumpPage.words($0) }.joined(separator: " and ")
    return notes + ["The threads stood still for \(pauses)"]
  }
}

extension TaskLeakReport: CustomStringConvertible {
  /// The count, then by families what they wait for, where, and who made them; then what could not be told.
  public var description: String {
    HeapProfiler.withoutRecording {
      var families: [Family: Int] = [:]
      for task in collection.tasks { families[Family(task, naming), default: 0] += 1 }
      let sorted = families.sorted { ($1.value, $0.key.text) < ($0.value, $1.key.text) }
      let lines = sorted.map { family, size in "  \(size) × \(family.text)\n" }
      return summary + "\n" + lines.joined() + notes.map { $0 + "\n" }.joined()
    }
  }
}

/// What lost tasks have in common.
private struct Family: Hashable {
  let text: String

  init(_ task: TaskCollection.Task, _ naming: TaskNaming) {
    let words = TaskWords(task, naming)
    func first(of stack: some Collection<UInt64>) -> String? {
      let frames = naming.functions(of: stack, leafIsExact: false)
      return (frames.first { $0.origin == .app } ?? frames.first).map { frame in
        let file = frame.file.split(separator: "/").last.map { " (\($0):\(frame.line))" } ?? ""
        return frame.name + file
      }
    }
    let name = words.name.map { "\"\($0)\" " } ?? ""
    let wait = words.wait.map { $0 == .other ? "" : " for a \($0.rawValue)" } ?? ""
    let place = first(of: naming.stack(of: task)).map { " in \($0)" } ?? ""
    let maker = task.creation.isEmpty ? TaskWords.origin(task) : first(of: task.creation) ?? "somebody"
    text = "\(name)waits\(wait)\(place), made by \(maker)"
  }
}

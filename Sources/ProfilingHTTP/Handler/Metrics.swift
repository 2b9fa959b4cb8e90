import Platform
import Profiling

/// What there is of a program now, in Prometheus' text format 0.0.4.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats.
func metrics(_ counts: ProgramCounts) -> String {
  var page = MetricsPage()
  page.add(
    "swift_tasks", .gauge, "Tasks that live, by what they are at.",
    counts.tasks.map { ([("state", $0.state)], Double($0.count)) })
  page.add(
    "swift_tasks_created_total", .counter, "Tasks made since they are followed.", counts.tasksMade.map(Double.init))
  page.add("swift_threads", .gauge, "Threads of the program.", counts.threads.map(Double.init))
  page.add("swift_threads_created_total", .counter, "Threads made.", counts.threadsMade.map(Double.init))
  page.add(
    "swift_heap_live_bytes", .gauge, "Bytes in use on the heap, estimated from samples.",
    counts.live.map { Double($0.size.bytes) })
  page.add(
    "swift_heap_live_objects", .gauge, "Blocks in use on the heap, estimated from samples.",
    counts.live.map { Double($0.objects) })
  page.add(
    "swift_lock_contentions_total", .counter, "How often threads waited for locks and tasks for actors.",
    counts.contention.map { Double($0.count) })
  page.add(
    "swift_lock_wait_seconds_total", .counter, "How long they waited for these.",
    counts.contention.map { Double($0.nanoseconds) / 1e9 })
  page.add(
    "swift_waits_total", .counter, "How often threads and tasks waited for anything.",
    counts.waits.map { Double($0.count) })
  page.add(
    "swift_wait_seconds_total", .counter, "How long they waited for it.",
    counts.waits.map { Double($0.nanoseconds) / 1e9 })
  page.add(
    "swift_custom_profile_values", .gauge, "Values that a custom profile of the program holds.",
    counts.custom.map { ([("profile", $0.name)], Double($0.count)) })
  page.add("swift_profiler_memory_bytes", .gauge, "Memory of the profiler's own tables.", Double(counts.ownBytes))
  page.add(
    "swift_profiler_samples_total", .counter, "Samples taken, since each profiler was started last.",
    counts.samples.map { ([("profile", $0.profile)], Double($0.count)) })
  page.add(
    "swift_profiler_losses_total", .counter, "What the profiler could not take in as it should.",
    counts.losses.map { ([("profile", $0.profile), ("loss", $0.sentence)], Double($0.count)) })
  page.add("process_cpu_seconds_total", .counter, "CPU time of the process.", cpuSeconds)
  return page.text
}

private var cpuSeconds: Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private struct MetricsPage {
  enum Kind: String { case gauge, counter }

  var text = ""

  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
    if let value { add(name, kind, help, [([], value)]) }
  }

  /// A metric with its values by labels; nothing if there is none.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ values: [([(String, String)], Double)]) {
    guard !values.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for (labels, value) in values {
      let pairs = labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
      let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
      text += name + (pairs.isEmpty ? "" : "{\(pairs)}") + " \(number)\n"
    }
  }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
  }
}

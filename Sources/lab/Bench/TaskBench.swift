import Profiling
import ScenarioRunning

extension Benchmark {
  /// What following tasks costs: where they do next to nothing but come and go, and where they hand real work on; and
  /// what a look at many does.
  ///
  /// The same work is done by a program without the profiler and by one with it, off and on, in turns.
  static let tasks = Benchmark(name: "tasks") {
    let bare = try BuiltProgram("BareTaskingProgram").path, hooked = try BuiltProgram("TaskingProgram").path
    let workloads = [("mergeSort", "a task for every half of a merge sort"), ("hops", "actor hops")]
    let costs = try workloads.flatMap { workload, name in
      let ratios = try PairedRatio.measure(
        rounds: 30,
        [
          { try seconds(bare, workload) }, { try seconds(hooked, workload) }, { try seconds(hooked, workload, "on") },
        ])
      return [
        Row(name: "tasks: \(name), hooks linked but off", ratio: ratios[0], goal: .atMost(1.01)),
        Row(name: "tasks: \(name), followed", ratio: ratios[1], goal: .atMost(1.10)),
      ]
    }
    return try await costs + looks()
  }

  /// A look at a hundred thousand tasks, and at so many threads.
  private static func looks() async throws -> [Row] {
    try TaskProfiler.start()
    defer { TaskProfiler.stop() }
    let count = 100_000
    let tasks = (0..<count).map { _ in Task { try? await Task.sleep(for: .seconds(3_600)) } }
    while asleep() < count { try await Task.sleep(for: .milliseconds(20)) }
    var rows = look("\(count) tasks", goal: .atMost(200))
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    for wanted in [100, 10_000] {
      let crowd = Crowd(wanted)
      rows += look("\(crowd.count) threads", goal: .none)
      crowd.disperse()
    }
    return rows
  }

  private static func asleep() -> Int {
    TaskProfiler.snapshot().samples.reduce(0) { $0 + ($1.labels["waits"] == ["sleep"] ? Int($1.values[0]) : 0) }
  }

  /// The time of the middle one of some looks, and the longest pause of any thread in all of them.
  private static func look(_ what: String, goal: Goal) -> [Row] {
    let dumps = (0..<5).map { _ in TaskProfiler.dump() }
    let times = dumps.map { $0.collecting / .milliseconds(1) }
    let pauses = dumps.map { $0.longestPause / .milliseconds(1) }
    let words = Stopwatch.best(of: 1) { for page in 0..<dumps[0].pageCount { _ = dumps[0].page(page) } }
    return [
      Row(name: "tasks: a look at \(what)", value: times.median, unit: "ms", goal: goal),
      Row(
        name: "tasks: longest pause of a thread meanwhile", value: pauses.max() ?? 0, unit: "ms", goal: .atMost(5)),
      Row(name: "tasks: all that put into words", value: words * 1e3, unit: "ms", goal: .none),
    ]
  }

  private static func seconds(_ program: String, _ workload: String, _ more: String...) throws -> Double {
    try BuiltProgram.numbers(of: [program, workload, "100000"] + more, count: 3).first[0]
  }
}

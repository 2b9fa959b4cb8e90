import ExecutionTrace
import Findings

/// Questions about traces. All take `start` and `length`, the window that they are about, as figures do.
extension Query {
  static let window = ["start", "length"]

  /// How much of the processors' time tasks ran.
  static let runningShare = Query(
    name: "running-share", summary: "share of the processors' time in which tasks or jobs ran, in a trace",
    required: [], optional: window
  ) { input in
    Measurement(
      try summary(input).utilisation.share, .share, meaning: "the processors' time in which tasks or jobs ran")
  }

  /// How much of the processors' time nothing ran though something could have.
  static let idleShare = Query(
    name: "idle-share", summary: "share of the processors' time in which nothing ran though tasks were ready",
    required: [], optional: window
  ) { input in
    Measurement(
      try summary(input).utilisation.idleShare, .share,
      meaning: "the processors' time in which nothing of a task ran though tasks were ready")
  }

  /// How many threads ran at once.
  static let parallelism = Query(
    name: "parallelism", summary: "threads on which a task or job ran at once, in the mean over a trace",
    required: [], optional: window
  ) { input in
    Measurement(try summary(input).utilisation.parallelism, .ratio, meaning: "threads that ran at once, in the mean")
  }

  /// How often a task kept a thread and did nothing on it.
  static let longCalls = Query(
    name: "long-calls",
    summary:
      "calls in which a task kept its thread and waited for `from` or longer, for anything but a lock, in a trace",
    required: ["from"], optional: window
  ) { input in
    let from = try border(input)
    // A lock's holder may have lost its processor: how long one takes tells of the machine.
    let calls = try summary(input).calls.filter { $0.reason != .lock }
    let count = calls.flatMap(\.times.bins).filter { $0.range.lowerBound >= from }.reduce(0) { $0 + $1.count }
    return Measurement(
      Double(count), .count, meaning: "calls from \(TraceTime.text(from)) on that kept a task's thread waiting")
  }

  /// The least that ran in a window of a length.
  static let minimumUtilisation = Query(
    name: "minimum-utilisation",
    summary: "least share of the processors' time in which tasks ran, of all windows as long as `over`, e.g. 10ms",
    required: ["over"], optional: window
  ) { input in
    let summary = try summary(input)
    let over = try time("over", input)
    guard let over, let least = summary.utilisation.minimum(over: over) else {
      let (shortest, longest) = (summary.utilisation.shortestWindow, summary.window.length)
      throw ClaimError.malformedArgument(
        name: "over", value: input["over"],
        expected: "a time from \(TraceTime.text(shortest)) to \(TraceTime.text(longest))")
    }
    return Measurement(
      least.share, .share, meaning: "the least of the processors' time that tasks ran in any \(TraceTime.text(over))")
  }

  /// How many tasks were made.
  static let tasks = Query(
    name: "tasks", summary: "tasks in a trace that were `made`, `ended`, `live` at its end or at `most` at once",
    required: [], optional: window + ["function", "which"]
  ) { input in
    let summary = try summary(input)
    let family = try family(input, summary)
    let which = input.arguments["which"] ?? "made"
    let count: Int
    switch which {
    case "made": count = family.made
    case "ended": count = family.ended
    case "live": count = family.live
    case "most" where input.arguments["function"] == nil: count = summary.liveTasks.most
    default:
      throw ClaimError.malformedArgument(
        name: "which", value: which, expected: "made, ended, live, or, without function=, most")
    }
    return Measurement(Double(count), .count, meaning: "tasks \(which)\(place(input))")
  }

  /// How often a task got a thread, or a turn on an actor.
  static let turns = Query(
    name: "turns", summary: "times that a task was given a thread, or a turn on an executor, in a trace",
    required: [], optional: window + ["function"]
  ) { input in
    let summary = try summary(input)
    let family = try family(input, summary)
    // Who goes to an actor that is free keeps the thread.
    let visits = input.arguments["function"] == nil ? summary.executors.reduce(0) { $0 + $1.held.count } : 0
    return Measurement(
      Double(max(family.runs.count, visits)), .count, meaning: "times that a task was given a turn\(place(input))")
  }

  /// The share of tasks that ran for less than a time.
  static let smallShare = Query(
    name: "small-share", summary: "share of the tasks ended in a trace that ran for less than 5 µs in all",
    required: [], optional: window + ["function"]
  ) { input in
    let family = try family(input, try summary(input))
    guard family.ended > 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      Double(family.small) / Double(family.ended), .share,
      meaning: "tasks\(place(input)) that ran for less than \(TraceTime.text(Int64(Finding.Bounds.task))) in all")
  }

  /// A time of tasks over another.
  static let taskTimeRatio = Query(
    name: "task-time-ratio",
    summary:
      "a time of tasks (`median-run`, `longest-run`, `running`, `ready`, `waiting`) here over that of the variant "
      + "`to`, or over another of these, `over`",
    required: ["time"], optional: window + ["function", "to", "over"]
  ) { input in
    let (to, over) = (input.arguments["to"], input.arguments["over"])
    guard (to == nil) != (over == nil) else {
      throw ClaimError.missingArgument(query: "task-time-ratio", name: "to (or over)")
    }
    let here = try taskTime(input["time"], input, summary(input))
    let other = try to.map { try input.other(input.capture.name.with(variant: $0)) } ?? input.capture
    let there = try taskTime(over ?? input["time"], input, summary(input, of: other))
    guard there > 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      Double(here) / Double(there), .ratio,
      meaning: "\(input["time"]) of tasks\(place(input)) over \(over ?? "that of \(to ?? "")")")
  }

  /// How many regions or user tasks of a name there were.
  static let regionCount = Query(
    name: "region-count", summary: "regions, or user tasks, of a name in a trace, or those that took at least `from`",
    required: ["region"], optional: window + ["from"]
  ) { input in
    let times = try region(input)
    guard input.arguments["from"] != nil else {
      return Measurement(Double(times.count), .count, meaning: "times \(input["region"])")
    }
    let from = try border(input)
    let count = times.bins.filter { $0.range.lowerBound >= from }.reduce(0) { $0 + $1.count }
    return Measurement(Double(count), .count, meaning: "times \(input["region"]) from \(TraceTime.text(from)) on")
  }

  /// A percentile of a region over another.
  static let regionRatio = Query(
    name: "region-ratio",
    summary:
      "how long a region took at a percentile (`at`: 50, 99.9, 100 the longest) over another percentile (`over`)",
    required: ["region", "at", "over"], optional: window
  ) { input in
    let times = try region(input)
    func percentile(_ name: String) throws -> Int64 {
      guard let percent = Double(input[name]), (0...100).contains(percent) else {
        throw ClaimError.malformedArgument(name: name, value: input[name], expected: "a percentile from 0 to 100")
      }
      return times.percentile(percent / 100)
    }
    let (upper, lower) = (try percentile("at"), try percentile("over"))
    guard lower > 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      Double(upper) / Double(lower), .ratio,
      meaning: "\(input["region"]): the time at \(input["at"]) % over that at \(input["over"]) %")
  }

  /// What one region's time is of another's.
  static let regionShare = Query(
    name: "region-share", summary: "how long all regions of a name took together, over those of the name `of`",
    required: ["region", "of"], optional: window
  ) { input in
    let (part, whole) = (try region(input), try region(input, named: input["of"]))
    guard whole.sum > 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      Double(part.sum) / Double(whole.sum), .share, meaning: "time in \(input["region"]) of that in \(input["of"])")
  }

  static let ofTraces: [Query] = [
    .runningShare, .idleShare, .parallelism, .minimumUtilisation, .longCalls, .tasks, .turns, .smallShare,
    .taskTimeRatio, .regionCount, .regionRatio, .regionShare,
  ]

  // MARK: - What they ask

  /// What happened in the window of the capture's trace.
  static func summary(_ input: Input, of capture: Capture? = nil) throws -> TraceSummary {
    let capture = capture ?? input.capture
    guard let trace = capture.trace else { throw ClaimError.notATrace("\(capture.name)") }
    let window = try TraceWindow(of: trace, start: time("start", input), length: time("length", input))
    return TraceSummary(trace, in: window)
  }

  private static func time(_ name: String, _ input: Input) throws -> Int64? {
    guard let text = input.arguments[name] else { return nil }
    guard let time = TraceTime.parse(text) else {
      throw ClaimError.malformedArgument(name: name, value: text, expected: "a time such as 62ms, 1.5s or 20us")
    }
    return time
  }

  private static func border(_ input: Input) throws -> Int64 {
    guard let from = try time("from", input), from.nonzeroBitCount == 1 || from == 0 else {
      throw ClaimError.malformedArgument(
        name: "from", value: input["from"], expected: "a power of two of nanoseconds, where histograms have a border")
    }
    return from
  }

  private static func place(_ input: Input) -> String {
    input.arguments["function"].map { " made by \($0)" } ?? ""
  }

  private static func family(_ input: Input, _ summary: TraceSummary) throws -> TraceSummary.TaskFamily {
    guard let name = input.arguments["function"] else { return summary.all }
    guard let family = summary.family(named: FunctionName(name)) else { throw ClaimError.noSuchFunction(name) }
    return family
  }

  private static func taskTime(_ name: String, _ input: Input, _ summary: TraceSummary) throws -> Int64 {
    let family = try family(input, summary)
    switch name {
    case "median-run": return family.runs.median
    case "longest-run": return family.runs.greatest
    case "running": return family.running.sum
    case "ready": return family.ready.sum
    case "waiting": return family.waiting.values.reduce(0) { $0.adding($1.sum) }
    default:
      throw ClaimError.malformedArgument(
        name: "time", value: name, expected: "one of median-run, longest-run, running, ready, waiting")
    }
  }

  private static func region(_ input: Input, named name: String? = nil) throws -> Distribution {
    let name = name ?? input["region"]
    let summary = try summary(input)
    guard let spans = (summary.regions + summary.userTasks).first(where: { $0.name == name }) else {
      throw ClaimError.noSuchRegion(name, known: (summary.regions + summary.userTasks).map(\.name))
    }
    return spans.times
  }
}

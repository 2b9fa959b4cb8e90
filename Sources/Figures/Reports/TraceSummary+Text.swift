import Analysis
import ExecutionTrace

extension TraceSummary {
  /// The summary as `lab trace --summary` prints it, with a newline at its end.
  /// - Parameter title: The first line, e.g. the program's name.
  public func text(title: String) -> String {
    var lines = [title]
    if !window.isWhole { lines.append("window        \(TimelineText.place(of: window))") }
    lines += [""] + useLines
    for section in [
      familyLines, executorLines, jobLines, callLines, regionLines, longestLines, counterLines, missingLines,
    ] {
      if !section.isEmpty { lines += [""] + section }
    }
    lines += [""] + findingLines
    return lines.joined(separator: "\n") + "\n"
  }

  private func time(_ nanoseconds: Int64) -> String { TraceTime.text(nanoseconds).plainSpaces }
  private func count(_ number: Int) -> String { TimelineWords.grouped(number) }
  private func share(_ part: Double) -> String { Quantity.share(Estimate(part)).plainSpaces }

  private func mean(_ number: Double) -> String {
    number < 1_000 ? Rounding.text(number).value : count(Int(number.rounded()))
  }

  private func range(_ level: Level) -> String {
    "\(count(level.least)) to \(count(level.most)) at once, \(mean(level.mean)) in the mean"
  }

  // MARK: - Sections

  private var useLines: [String] {
    let times = utilisation
    var lines = [
      "running       \(share(times.share)) of the time of \(processors) processor\(processors == 1 ? "" : "s"), "
        + "\(Rounding.text(times.parallelism).value) threads at once in the mean"
    ]
    for window: Int64 in [1_000_000, 10_000_000, 100_000_000] {
      guard window < self.window.length, let least = times.minimum(over: window) else { continue }
      lines.append(
        "  at least    \(share(least.share)) in any \(time(window)); the least from "
          + "\(TraceTime.place(self.window.start + least.start, within: window).plainSpaces) on")
    }
    if times.idleWhileReady > 0 {
      lines.append("  idle        \(share(times.idleShare)) of it while tasks were ready to run")
    }
    lines.append(
      "tasks         \(count(made)) made, \(count(ended)) ended, \(count(live)) alive at the end"
        + (older > 0 ? "; \(count(older)) are older" : ""))
    lines.append("  alive       \(range(liveTasks))")
    lines.append("  ready       \(range(readyTasks)), for want of a thread")
    for thread in threads {
      let blocked = thread.blocked > 0 ? ", \(time(thread.blocked)) blocked in calls" : ""
      let missing = thread.missing > 0 ? ", \(time(thread.missing)) missing" : ""
      lines.append(
        "  \(thread.name.leading(12))"
          + "\(share(Double(thread.running) / Double(max(window.length, 1)))) running, \(count(thread.runs)) run\(thread.runs == 1 ? "" : "s")"
          + blocked + missing)
    }
    return lines
  }

  private var familyLines: [String] {
    guard !families.isEmpty else {
      return ["No task was made or ran, and a trace tells of little else."]
    }
    var rows = [["tasks made by", "made", "ran: all", "median", "99 %", "longest", "a run", "ready", "waited"]]
    for family in families.prefix(20) {
      let waiting = family.reasons.reduce(Int64(0)) { $0 + $1.times.sum } + family.queued.sum
      rows.append([
        family.function + (family.place.isEmpty ? "" : " \(family.place)"), count(family.made),
        time(family.running.sum),
        time(family.running.median), time(family.running.percentile(0.99)), time(family.running.greatest),
        time(family.runs.median), time(family.ready.sum), time(waiting),
      ])
    }
    var lines = TextTable.lines(rows)
    if families.count > 20 { lines.append("  and \(families.count - 20) more functions") }
    for family in families.prefix(20) where !family.reasons.isEmpty {
      let reasons = family.reasons.filter { $0.times.sum > 0 }.prefix(4).map { reason, times in
        "\(time(times.sum)) \(reason.words) "
          + (times.count == 1 ? "(once)" : "(\(count(times.count)) times, median \(time(times.median)))")
      }
      if !reasons.isEmpty { lines.append("  \(family.function): " + reasons.joined(separator: ", ")) }
    }
    return lines
  }

  private var executorLines: [String] {
    guard !executors.isEmpty else { return [] }
    var rows = [["on", "stays", "all", "median", "longest", "others waited", "median"]]
    for executor in executors.prefix(12) {
      let many = executor.instances > 1 ? " (\(count(executor.instances)) of them)" : ""
      rows.append([
        executor.name + many, count(executor.held.count), time(executor.held.sum), time(executor.held.median),
        time(executor.held.greatest), time(executor.queued.sum), time(executor.queued.median),
      ])
    }
    return TextTable.lines(rows)
  }

  private var jobLines: [String] {
    guard !jobs.isEmpty else { return [] }
    var rows = [["jobs that are no tasks", "times", "all", "median", "longest"]]
    for job in jobs.prefix(12) {
      rows.append([
        job.name.isEmpty ? "(without a name)" : job.name, count(job.times.count), time(job.times.sum),
        time(job.times.median), time(job.times.greatest),
      ])
    }
    return TextTable.lines(rows)
  }

  private var callLines: [String] {
    guard !calls.isEmpty else { return [] }
    var rows = [["blocked in calls", "for", "times", "all", "longest", "while tasks were ready"]]
    for call in calls.prefix(12) {
      rows.append([
        call.function, "\(call.reason)", count(call.times.count), time(call.times.sum), time(call.times.greatest),
        time(call.whileReady),
      ])
    }
    return TextTable.lines(rows)
  }

  private var regionLines: [String] {
    guard !(regions.isEmpty && userTasks.isEmpty) else { return [] }
    var rows = [["regions", "times", "all", "median", "90 %", "99 %", "99.9 %", "longest"]]
    func add(_ spans: [NamedSpans], _ what: String) {
      for span in spans.prefix(20) {
        rows.append(
          [span.name + what, count(span.times.count), time(span.times.sum)]
            + [0.5, 0.9, 0.99, 0.999].map { time(span.times.percentile($0)) } + [time(span.times.greatest)])
      }
    }
    add(regions, "")
    add(userTasks, " (user task)")
    return TextTable.lines(rows)
  }

  private var longestLines: [String] {
    var lines: [String] = []
    for run in longestRuns.prefix(3) {
      let start = TraceTime.place(run.start, within: max(run.end - run.start, 1)).plainSpaces
      lines.append(
        "longest run   \(run.isCut ? "at least " : "")\(time(run.running)) from \(start) on, task \(run.task) of "
          + run.family + (run.ready >= 0.5 ? ", while \(mean(run.ready)) tasks were ready" : ""))
    }
    if let gap = longestGap {
      let start = TraceTime.place(gap.start, within: max(gap.end - gap.start, 1)).plainSpaces
      lines.append(
        "longest gap   \(time(gap.end - gap.start)) from \(start) on, in which no task ran"
          + (gap.whileReady > 0 ? "; for \(time(gap.whileReady)) of it one was ready" : ""))
    }
    return lines
  }

  private var counterLines: [String] {
    counters.map { counter in
      func text(_ value: Int64) -> String {
        counter.isSize
          ? Quantity(unit: "bytes").text(Estimate(Double(value))).plainSpaces : TimelineWords.grouped(Int(value))
      }
      let range =
        counter.least == counter.most
        ? "\(text(counter.last)) all along"
        : "\(text(counter.least)) to \(text(counter.most)), \(text(counter.last)) at the end"
      return "counter       \(counter.name): \(range)"
    }
  }

  private var missingLines: [String] {
    var lines: [String] = []
    if lostEvents > 0 { lines.append("missing       \(lostEvents) events") }
    lines += losses.map { "missing       \($0.count) \($0.sentence)" }
    return lines + irregularities.sentences.map { "irregular     \($0)" }
  }

  private var findingLines: [String] {
    findings.isEmpty ? ["nothing found"] : findings.map { "finding: \($0.sentence)" }
  }
}

extension String {
  /// With plain spaces where lines must not break: a terminal breaks them nowhere.
  fileprivate var plainSpaces: String { replacing("\u{A0}", with: " ") }

  /// The text with spaces after it, up to the width in characters.
  fileprivate func leading(_ width: Int) -> String {
    self + String(repeating: " ", count: max(width - unicodeScalars.count, 1))
  }
}

/// Where a window lies, for a terminal.
enum TimelineText {
  static func place(of window: TraceWindow) -> String {
    let start = TraceTime.place(window.start, within: window.length)
    return "\(TraceTime.text(window.length)) of \(TraceTime.text(window.whole)), from \(start) on".plainSpaces
  }
}

/// Rows whose first cell leans to the left, and all others to the right.
enum TextTable {
  static func lines(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        column == 0 ? cell.leading(widths[0] + 1) : "  " + cell.padded(to: widths[column])
      }.joined()
    }
  }
}

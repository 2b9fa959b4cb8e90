import Analysis

/// What a timeline says in words: the sentence for those who do not see it, its key, notes, and the table below.
struct TimelineWords {
  /// A time that a bracket shows.
  struct Mark {
    enum Kind { case run, gap, stay }

    var mark: TraceTimeline.Mark
    var kind: Kind
    var text: String
  }

  private let timeline: TraceTimeline
  private let callout: Callout?

  init(_ timeline: TraceTimeline, callout: Callout?) { (self.timeline, self.callout) = (timeline, callout) }

  private var summary: TraceSummary { timeline.summary }
  private var length: Int64 { timeline.window.length }

  // MARK: - Numbers

  private func time(_ nanoseconds: Int64) -> String { TraceTime.text(nanoseconds) }

  private func percent(_ part: Int64, of whole: Int64) -> String { Quantity.share(part, of: whole) }

  /// A family's share of all the time that tasks ran.
  func share(of family: TraceTimeline.Family) -> String { percent(family.running, of: max(summary.all.running.sum, 1)) }

  func range(_ level: TraceSummary.Level) -> String {
    level.least == level.most ? Self.grouped(level.most) : "\(Self.grouped(level.least)) to \(Self.grouped(level.most))"
  }

  /// A number in groups of three.
  static func grouped(_ value: Int) -> String { Measurement(Double(value), .count, meaning: "").text }

  // MARK: - Beside the rows

  func note(_ row: TraceTimeline.Row) -> String {
    timeline.grouping == .thread ? "\(percent(row.running, of: length)) runs" : row.note
  }

  func key(_ part: TraceTimeline.Part) -> String {
    switch part {
    case .running(let place): "\(timeline.families[place].name) \(share(of: timeline.families[place]))"
    case .job: job
    case .blocked: "blocked in a call"
    case .nesting: "runs another within itself"
    case .missing: "events are missing"
    case .ready: "ready, for want of a thread"
    case .queued: "waits for an actor"
    case .waiting: "suspended"
    case .unbegun: "not begun"
    }
  }

  /// What jobs do, of which most have a name.
  var job: String {
    let names = summary.jobs.map(\.name).filter { !$0.isEmpty }
    guard let first = names.first else { return "a job that is no task" }
    return names.count == 1 ? first : "\(first) and other jobs"
  }

  /// How many letters the key has, about.
  var keyLength: Int { timeline.parts.reduce(30) { $0 + key($1).count + 6 } }

  /// Where the window lies, e.g. `1 ms of 150 ms, from 62 ms`.
  var place: String {
    let window = timeline.window
    if window.isWhole { return "\(time(window.whole)), all of the trace" }
    let start = window.start == 0 ? "the start" : TraceTime.place(window.start, within: window.length)
    return "\(time(window.length)) of \(time(window.whole)), from \(start)"
  }

  private func length(of mark: TraceTimeline.Mark) -> String {
    "\(mark.isCut ? "at least " : "")\(time(mark.end - mark.start))"
  }

  /// Marks that are wide enough to be seen.
  var marks: [Mark] {
    var marks: [Mark] = []
    func add(_ kind: Mark.Kind, _ what: String, _ mark: TraceTimeline.Mark?) {
      guard let mark, mark.to - mark.from >= 2 else { return }
      marks.append(Mark(mark: mark, kind: kind, text: "\(what): \(length(of: mark))"))
    }
    add(.stay, "in \(timeline.longestStay?.name ?? "") while others wait", timeline.longestStay)
    add(.run, "longest run", timeline.longestRun)
    add(.gap, "longest gap", timeline.longestGap)
    return marks
  }

  /// What is not drawn, or not as it should be.
  var notes: [String] {
    var notes: [String] = []
    if timeline.rows.contains(where: { $0.lanes.contains { !$0.stacks.isEmpty } }) {
      notes.append("Where bars would be too narrow, a column is as full as the share of its time that they took.")
    }
    if timeline.hidden.count > 0 {
      let what = timeline.grouping == .thread ? "thread" : "task"
      notes.append(
        "Not shown: \(Self.grouped(timeline.hidden.count)) more \(what)\(timeline.hidden.count == 1 ? "" : "s"), which "
          + "ran for \(time(timeline.hidden.running)) in all.")
    }
    if summary.lostEvents > 0 {
      notes.append("\(Self.grouped(Int(summary.lostEvents))) events were lost.")
    }
    return notes
  }

  // MARK: - The whole

  var functions: [String] {
    timeline.families.enumerated().filter { timeline.parts.contains(.running($0.offset)) }.map(\.element.name)
  }

  var sentence: String {
    var text = "\(place): \(percent(summary.utilisation.running, of: Int64(summary.utilisation.available))) of the "
    text += "time of \(summary.processors) processor\(summary.processors == 1 ? "" : "s") tasks run on "
    text += "\(summary.threads.count) thread\(summary.threads.count == 1 ? "" : "s"); "
    text += "\(range(timeline.live.level)) tasks live, \(range(timeline.ready.level)) are ready for a thread."
    if let family = timeline.families.first, family.running > 0 {
      text += " \(share(of: family)) of what runs are tasks made by \(family.name)."
    }
    if let run = timeline.longestRun {
      text += " The longest run: \(length(of: run)), \(run.name)."
    }
    if let gap = timeline.longestGap {
      text += " The longest gap between two runs of a row: \(length(of: gap))."
    }
    if let stay = timeline.longestStay {
      text += " The longest stay in an actor for which others wait: \(length(of: stay)), in \(stay.name)."
    }
    if let callout, let family = timeline.families.first {
      text += " Called out: \(callout.words(share(of: family), of: family.name))."
    }
    return text
  }

  var table: DataTable {
    let rows = timeline.rows.prefix(60).map { row in
      [row.name, row.note, time(row.running), percent(row.running, of: length)]
    }
    let families = timeline.families.map { family in
      ["all tasks of", family.name, time(family.running), share(of: family)]
    }
    return DataTable(
      columns: [
        .init(timeline.grouping.rawValue), .init("tasks of"), .init("ran", alignment: .trailing),
        .init("share", alignment: .trailing),
      ], rows: rows + families)
  }
}

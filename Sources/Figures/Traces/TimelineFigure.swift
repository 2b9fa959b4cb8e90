import Analysis
import ExecutionTrace

/// Draws a window of a trace: a row a thread or a task, over time, with counters above. What is empty is a gap.
///
/// A column of the drawing is painted to the height that is a part's share of its time, or whole where it holds one piece
/// or two: so paint is time, whether bars are seen one by one or not. Families of tasks differ in colour, and in where
/// their bars have a dark line; where they share a column, they lie on one another in the order of the key.
struct TimelineFigure: FigureDrawing {
  static let options = ["start", "length", "walk", "by", "label", "nodecount", "callout", "says", "title"]
  static var style: [UInt8] { PackageResources.timeline_css }
  static func advice(_ options: FigureOptions) -> String {
    "it made none of the tasks that ran in the window; take the name out, or ask for another window with start= and length="
  }

  /// Rows beyond this many have no words of their own.
  private static let namedRows = 40

  let timeline: TraceTimeline
  let options: FigureOptions
  private let callout: Callout?
  private let words: TimelineWords

  init(_ input: FigureInput) throws {
    options = input.options
    let trace = try input.trace(for: .timeline)
    let window = try input.window(of: trace)
    let callout = Callout(options)
    timeline = TraceTimeline(
      trace, in: window, columns: options.columns ?? 600, by: try Self.grouping(options),
      rows: options.nodeCount ?? 16, label: options.label, family: callout?.name, from: input.checkpoints)
    if let callout, !(timeline.families.first.map { callout.name.matches($0.name) } ?? false) {
      throw FigureError.calloutNotShown(name: callout.name.text)
    }
    if let label = options.label, !timeline.families.contains(where: { $0.name.hasPrefix("\(label): ") }) {
      throw FigureError.noLabel(name: label)
    }
    self.callout = callout
    words = TimelineWords(timeline, callout: callout)
  }

  private static func grouping(_ options: FigureOptions) throws(FigureError) -> TraceTimeline.Grouping {
    guard let name = options.byLabel else { return .thread }
    guard let grouping = TraceTimeline.Grouping(rawValue: name) else {
      let known = TraceTimeline.Grouping.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalidOption(name: "by", value: name, expected: "one of \(known)")
    }
    return grouping
  }

  func figure() -> Figure {
    Figure(body: body, alt: words.sentence, table: words.table, functions: words.functions)
  }

  func size(width: Double) -> (width: Double, height: Double) {
    let rows = areNamed ? timeline.rows.reduce(0) { $0 + height(of: $1) + 6 } : 3 * Double(timeline.rows.count) + 6
    let marks = 22.0 * Double(words.marks.count)
    let key = 24 * (Double(words.keyLength) / (width / 7)).rounded(.up)
    let foot = callout.map { $0.height(width: width) + 20 } ?? 0
    return (width, 190 + (options.title.isEmpty ? 0 : 24) + key + rows + marks + foot)
  }

  var areNamed: Bool { timeline.rows.count <= Self.namedRows }

  func height(of row: TraceTimeline.Row) -> Double {
    if timeline.grouping == .task { return 16 }
    return row.lanes.count == 1 ? 34 : Double(row.lanes.count) * 20
  }

  // MARK: - Painted

  private var body: String {
    var out = Markup()
    out.raw(callout == nil ? "<div class=\"timeline\"" : "<div class=\"timeline argues\"")
    if options.isView { paintWindow(into: &out) }
    out.raw(" role=\"figure\" aria-label=\"")
    out.text(words.sentence)
    out.raw("\">")
    if !options.title.isEmpty {
      out.raw("<p class=\"figure-title\">")
      out.text(options.title)
      out.raw("</p>")
    }
    paintKey(into: &out)
    if !timeline.window.isWhole || options.isView { paintPlace(into: &out) }
    paint(timeline.live, "live tasks", into: &out)
    paint(timeline.ready, "ready", into: &out)
    if timeline.rows.count > 1 || timeline.grouping == .task { paint(timeline.running, "running", into: &out) }
    if areNamed { paintRows(into: &out) } else { paintManyRows(into: &out) }
    if options.isView { paintCounters(into: &out) }
    TimelineAxis(timeline.window).paint(into: &out)
    for note in words.notes + wakeupNotes {
      out.raw("<p class=\"timeline-note\">")
      out.text(note)
      out.raw("</p>")
    }
    if let callout, let family = timeline.families.first {
      callout.paint(words.share(of: family), of: family.name, to: &out)
    }
    out.raw("</div>")
    return out.string
  }

  private func paintKey(into out: inout Markup) {
    out.raw("<p class=\"timeline-key\">")
    for part in timeline.parts {
      out.raw("<span><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 14\" width=\"20\" height=\"14\" ")
      out.raw("aria-hidden=\"true\">")
      let bar = TraceTimeline.Bar(from: 0, to: 20, part: part, family: nil)
      LanePainter(lane: .init(bars: [bar], stacks: []), top: 0, height: 14).paint(into: &out)
      out.raw("</svg>")
      out.text(words.key(part))
      out.raw("</span>")
    }
    out.raw("<span><i></i>")
    out.text(timeline.grouping == .thread ? "empty: nothing of a task" : "empty: not alive")
    out.raw("</span></p>")
  }

  /// Where in the trace the window lies.
  private func paintPlace(into out: inout Markup) {
    let window = timeline.window
    out.raw("<div class=\"timeline-where\" aria-hidden=\"true\"><i style=\"--a:")
    out.number(Double(window.start) / Double(window.whole) * 100)
    out.raw("%;--b:")
    out.number(Double(window.length) / Double(window.whole) * 100)
    out.raw("%\"></i></div><p class=\"timeline-span\">")
    out.text(words.place)
    out.raw("</p>")
  }

  private func paint(_ track: TraceTimeline.Track, _ name: String, into out: inout Markup) {
    let height = 26.0
    beginTrack("counter", name, words.range(track.level), height: height, into: &out)
    let highest = Double(max(track.peaks.max() ?? 1, 1))
    let scale = Double(timeline.columns) / Double(max(track.means.count, 1))
    func line(_ values: [Double]) -> [Point] {
      values.enumerated().map { column, value in
        Point(x: (Double(column) + 0.5) * scale, y: height - 1 - value / highest * (height - 3))
      }
    }
    let means = line(track.means)
    let ends = [Point(x: Double(timeline.columns), y: height), Point(x: 0, y: height)]
    let sides = [means.last, means.first].compactMap { $0 }.enumerated().map {
      Point(x: $0 == 0 ? Double(timeline.columns) : 0, y: $1.y)
    }
    let around: [Point] = means + Array(sides.prefix(1)) + ends + Array(sides.suffix(1))
    out.path("mean", through: around, isClosed: true)
    out.path("most", through: line(track.peaks.map(Double.init)))
    endTrack(into: &out)
  }

  /// Whether arrows lead over the rows, which then have nothing between them.
  var haveArrows: Bool {
    options.showsWakeups && areNamed && !timeline.wakeups.isEmpty && timeline.wakeupCount == timeline.wakeups.count
  }

  private func paintRows(into out: inout Markup) {
    if haveArrows { out.raw("<div class=\"timeline-rows\">") }
    defer { if haveArrows { paintWakeups(into: &out) } }
    for (number, row) in timeline.rows.enumerated() {
      let height = height(of: row)
      let kind: StaticString = timeline.grouping == .thread ? "thread" : "task"
      beginTrack(kind, row.name, words.note(row), height: height, into: &out)
      let lane = height / Double(max(row.lanes.count, 1))
      for (level, pieces) in row.lanes.enumerated() {
        LanePainter(lane: pieces, top: Double(level) * lane, height: lane).paint(into: &out)
      }
      out.raw("</svg>")
      for (level, pieces) in row.lanes.enumerated() where timeline.grouping == .thread {
        paintNames(pieces, top: Double(level) * lane, height: lane, into: &out)
      }
      out.raw("</div></div>")
      for mark in words.marks where mark.mark.row == number && !haveArrows { paint(mark, into: &out) }
    }
  }

  /// The names of bars that are wide enough for some letters.
  private func paintNames(_ lane: TraceTimeline.Lane, top: Double, height: Double, into out: inout Markup) {
    let columns = Double(timeline.columns)
    for bar in lane.bars where bar.to - bar.from > columns * 0.09 {
      guard let name = name(of: bar) else { continue }
      out.raw("<b style=\"--l:")
      out.number(bar.from / columns * 100)
      out.raw("%;--w:")
      out.number((bar.to - bar.from) / columns * 100)
      out.raw("%;--t:")
      out.number(top)
      out.raw("px;--h:")
      out.number(height)
      out.raw("px\">")
      out.text(name)
      out.raw("</b>")
    }
  }

  /// Whose a bar is that runs.
  private func name(of bar: TraceTimeline.Bar) -> String? {
    switch bar.part {
    case .running: bar.family.map { timeline.families[$0].name }
    case .job: words.job
    default: nil
    }
  }

  private func paintManyRows(into out: inout Markup) {
    let height = 3.0 * Double(timeline.rows.count)
    beginTrack("task", "\(timeline.rows.count) tasks", "as they began", height: height, into: &out)
    for (number, row) in timeline.rows.enumerated() {
      for lane in row.lanes { LanePainter(lane: lane, top: Double(number) * 3, height: 2.6).paint(into: &out) }
    }
    endTrack(into: &out)
  }

  private func paint(_ mark: TimelineWords.Mark, into out: inout Markup) {
    let columns = Double(timeline.columns)
    let kind: StaticString =
      switch mark.kind {
      case .run: "<div class=\"timeline-mark run\"><s"
      case .gap: "<div class=\"timeline-mark\"><s"
      case .stay: "<div class=\"timeline-mark stay\"><s"
      }
    out.raw(kind)
    out.raw(" style=\"--l:")
    out.number(mark.mark.from / columns * 100)
    out.raw("%;--w:")
    out.number((mark.mark.to - mark.mark.from) / columns * 100)
    let isLeft = mark.mark.from < columns / 2
    out.raw(isLeft ? "%\"></s><span style=\"left:" : "%\"></s><span style=\"right:")
    out.number((isLeft ? mark.mark.from : columns - mark.mark.to) / columns * 100)
    out.raw("%\">")
    out.text(mark.text)
    out.raw("</span></div>")
  }

  func beginTrack(
    _ kind: StaticString, _ name: String, _ note: String, height: Double, into out: inout Markup
  ) {
    out.raw("<div class=\"timeline-track ")
    out.raw(kind)
    out.raw("\"><span>")
    out.text(name)
    if !note.isEmpty {
      out.raw("<small>")
      out.text(note)
      out.raw("</small>")
    }
    out.raw("</span><div style=\"height:")
    out.number(height)
    out.raw("px\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
    out.number(timeline.columns)
    out.raw(" ")
    out.number(height)
    out.raw("\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
  }

  func endTrack(into out: inout Markup) { out.raw("</svg></div></div>") }
}

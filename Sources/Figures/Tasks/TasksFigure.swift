import Analysis

/// Draws the live tasks in families, a bar a family: by who made them, by what they do, or by how long they have done it.
///
/// A bar is divided into what its tasks differ by; each part has a colour, a pattern and its number in words below. HTML
/// that needs no script.
struct TasksFigure: FigureDrawing {
  static let options = ["by", "callout", "says", "title", "nodecount", "harness"]
  static var style: [UInt8] { PackageResources.tasks_css }
  static func advice(_ options: FigureOptions) -> String {
    "it made none of the tasks that are drawn; take the name out, or ask for more rows with nodecount="
  }

  private let report: TaskReport
  private let rows: ArraySlice<TaskReport.Row>
  private let options: FigureOptions
  private let callout: Callout?
  /// The row that is called out.
  private let called: TaskReport.Row?
  /// By part, the style that it is drawn in.
  private let patterns: [String: Int]

  init(_ input: FigureInput) throws {
    options = input.options
    let report = try TaskReport(input.folded.profile, by: try Self.grouping(options))
    self.report = report
    patterns = Self.patterns(report.parts)
    let rows = report.rows.prefix(options.nodeCount ?? 12)
    let callout = Callout(options)
    let called = callout.flatMap { callout in rows.first { callout.name.matches($0.name) } }
    (self.rows, self.callout, self.called) = (rows, callout, called)
    if let callout, called == nil { throw FigureError.calloutNotShown(name: callout.name.text) }
  }

  private static func grouping(_ options: FigureOptions) throws(FigureError) -> TaskReport.Grouping {
    guard let name = options.byLabel else { return .creation }
    guard let grouping = TaskReport.Grouping(rawValue: name) else {
      let known = TaskReport.Grouping.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalidOption(name: "by", value: name, expected: "one of \(known)")
    }
    return grouping
  }

  func figure() -> Figure { Figure(body: body, alt: alt, table: table, functions: functions) }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, 24 + (options.title.isEmpty ? 0 : 24) + 46 + Double(rows.count) * 77 + (callout == nil ? 0 : 80))
  }

  private var functions: [String] {
    switch report.grouping {
    case .creation: rows.map(\.name)
    case .state: rows.flatMap(\.parts).map(\.name)
    case .age: []
    }
  }

  // MARK: - In words

  private func count(_ count: Int64) -> String { Quantity(unit: report.unit).text(count) }

  /// What the row is about, as the beginning of a sentence.
  private func lead(_ row: TaskReport.Row) -> String {
    switch report.grouping {
    case .creation: "made by \(row.name)"
    case .state: row.name
    case .age: "in their state for \(row.name)"
    }
  }

  private func words(_ part: TaskReport.Part) -> String {
    "\(count(part.count)) \(report.grouping == .state ? "made by " : "")\(part.name)"
  }

  private func words(_ parts: [TaskReport.Part]) -> String {
    let named = parts.prefix(3).map(words).joined(separator: ", ")
    let rest = parts.dropFirst(3).reduce(0) { $0 + $1.count }
    return rest == 0 ? named : "\(named), \(count(rest)) other\(rest == 1 ? "" : "s")"
  }

  private var alt: String {
    guard let first = report.largest else { return "No task is alive." }
    var text = "\(count(report.total)) live tasks: \(count(first.count)) (\(Quantity.share(first.share))) "
    text += "are \(lead(first)): \(words(first.parts))."
    if let callout, let called {
      text += " Called out: \(callout.words(Quantity.share(called.share), of: called.name))."
    }
    return text
  }

  private var table: DataTable {
    let heading =
      switch report.grouping {
      case .creation: "made by"
      case .state: "state"
      case .age: "in it for"
      }
    return DataTable(
      columns: [
        .init(heading), .init("tasks", alignment: .trailing), .init("share", alignment: .trailing), .init("of these"),
        .init("names"),
      ],
      rows: report.rows.map { row in
        [
          row.name, count(row.count), Quantity.share(row.share), row.parts.map(words).joined(separator: ", "),
          row.taskNames.joined(separator: ", "),
        ]
      })
  }

  // MARK: - Painted

  /// Parts have the patterns of this many styles; all further ones share the last.
  private static let patternCount = 6

  /// What a state looks like in every figure, unless something else that is drawn has it already.
  private static let ownPatterns: [String: Int] = {
    let states: [(TaskState, Int)] = [
      (.waiting(for: "continuation"), 0), (.waiting(for: "sleep"), 1), (.waiting(for: "stream"), 2), (.running, 3),
      (.waiting(for: "task"), 4), (.waiting(for: "group"), 4), (.waiting(for: "actor"), 5), (.ready, 5),
    ]
    return Dictionary(uniqueKeysWithValues: states.map { ($0.words, $1) })
  }()

  /// By part, its pattern: the largest choose first.
  private static func patterns(_ parts: [String]) -> [String: Int] {
    var free = Array(0..<patternCount)
    var patterns: [String: Int] = [:]
    for part in parts.prefix(patternCount) where ownPatterns[part].map(free.contains) == true {
      patterns[part] = ownPatterns[part]
      free.removeAll { $0 == ownPatterns[part] }
    }
    for part in parts where patterns[part] == nil {
      patterns[part] = free.isEmpty ? patterns[parts[patternCount - 1]] : free.removeFirst()
    }
    return patterns
  }

  private var body: String {
    wrapFigure("tasks", title: options.title, alt: alt) { out in
      paintKey(into: &out)
      for row in rows { paint(row, into: &out) }
      let rest = report.rows.dropFirst(rows.count)
      if !rest.isEmpty {
        out.raw("<p class=\"tasks-rest\">and ")
        out.text(count(rest.reduce(0) { $0 + $1.count }))
        out.raw(" more in ")
        out.number(rest.count)
        out.raw(" smaller families</p>")
      }
      if let callout, let called { callout.paint(Quantity.share(called.share), of: called.name, to: &out) }
    }
  }

  private func paintKey(into out: inout Markup) {
    out.raw("<p class=\"tasks-key\"><b>")
    out.text(count(report.total))
    out.raw(" live tasks</b>")
    for (index, part) in report.parts.prefix(Self.patternCount).enumerated() {
      let isRest = index == Self.patternCount - 1 && report.parts.count > Self.patternCount
      out.raw("<span><i class=\"p")
      out.number(patterns[part] ?? 0)
      out.raw("\"></i>")
      out.text(isRest ? "all others" : part)
      out.raw("</span>")
    }
    out.raw("</p>")
  }

  private func paint(_ row: TaskReport.Row, into out: inout Markup) {
    let longest = max(rows.map(\.count).max() ?? 1, 1)
    out.raw(row.name == called?.name ? "<div class=\"tasks-row c\">" : "<div class=\"tasks-row\">")
    out.raw("<p class=\"tasks-name\">")
    if report.grouping == .creation {
      out.raw("<code>")
      out.text(row.name)
      out.raw("</code>")
    } else {
      out.text(row.name)
    }
    if !row.taskNames.isEmpty {
      out.raw(" <small>")
      out.text(names(row.taskNames))
      out.raw("</small>")
    }
    out.raw("</p><div class=\"tasks-line\"><span class=\"tasks-bar\" style=\"--w:")
    out.number(Double(row.count) / Double(longest) * 100)
    out.raw("\">")
    for part in row.parts {
      out.raw("<i class=\"p")
      out.number(patterns[part.name] ?? 0)
      out.raw("\" style=\"--s:")
      out.number(Double(part.count) / Double(max(row.count, 1)) * 100)
      out.raw("%\"></i>")
    }
    out.raw("</span><span class=\"tasks-number\"><b>")
    out.text(count(row.count))
    out.raw("</b> ")
    out.text(Quantity.share(row.share))
    out.raw("</span></div><p class=\"tasks-parts\">")
    out.text(words(row.parts))
    out.raw("</p></div>")
  }

  /// The names that the program gave to the tasks of a row.
  private func names(_ names: [String]) -> String {
    let quoted = names.prefix(3).map { "“\($0)”" }.joined(separator: ", ")
    return names.count > 3 ? "\(quoted) and \(names.count - 3) more" : quoted
  }
}

import Analysis

/// Draws the live tasks in families, a bar a family: by who made them, by what they do, or by how long they have done it.
///
/// A bar is divided into what its tasks differ by.
struct TasksFigure: FigureDrawing {
  static let options = ["by", "callout", "says", "title", "nodecount", "harness"]
  static var style: [UInt8] { BarList.style }
  static func advice(_ options: FigureOptions) -> String {
    "it made none of the tasks that are drawn; take the name out, or ask for more rows with nodecount="
  }

  private let report: TaskReport
  private let rows: ArraySlice<TaskReport.Row>
  private let options: FigureOptions
  private let callout: Callout?
  /// The row that is called out.
  private let called: TaskReport.Row?

  init(_ input: FigureInput) throws {
    options = input.options
    report = try TaskReport(input.folded.profile, by: try options.grouping(usually: .creation))
    let rows = report.rows.prefix(options.nodeCount ?? 12)
    let callout = Callout(options)
    let called = callout.flatMap { callout in rows.first { callout.name.matches($0.name) } }
    (self.rows, self.callout, self.called) = (rows, callout, called)
    if let callout, called == nil { throw FigureError.calloutNotShown(name: callout.name.text) }
  }

  func figure() -> Figure { Figure(body: body, alt: alt, table: table, functions: functions) }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, 24 + (options.title.isEmpty ? 0 : 24) + BarList.height(rows: rows.count) + (callout == nil ? 0 : 80))
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

  /// What states look like.
  private static let ownPatterns: [String: Int] = {
    let states: [(TaskState, Int)] = [
      (.waiting(for: "continuation"), 0), (.waiting(for: "sleep"), 1), (.waiting(for: "stream"), 2), (.running, 3),
      (.waiting(for: "task"), 4), (.waiting(for: "group"), 4), (.waiting(for: "actor"), 5), (.ready, 5),
    ]
    return Dictionary(uniqueKeysWithValues: states.map { ($0.words, $1) })
  }()

  private var body: String {
    let bars = BarList(
      total: "\(count(report.total)) live tasks", parts: report.parts, ownPatterns: Self.ownPatterns,
      rows: rows.map { row in
        BarList.Row(
          name: row.name, isCode: report.grouping == .creation, note: names(row.taskNames), value: row.count,
          text: count(row.count), share: Quantity.share(row.share), parts: row.parts.map { ($0.name, $0.count) },
          words: words(row.parts))
      },
      called: called?.name, rest: rest)
    return wrapFigure("bars", title: options.title, alt: alt) { out in
      bars.paint(into: &out)
      if let callout, let called { callout.paint(Quantity.share(called.share), of: called.name, to: &out) }
    }
  }

  /// What is not drawn, in words.
  private var rest: String {
    let others = report.rows.dropFirst(rows.count)
    let number = others.reduce(0) { $0 + $1.count }
    return others.isEmpty ? "" : "and \(count(number)) more in \(others.count) smaller families"
  }

  /// The names that the program gave to the tasks of a row, in words; empty for none.
  private func names(_ names: [String]) -> String {
    if names.isEmpty { return "" }
    let quoted = names.prefix(3).map { "“\($0)”" }.joined(separator: ", ")
    return names.count > 3 ? "\(quoted) and \(names.count - 3) more" : quoted
  }
}

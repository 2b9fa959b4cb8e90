import Analysis

/// Families of tasks in numbers, in one window or against another: a table of what they did.
public struct TraceTasksFigure: Sendable {
  private static let mostRows = 200
  private let comparison: FamilyComparison

  /// - Parameter comparison: What is shown.
  public init(_ comparison: FamilyComparison) { self.comparison = comparison }

  private static let columns = [
    "tasks of", "made", "runs", "ran", "median run", "ready", "queued", "suspended", "blocked",
  ]

  /// The table.
  public var figure: Figure {
    let caption =
      comparison.base == nil ? "Families of tasks in this window" : "What changed against the other window"
    var table = MeterTable(caption: caption, columns: Self.columns)
    var data = DataTable(
      columns: Self.columns.enumerated().map { .init($1, alignment: $0 == 0 ? .leading : .trailing) })
    for row in comparison.rows.prefix(Self.mostRows) {
      table.beginRow(row.name, note: row.place)
      let cells = cells(of: row)
      table.cell(cells[0])
      table.cell(cells[1])
      let ran = row.own.running - (row.base?.running ?? 0)
      table.cell(
        cells[2], share: Quantity.share(Int64(abs(ran)), of: Int64(comparison.available)), of: Int64(ran),
        Int64(comparison.available), meaning: "Share of the processors' time in the window")
      for cell in cells.dropFirst(3) { table.cell(cell) }
      table.endRow()
      data.rows.append([row.name] + cells)
    }
    table.end()
    var out = Markup()
    out.raw("<div class=\"top\">")
    out.raw(table.out)
    for note in notes {
      out.element("p", ["class": "timeline-note"], text: note)
    }
    out.raw("</div>")
    return Figure(body: out.string, alt: caption, table: data, functions: comparison.rows.map(\.name))
  }

  private var notes: [String] {
    var notes: [String] = []
    if let base = comparison.base {
      let isAsLong = base.length == comparison.window.length
      notes.append(
        "Each number is what differs from \(TraceTime.text(base.length)) from "
          + TraceTime.place(base.start, within: base.length)
          + (isAsLong ? "." : ", as if these were \(TraceTime.text(comparison.window.length))."))
    }
    if comparison.rows.count > Self.mostRows {
      notes.append("\(comparison.rows.count - Self.mostRows) more families are not shown.")
    }
    return notes
  }

  private func cells(of row: FamilyComparison.Row) -> [String] {
    func count(_ path: KeyPath<FamilyComparison.Numbers, Double>) -> String {
      let change = (row.own[keyPath: path] - (row.base?[keyPath: path] ?? 0)).rounded()
      let text = TimelineWords.grouped(Int(abs(change)))
      return row.base == nil ? text : sign(change) + text
    }
    func time(_ path: KeyPath<FamilyComparison.Numbers, Double>) -> String {
      let change = row.own[keyPath: path] - (row.base?[keyPath: path] ?? 0)
      let text = TraceTime.text(Int64(abs(change)))
      return row.base == nil ? text : sign(change.rounded()) + text
    }
    let median = row.own.medianRun - (row.base?.medianRun ?? 0)
    return [
      count(\.made), count(\.runs), time(\.running),
      (row.base == nil ? "" : sign(Double(median))) + TraceTime.text(abs(median)), time(\.ready), time(\.queued),
      time(\.waiting), time(\.blocked),
    ]
  }

  private func sign(_ change: Double) -> String { change > 0 ? "+" : change < 0 ? "−" : "±" }
}

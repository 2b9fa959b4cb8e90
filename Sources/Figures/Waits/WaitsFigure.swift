import Analysis

/// Draws waits, a bar for each function that waited, for each that made others wait, or for each reason.
struct WaitsFigure: FigureDrawing {
  static let options = [
    "by", "callout", "says", "title", "nodecount", "harness", "focus", "ignore", "hide", "show", "tagfocus",
    "tagignore",
  ]
  static var style: [UInt8] { BarList.style }
  static func advice(_ options: FigureOptions) -> String {
    "it is at none of the waits that are drawn; take the name out, or ask for more rows with nodecount="
  }

  /// Rows of a smaller share of the time are told, not drawn.
  private static let least = 0.001

  private let report: WaitReport
  private let isOneRound: Bool
  private let rows: ArraySlice<WaitReport.Row>
  private let options: FigureOptions
  private let callout: Callout?
  /// The row that is called out.
  private let called: WaitReport.Row?

  init(_ input: FigureInput) throws {
    options = input.options
    let (profile, isOneRound) = input.foldedRound
    let grouping = try options.grouping(usually: WaitReport.Grouping.place)
    if grouping == .holder, profile.samples.contains(where: { $0.labels["waits"] != nil }) {
      throw FigureError.invalidOption(name: "by", value: "holder", expected: "known to a profile of who waited")
    }
    report = try WaitReport(profile, by: grouping, filters: options.reportOptions().filters)
    let rows = report.rows.prefix { $0.share.value >= Self.least }.prefix(options.nodeCount ?? 8)
    let callout = Callout(options)
    let called = callout.flatMap { callout in rows.first { callout.name.matches($0.name) } }
    (self.rows, self.callout, self.called, self.isOneRound) = (rows, callout, called, isOneRound)
    if let callout, called == nil { throw FigureError.calloutNotShown(name: callout.name.text) }
  }

  func figure() -> Figure {
    let functions = report.grouping == .reason ? rows.flatMap(\.parts).map(\.name) : rows.map(\.name)
    return Figure(body: body, alt: alt, table: table, functions: functions)
  }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, 24 + (options.title.isEmpty ? 0 : 24) + BarList.height(rows: rows.count) + (callout == nil ? 0 : 80))
  }

  // MARK: - In words

  private func text(_ time: Int64) -> String { Quantity(unit: report.unit).text(Estimate(Double(time))) }

  private func words(_ part: WaitReport.Part) -> String {
    "\(text(part.time)) \(report.grouping == .reason ? "in " : "")\(part.name)"
  }

  private func words(_ parts: [WaitReport.Part]) -> String {
    let named = parts.prefix(3).map(words).joined(separator: ", ")
    let rest = parts.dropFirst(3).reduce(0) { $0 + $1.time }
    return rest == 0 ? named : "\(named), \(text(rest)) otherwise"
  }

  private func words(_ row: WaitReport.Row) -> String {
    guard row.count > 0 else { return words(row.parts) }
    let count = Measurement(Double(row.count), .count, meaning: ""), s = row.count == 1 ? "" : "s"
    return "\(words(row.parts)); " + (report.grouping == .holder ? "\(count) time\(s)" : "in \(count) wait\(s)")
  }

  private var total: String {
    let what = report.grouping == .holder ? "that others waited" : "of waiting"
    return "\(text(report.total)) \(what)\(isOneRound ? " in a round" : "")"
  }

  /// What the row is about, as the end of a sentence.
  private func end(_ row: WaitReport.Row) -> String {
    switch report.grouping {
    case .place: "in \(row.name)"
    case .holder: "for \(row.name)"
    case .reason: row.name
    }
  }

  private var alt: String {
    guard let first = report.rows.first else { return "Nobody waited." }
    var alt = "\(total), \(text(first.time)) (\(Quantity.share(first.share))) \(end(first)): \(words(first))."
    if let callout, let called {
      alt += " Called out: \(callout.words(Quantity.share(called.share), of: called.name))."
    }
    return alt
  }

  private var table: DataTable {
    let headings: (row: String, parts: String) =
      switch report.grouping {
      case .place: ("who waited", "what for")
      case .holder: ("who made others wait", "what for")
      case .reason: ("what for", "who")
      }
    return DataTable(
      columns: [
        .init(headings.row), .init("time", alignment: .trailing), .init("share", alignment: .trailing),
        .init("waits", alignment: .trailing), .init(headings.parts),
      ],
      rows: report.rows.map { row in
        [
          row.name, text(row.time), Quantity.share(row.share),
          Measurement(Double(row.count), .count, meaning: "").description,
          row.parts.map(words).joined(separator: ", "),
        ]
      })
  }

  // MARK: - Painted

  private var body: String {
    let drawn = Set(rows.flatMap(\.parts).map(\.name))
    let bars = BarList(
      total: total, parts: report.parts.filter(drawn.contains),
      rows: rows.map { row in
        BarList.Row(
          name: row.name, isCode: report.grouping != .reason, value: row.time, text: text(row.time),
          share: Quantity.share(row.share), parts: row.parts.map { ($0.name, $0.time) }, words: words(row))
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
    var said: [String] = []
    if !others.isEmpty {
      let time = text(others.reduce(0) { $0 + $1.time })
      said.append("and \(time) more in \(others.count) shorter row\(others.count == 1 ? "" : "s")")
    }
    if report.idle > 0 { said.append("not drawn: \(text(report.idle)) of threads that had nothing to do") }
    return said.joined(separator: "; ")
  }
}

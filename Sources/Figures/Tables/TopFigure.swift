import Analysis

/// Draws the heaviest functions as a table, with bars for what they cost themselves and with all they call.
struct TopFigure: FigureDrawing {
  static let options = FigureOptions.ofProfiles + ["callout", "says"]
  static var style: [UInt8] { PackageResources.meter_css }
  static func advice(_ options: FigureOptions) -> String { options.filterAdvice }

  private let top: TopTable
  private let rows: ArraySlice<TopTable.Row>
  /// Rows further down that are shown because something around the figure names them.
  private let keptRows: [TopTable.Row]
  private let options: FigureOptions
  private let isDifference: Bool
  private let isScaled: Bool
  private let sums: FunctionSums
  private let callout: Callout?
  private let link: (@Sendable (String) -> String?)?
  private let meaning: NumberMeaning?
  /// The name of the row that is called out.
  private let calledOut: String?

  init(_ input: FigureInput) throws(FigureError) {
    options = input.options
    let report = try input.report(.top)
    top = report.topTable()
    sums = report.functionSums()
    (rows, keptRows) = top.leading(options.nodeCount ?? 20)
    isDifference = input.baseline != nil
    isScaled = input.isScaledToRounds
    link = input.link
    meaning = link == nil ? nil : NumberMeaning(type: report.sampleType, isDifference: isDifference)
    let callout = Callout(options)
    let named = (rows + keptRows).filter { callout?.name.matches($0.name) ?? false }
    self.callout = callout
    calledOut = named.max { $0.cum.magnitude < $1.cum.magnitude }?.name
    if let callout, calledOut == nil { throw .calloutNotShown(name: callout.name.text) }
  }

  func figure() -> Figure {
    Figure(body: body, alt: alt, table: table, functions: (rows + keptRows).map(\.name))
  }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, 24 + (options.title.isEmpty ? 0 : 24) + 40 + Double(rows.count + keptRows.count) * 26)
  }

  private func value(_ value: Int64) -> String {
    if value == 0 { return "0" }
    let text = top.format.string(value)
    return isDifference ? Quantity.signed(text, value) : text
  }

  private func share(_ estimate: Estimate) -> String {
    isDifference ? Quantity.signedShare(estimate) : Quantity.share(estimate)
  }

  private func share(_ value: Int64) -> String {
    isDifference
      ? Quantity.signedShare(Estimate(top.total == 0 ? 0 : Double(value) / Double(top.total)))
      : Quantity.share(sums.share(of: value, in: top.total))
  }

  private func flatShare(_ row: TopTable.Row) -> String { share(sums.flatShare(of: row.name)) }
  private func cumShare(_ row: TopTable.Row) -> String { share(sums.cumShare(of: row.name)) }

  /// What the call-out says, in words; nil without one.
  private var called: (number: String, name: String)? {
    (rows + keptRows).first { $0.name == calledOut }.map { (cumShare($0), $0.name) }
  }

  private var alt: String {
    guard let first = top.rows.first else { return "A table without rows: nothing was measured." }
    if isDifference {
      return
        "Top functions by change against \(top.format.string(top.total)) before; first \(first.name), \(value(first.flat))."
    }
    var text = "Top functions of \(value(top.total)): \(first.name) leads with \(flatShare(first)) of its own"
    if rows.count > 2 { text += "; the first three have \(share(rows[rows.startIndex + 2].flatSum))" }
    text += "."
    if let callout, let called { text += " Called out: \(callout.words(called.number, of: called.name))." }
    return text
  }

  private var body: String {
    var meter = MeterTable(caption: alt, columns: ["Function", "Flat", "Sum", "Cum"])
    for row in rows { paint(row, note: note(row), sum: share(row.flatSum), to: &meter) }
    if !keptRows.isEmpty { meter.heading("… and further down the list", columns: 4) }
    for row in keptRows {
      paint(row, note: [place(row), note(row)].filter { !$0.isEmpty }.joined(separator: ", "), sum: "", to: &meter)
    }
    meter.end()
    return wrapFigure("top", title: options.title, alt: alt) { out in
      out.raw(meter.out)
      if let callout, let called { callout.paint(called.number, of: called.name, to: &out) }
      guard isDifference else { return }
      out.raw("<p class=\"facts\">")
      if isScaled { out.raw("Scaled to equal work: one round of each. ") }
      out.raw("Percent of all that was measured before, ")
      out.text(top.format.rounded(top.total))
      out.raw(". Plus: more than before. Minus, striped: less.</p>")
    }
  }

  private func paint(_ row: TopTable.Row, note: String, sum: String, to meter: inout MeterTable) {
    meter.beginRow(row.name, note: note, class: row.name == calledOut ? "c" : "", link: link?(row.frame.name) ?? nil)
    let (flat, cum) = (flatShare(row), cumShare(row))
    meter.cell(
      value(row.flat), share: flat, of: row.flat, top.total,
      meaning: meaning?.flat(value(row.flat), flat, in: row.name) ?? "")
    meter.cell(sum, meaning: sum.isEmpty ? "" : meaning?.sum(sum) ?? "")
    meter.cell(
      value(row.cum), share: cum, of: row.cum, top.total,
      meaning: meaning?.cum(value(row.cum), cum, in: row.name) ?? "")
    meter.endRow()
  }

  /// Where a row stands that is shown out of turn.
  private func place(_ row: TopTable.Row) -> String { row.keptRank.map { "number \($0)" } ?? "" }

  private func note(_ row: TopTable.Row) -> String {
    switch row.inlining {
    case .none: ""
    case .partial: "partly inlined"
    case .full: "inlined"
    }
  }

  private var table: DataTable {
    DataTable(
      columns: [
        .init("Function"), .init("Flat", alignment: .trailing), .init("Flat%", alignment: .trailing),
        .init("Sum%", alignment: .trailing), .init("Cum", alignment: .trailing), .init("Cum%", alignment: .trailing),
      ],
      rows: rows.map {
        [$0.name, value($0.flat), flatShare($0), share($0.flatSum), value($0.cum), cumShare($0)]
      }
        + keptRows.map {
          ["\($0.name), \(place($0))", value($0.flat), flatShare($0), "", value($0.cum), cumShare($0)]
        })
  }
}

import Analysis

/// Draws the heaviest functions as a table, with bars for what they cost themselves and with all they call.
struct TopFigure: FigureDrawing {
  static let options = FigureOptions.ofProfiles
  static var style: [UInt8] { PackageResources.meter_css }
  static func advice(_ options: FigureOptions) -> String { options.filterAdvice }

  private let top: TopTable
  private let rows: ArraySlice<TopTable.Row>
  /// Rows further down that are shown because something around the figure names them.
  private let keptRows: [TopTable.Row]
  private let options: FigureOptions
  private let isDifference: Bool

  init(_ input: FigureInput) throws(FigureError) {
    options = input.options
    top = try input.report(.top).topTable()
    (rows, keptRows) = top.leading(options.nodeCount ?? 20)
    isDifference = input.baseline != nil
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

  private func share(_ value: Int64) -> String {
    isDifference ? Quantity.signedShare(value, of: top.total) : Quantity.share(value, of: top.total)
  }

  private var alt: String {
    guard let first = top.rows.first else { return "A table without rows: nothing was measured." }
    if isDifference {
      return
        "Top functions by change against \(top.format.string(top.total)) before; first \(first.name), \(value(first.flat))."
    }
    var text = "Top functions of \(value(top.total)): \(first.name) leads with \(share(first.flat)) of its own"
    if rows.count > 2 { text += "; the first three have \(share(rows[rows.startIndex + 2].flatSum))" }
    return text + "."
  }

  private var body: String {
    var meter = MeterTable(caption: alt, columns: ["Function", "Flat", "Sum", "Cum"])
    for row in rows {
      meter.beginRow(row.name, note: note(row))
      meter.cell(value(row.flat), share: share(row.flat), of: row.flat, top.total)
      meter.cell(share(row.flatSum))
      meter.cell(value(row.cum), share: share(row.cum), of: row.cum, top.total)
      meter.endRow()
    }
    if !keptRows.isEmpty { meter.heading("… and further down the list", columns: 4) }
    for row in keptRows {
      meter.beginRow(row.name, note: [place(row), note(row)].filter { !$0.isEmpty }.joined(separator: ", "))
      meter.cell(value(row.flat), share: share(row.flat), of: row.flat, top.total)
      meter.cell("")
      meter.cell(value(row.cum), share: share(row.cum), of: row.cum, top.total)
      meter.endRow()
    }
    meter.end()
    return wrapFigure("top", title: options.title, alt: alt) { out in
      out.raw(meter.out)
      guard isDifference else { return }
      out.raw("<p class=\"facts\">Percent of all that was measured before, ")
      out.text(top.format.string(top.total))
      out.raw(". Plus: more than before. Minus, striped: less.</p>")
    }
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
        [$0.name, value($0.flat), share($0.flat), share($0.flatSum), value($0.cum), share($0.cum)]
      }
        + keptRows.map {
          ["\($0.name), \(place($0))", value($0.flat), share($0.flat), "", value($0.cum), share($0.cum)]
        })
  }
}

import Analysis

/// Draws functions between those that call them and those that they call.
struct PeekFigure: FigureDrawing {
  static let options = FigureOptions.ofProfiles
  static var style: [UInt8] { PackageResources.meter_css }
  static func advice(_ options: FigureOptions) -> String { options.functionAdvice(for: .peek) }

  /// At most so many functions are shown, and so many callers and callees of each.
  private static let limits = (functions: 8, calls: 25)

  private let calls: CallTable
  private let rows: [CallTable.Row]
  private let options: FigureOptions
  private let isDifference: Bool
  private let sums: FunctionSums

  init(_ input: FigureInput) throws(FigureError) {
    options = input.options
    let report = try input.report(.peek)
    calls = report.callTable(matching: try options.functionPattern(for: .peek))
    sums = report.functionSums()
    if calls.rows.isEmpty { throw .functionNotFound(pattern: options.function ?? "") }
    rows = calls.heaviest(options.nodeCount ?? Self.limits.functions)
    isDifference = input.baseline != nil
  }

  func figure() -> Figure {
    let shown = rows.flatMap { row in
      [row.name] + (row.callers.prefix(Self.limits.calls) + row.callees.prefix(Self.limits.calls)).map(\.name)
    }
    return Figure(body: body, alt: alt, table: table, functions: Set(shown).sorted())
  }

  func size(width: Double) -> (width: Double, height: Double) {
    let lines = rows.reduce(0) { lines, row in
      lines + 4 + min(row.callers.count, Self.limits.calls + 1) + min(row.callees.count, Self.limits.calls + 1)
    }
    return (width, 24 + (options.title.isEmpty ? 0 : 24) + Double(lines) * 28)
  }

  private func value(_ value: Int64) -> String {
    if value == 0 { return "0" }
    return isDifference ? Quantity.signed(calls.format.string(value), value) : calls.format.string(value)
  }

  /// The share of a part; of a difference without its error, since the parts were measured apart.
  private func share(_ part: Int64, of whole: Int64) -> String {
    isDifference ? Quantity.share(part, of: whole) : Quantity.share(sums.share(of: part, in: whole))
  }

  private var alt: String {
    guard let row = rows.first else { return "No function to look at." }
    var text = "\(row.name) takes \(value(row.cum)), \(share(row.cum, of: calls.total)) of all"
    if let caller = row.callers.first {
      text += "; \(share(caller.weight, of: row.cum)) of it called by \(caller.name)"
    }
    if let callee = row.callees.first {
      text += "; \(share(callee.weight, of: row.cum)) of it goes to \(callee.name)"
    }
    return text + "."
  }

  private var body: String {
    wrapFigure("peek", title: options.title, alt: alt) { out in
      for row in rows { out.raw(meter(row)) }
    }
  }

  private func meter(_ row: CallTable.Row) -> Markup {
    var meter = MeterTable(caption: "Callers and callees of \(row.name)", columns: ["Function", "Flat", "Cum"])
    if !row.callers.isEmpty { meter.heading("called by", columns: 3) }
    add(row.callers, of: row, to: &meter)
    meter.beginRow(row.name, class: "self")
    meter.cell(value(row.flat), share: share(row.flat, of: calls.total), of: row.flat, calls.total)
    meter.cell(value(row.cum), share: share(row.cum, of: calls.total), of: row.cum, calls.total)
    meter.endRow()
    if !row.callees.isEmpty { meter.heading("calls", columns: 3) }
    add(row.callees, of: row, to: &meter)
    meter.end()
    return meter.out
  }

  private func add(_ others: [CallTable.Call], of row: CallTable.Row, to meter: inout MeterTable) {
    for call in others.prefix(Self.limits.calls) {
      meter.beginRow(call.name, note: call.isInline ? "inlined" : "", class: "call")
      meter.cell("")
      meter.cell(value(call.weight), share: share(call.weight, of: row.cum), of: call.weight, row.cum)
      meter.endRow()
    }
    if others.count > Self.limits.calls {
      meter.beginRow("(\(others.count - Self.limits.calls) more)", class: "call")
      meter.cell("")
      meter.cell("")
      meter.endRow()
    }
  }

  private var table: DataTable {
    var table = DataTable(columns: [
      .init("Function"), .init("Relation"), .init("Other"), .init("Value", alignment: .trailing),
      .init("Share of the function", alignment: .trailing),
    ])
    for row in rows {
      for (relation, others) in [("called by", row.callers), ("calls", row.callees)] {
        for call in others.prefix(Self.limits.calls) {
          table.rows.append([
            row.name, relation, call.name, value(call.weight), share(call.weight, of: row.cum),
          ])
        }
      }
    }
    return table
  }
}

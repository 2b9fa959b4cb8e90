import Analysis

/// Draws functions between those that call them and those that they call.
///
/// A call-out is about a function that is looked at, or else about the heaviest call from or to the one it names.
struct PeekFigure: FigureDrawing {
  static let options = FigureOptions.ofProfiles + ["callout", "says"]
  static var style: [UInt8] { PackageResources.meter_css }
  static func advice(_ options: FigureOptions) -> String { options.functionAdvice(for: .peek) }

  /// At most so many functions are shown, and so many callers and callees of each.
  private static let limits = (functions: 8, calls: 25)

  private let calls: CallTable
  private let rows: [CallTable.Row]
  private let options: FigureOptions
  private let isDifference: Bool
  private let sums: FunctionSums
  private let called: Called?
  private let link: (@Sendable (String) -> String?)?
  private let meaning: NumberMeaning?

  /// What is called out: a function that is looked at, or one beside it.
  private struct Called {
    enum Side { case itself, caller, callee }
    var callout: Callout
    var row: CallTable.Row
    var side: Side
    var name: String
    var weight: Int64

    func isIt(_ side: Side, _ name: String, of row: CallTable.Row) -> Bool {
      self.side == side && self.name == name && self.row.name == row.name
    }
  }

  init(_ input: FigureInput) throws(FigureError) {
    options = input.options
    let report = try input.report(.peek)
    calls = report.callTable(matching: try options.functionPattern(for: .peek))
    sums = report.functionSums()
    if calls.rows.isEmpty { throw .functionNotFound(pattern: options.function ?? "") }
    rows = calls.heaviest(options.nodeCount ?? Self.limits.functions)
    isDifference = input.baseline != nil
    link = input.link
    meaning = link == nil ? nil : NumberMeaning(type: report.sampleType, isDifference: isDifference)
    let rows = rows
    called = try Callout(options).map { callout throws(FigureError) in
      let places = rows.map { Called(callout: callout, row: $0, side: .itself, name: $0.name, weight: $0.cum) }
      let calls = rows.flatMap { row in
        [(Called.Side.caller, row.callers), (.callee, row.callees)].flatMap { side, calls in
          calls.prefix(Self.limits.calls).map {
            Called(callout: callout, row: row, side: side, name: $0.name, weight: $0.weight)
          }
        }
      }
      func heaviest(_ all: [Called]) -> Called? {
        all.filter { callout.name.matches($0.name) }.max { $0.weight.magnitude < $1.weight.magnitude }
      }
      guard let called = heaviest(places) ?? heaviest(calls) else {
        throw .calloutNotShown(name: callout.name.text)
      }
      return called
    }
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
    let foot = called?.callout.height(width: width) ?? 0
    return (width, 24 + (options.title.isEmpty ? 0 : 24) + Double(lines) * 28 + foot)
  }

  private func value(_ value: Int64) -> String {
    if value == 0 { return "0" }
    return isDifference ? Quantity.signed(calls.format.string(value), value) : calls.format.string(value)
  }

  /// The share of a part; of a difference without its error, since the parts were measured apart.
  private func share(_ part: Int64, of whole: Int64) -> String {
    isDifference ? Quantity.share(part, of: whole) : Quantity.share(sums.share(of: part, in: whole))
  }

  /// The number of the call-out: a share of everything, or of the function that stands between the calls.
  private func number(of called: Called) -> String {
    if isDifference { return value(called.weight) }
    let whole = called.side == .itself ? calls.total : called.row.cum
    let share = share(called.weight, of: whole)
    return called.side == .itself ? share : "\(share) of it"
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
    text += "."
    if let called { text += " Called out: \(called.callout.words(number(of: called), of: called.name))." }
    return text
  }

  private var body: String {
    wrapFigure("peek", title: options.title, alt: alt) { out in
      for row in rows { out.raw(meter(row)) }
      if let called { called.callout.paint(number(of: called), of: called.name, to: &out) }
    }
  }

  private func meter(_ row: CallTable.Row) -> Markup {
    var meter = MeterTable(caption: "Callers and callees of \(row.name)", columns: ["Function", "Flat", "Cum"])
    if !row.callers.isEmpty { meter.heading("called by", columns: 3) }
    add(row.callers, .caller, of: row, to: &meter)
    meter.beginRow(row.name, class: called?.isIt(.itself, row.name, of: row) ?? false ? "self c" : "self")
    let (flat, cum) = (share(row.flat, of: calls.total), share(row.cum, of: calls.total))
    meter.cell(
      value(row.flat), share: flat, of: row.flat, calls.total,
      meaning: meaning?.flat(value(row.flat), flat, in: row.name) ?? "")
    meter.cell(
      value(row.cum), share: cum, of: row.cum, calls.total,
      meaning: meaning?.cum(value(row.cum), cum, in: row.name) ?? "")
    meter.endRow()
    if !row.callees.isEmpty { meter.heading("calls", columns: 3) }
    add(row.callees, .callee, of: row, to: &meter)
    meter.end()
    return meter.out
  }

  private func add(
    _ others: [CallTable.Call], _ side: Called.Side, of row: CallTable.Row, to meter: inout MeterTable
  ) {
    for call in others.prefix(Self.limits.calls) {
      let isCalledOut = called?.isIt(side, call.name, of: row) ?? false
      meter.beginRow(
        call.name, note: call.isInline ? "inlined" : "", class: isCalledOut ? "call c" : "call",
        link: link?(call.name) ?? nil)
      meter.cell("")
      let share = share(call.weight, of: row.cum)
      let ends = side == .caller ? (call.name, row.name) : (row.name, call.name)
      meter.cell(
        value(call.weight), share: share, of: call.weight, row.cum,
        meaning: meaning?.calls(value(call.weight), "\(share) of \(row.name)", from: ends.0, to: ends.1) ?? "")
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

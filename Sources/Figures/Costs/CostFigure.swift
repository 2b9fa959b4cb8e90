import Analysis

/// Draws what measuring costs: a dot for each ratio, and a line for where the true one lies.
///
/// HTML that needs no script. What may cost nothing says so; another tool's rows are told by the shape of their mark and
/// by their name.
public struct CostFigure {
  private let scale: CostScale

  /// A figure of the given costs.
  public init(_ costs: [MeasuredCost]) { scale = CostScale(costs) }

  /// The drawing, its sentence and its table.
  public func figure() -> Figure { Figure(body: body, alt: sentence, table: table) }

  private var body: String {
    var out = Markup()
    out.raw("<div class=\"costs\" role=\"img\" aria-label=\"")
    out.text(sentence)
    out.raw("\">")
    for cost in scale.costs {
      out.raw(cost.peer == nil ? "<div class=\"cost\">" : "<div class=\"cost peer\">")
      out.raw("<span class=\"cost-name\">")
      out.text(cost.name)
      out.raw("</span><span class=\"cost-line\" style=\"--one:")
      place(1, into: &out)
      out.raw(";--at:")
      place(cost.ratio, into: &out)
      if let interval = cost.interval {
        out.raw(";--lo:")
        place(interval.lowerBound, into: &out)
        out.raw(";--hi:")
        place(interval.upperBound, into: &out)
      }
      out.raw(cost.interval == nil ? "\">" : "\"><s></s>")
      out.raw("<i></i></span><span class=\"cost-value\">")
      out.text(Self.said(cost))
      out.raw("</span></div>")
    }
    out.raw("<p class=\"cost-axis\"><span>times as long</span><span>")
    for tick in scale.ticks {
      out.raw("<small style=\"left:")
      place(tick, into: &out)
      out.raw("\">")
      out.text(Self.label(tick))
      out.raw("</small>")
    }
    out.raw("</span></p><p class=\"pair-note\">Line: the true median lies there 19 times of 20.</p></div>")
    return out.string
  }

  /// A tick in full: no two of an axis read the same.
  private static func label(_ tick: Double) -> String {
    let hundredths = Int((tick * 100).rounded())
    let decimals = hundredths % 100
    if decimals == 0 { return "\(hundredths / 100)" }
    return decimals % 10 == 0
      ? "\(hundredths / 100).\(decimals / 10)" : "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
  }

  private func place(_ ratio: Double, into out: inout Markup) {
    out.number((scale.place(ratio) * 1_000).rounded() / 10)
    out.raw("%")
  }

  /// `1.02× ± 0.01`, and that it may be nothing if it may.
  private static func said(_ cost: MeasuredCost) -> String {
    let error = cost.interval.map { max($0.upperBound - cost.ratio, cost.ratio - $0.lowerBound) }
    let text = Estimate(cost.ratio, error: error).text(unit: "×")
    return cost.mayBeNone ? "\(text), noise" : text
  }

  private var sentence: String {
    guard let most = scale.costs.max(by: { $0.ratio < $1.ratio }) else { return "No costs were measured." }
    let none = scale.costs.count { $0.mayBeNone }
    return "How many times as long work takes while it is measured, in \(scale.costs.count) ways. "
      + "The most is \(Self.said(most)): \(most.name). \(none) of them cannot be told from no cost at all."
  }

  private var table: DataTable {
    DataTable(
      columns: [
        .init("what is measured"), .init("times as long", alignment: .trailing),
        .init("95 % interval", alignment: .trailing),
      ],
      rows: scale.costs.map { cost in
        let interval = cost.interval.map { "\(Self.exact($0.lowerBound)) to \(Self.exact($0.upperBound))" }
        return [cost.name, Self.exact(cost.ratio), interval ?? "not known"]
      })
  }

  /// To a thousandth.
  private static func exact(_ ratio: Double) -> String { Rounding.text(ratio, error: 0.005).value }
}

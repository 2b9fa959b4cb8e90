import Analysis

/// Draws what grows over the rounds of a series: one chart with an axis, a line fitted to each place that allocates, and
/// the verdict in words.
///
/// Places are told apart by the form of their dots, steady growth by a red band and a thick line as well. The first round
/// stands on grey with hollow dots: no line is fitted to it.
struct GrowthFigure: FigureDrawing {
  static let options: [String] = []
  static var style: [UInt8] { PackageResources.growth_css }
  static func advice(_ options: FigureOptions) -> String {
    "it is not among the places that grow the most; take the name out"
  }

  private let report: GrowthReport
  /// The places that are drawn.
  private let suspects: [GrowthReport.Suspect]
  private let quantity: Quantity
  private let chart: GrowthChart

  init(_ input: FigureInput) throws {
    report = try GrowthReport(snapshots: input.series().map(\.profile))
    suspects = report.drawn(atMost: GrowthChart.dots.count)
    quantity = Quantity(unit: report.unit)
    chart = GrowthChart(suspects, rounds: report.rounds, unit: report.unit)
  }

  func figure() -> Figure {
    Figure(body: body, alt: sentence, table: table, functions: suspects.map(\.function))
  }

  func size(width: Double) -> (width: Double, height: Double) {
    let chart = min(width - 24, GrowthChart.width * 1.4) / GrowthChart.width * GrowthChart.height
    return (width, 24 + chart + 40 + Double(suspects.count + 1) * 52)
  }

  private var body: String {
    var out = Markup()
    out.raw("<div class=\"growth\" role=\"figure\" aria-label=\"")
    out.text(sentence)
    out.raw("\">")
    chart.paint(into: &out)
    out.raw("<ul>")
    for (index, suspect) in suspects.enumerated() {
      out.raw(suspect.isSteady ? "<li class=\"steady\">" : "<li>")
      chart.paintKey(index, into: &out)
      out.raw("<span><code>")
      out.text(suspect.function)
      out.raw("</code> <b>")
      out.text(quantity.change(suspect.growth))
      out.raw(" a round</b>: ")
      out.text(verdict(suspect))
      out.raw("</span></li>")
    }
    if report.rounds > 1 {
      out.raw("<li>")
      chart.paintFirstRoundKey(into: &out)
      out.raw("<span>Round 1 fills caches and is not counted: a line is fitted to rounds 2 to ")
      out.number(report.rounds)
      out.raw("; the band is how far it may be off, 19 times of 20.</span></li>")
    }
    out.raw("</ul></div>")
    return out.string
  }

  private func verdict(_ suspect: GrowthReport.Suspect) -> String {
    if suspect.isSteady { return "grows" }
    return suspect.growth.isNoise() ? "no growth beyond noise" : "up and down"
  }

  private var sentence: String {
    let steady = report.steady
    guard let first = steady.first else { return "Nothing grows steadily from round to round." }
    let others = steady.count == 1 ? "Nothing else does" : "\(steady.count - 1) others do too"
    return "What \(first.function) allocated grows by \(quantity.text(first.growth)) a round. \(others)."
  }

  private var table: DataTable {
    DataTable(
      columns: [.init("allocated in")] + (0..<report.rounds).map { .init("round \($0 + 1)", alignment: .trailing) } + [
        .init("a round", alignment: .trailing), .init("verdict"),
      ],
      rows: report.suspects.map { suspect in
        [suspect.function]
          + zip(suspect.values, suspect.errors).map { quantity.text(Estimate(Double($0), error: $1)) }
          + [quantity.change(suspect.growth), verdict(suspect)]
      })
  }
}

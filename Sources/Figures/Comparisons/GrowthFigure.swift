import Analysis

/// Draws what grows over the rounds of a series: a curve for each place that allocates, its verdict in words.
struct GrowthFigure: FigureDrawing {
  static let options: [String] = []
  static var style: [UInt8] { PackageResources.growth_css }
  static func advice(_ options: FigureOptions) -> String {
    "it is not among the places that grow the most; take the name out"
  }

  private let report: GrowthReport
  /// The places that are drawn, and the highest value of them all.
  private let leading: (suspects: ArraySlice<GrowthReport.Suspect>, highest: Int64)
  private let quantity: Quantity

  init(_ input: FigureInput) throws {
    report = try GrowthReport(snapshots: input.series().map(\.profile))
    leading = report.leading(8)
    quantity = Quantity(unit: report.unit)
  }

  func figure() -> Figure {
    Figure(body: body, alt: sentence, table: table, functions: leading.suspects.map(\.function))
  }

  func size(width: Double) -> (width: Double, height: Double) { (width, 24 + Double(leading.suspects.count) * 130) }

  private var body: String {
    var out = Markup()
    out.raw("<div class=\"growth\">")
    for suspect in leading.suspects {
      out.raw(suspect.isSteady ? "<div class=\"place steady\"><code>" : "<div class=\"place\"><code>")
      out.text(suspect.function)
      out.raw("</code>")
      curve(suspect.values, into: &out)
      out.raw("<p>")
      out.raw(suspect.isSteady ? "<b>grows</b> by " : "up and down; on the whole ")
      out.text(quantity.change(Int64(suspect.slope.rounded())))
      out.raw(" a round<br/><small>")
      out.text(quantity.text(suspect.values.first ?? 0))
      out.raw(" after the first round, ")
      out.text(quantity.text(suspect.values.last ?? 0))
      out.raw(" after the last</small></p></div>")
    }
    out.raw("</div>")
    return out.string
  }

  /// A curve with a dot for each round, on a scale from nothing to the highest value of the whole figure.
  private func curve(_ values: [Int64], into out: inout Markup) {
    let (width, height, highest) = (240.0, 72.0, leading.highest)
    let points = values.enumerated().map { index, value in
      (
        x: 4 + Double(index) * (width - 8) / Double(max(values.count - 1, 1)),
        y: height - 4 - (highest > 0 ? Double(value) / Double(highest) * (height - 8) : 0)
      )
    }
    out.raw("<svg viewBox=\"0 0 240 72\" width=\"240\" height=\"72\" aria-hidden=\"true\"><path d=\"M0 71.5H240\"/>")
    out.raw("<polyline points=\"")
    for (index, point) in points.enumerated() {
      if index > 0 { out.raw(" ") }
      out.number(point.x)
      out.raw(",")
      out.number(point.y)
    }
    out.raw("\"/>")
    for point in points {
      out.raw("<circle r=\"3\" cx=\"")
      out.number(point.x)
      out.raw("\" cy=\"")
      out.number(point.y)
      out.raw("\"/>")
    }
    out.raw("</svg>")
  }

  private var sentence: String {
    let steady = report.steady
    guard let first = steady.first else { return "Nothing grows steadily from round to round." }
    let others = steady.count == 1 ? "Nothing else does" : "\(steady.count - 1) others do too"
    return
      "What \(first.function) allocated grows by \(quantity.text(Int64(first.slope.rounded()))) a round. \(others)."
  }

  private var table: DataTable {
    DataTable(
      columns: [.init("allocated in")] + (0..<report.rounds).map { .init("round \($0 + 1)", alignment: .trailing) } + [
        .init("verdict")
      ],
      rows: report.suspects.map { suspect in
        [suspect.function] + suspect.values.map(quantity.text) + [suspect.isSteady ? "grows" : "up and down"]
      })
  }
}

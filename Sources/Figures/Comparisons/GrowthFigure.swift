import Analysis

extension Figure {
  /// What grows over the rounds of a series: a curve for each place that allocates, its verdict in words.
  public static func growth(_ report: GrowthReport, rows: Int = 8) -> Figure {
    let quantity = Quantity(unit: report.unit)
    let suspects = report.suspects.prefix(rows)
    let highest = suspects.flatMap(\.values).max() ?? 0
    var out = Markup()
    out.raw("<div class=\"growth\">")
    for suspect in suspects {
      out.raw(suspect.isSteady ? "<div class=\"place steady\"><code>" : "<div class=\"place\"><code>")
      out.text(suspect.function)
      out.raw("</code>")
      curve(suspect.values, highest: highest, into: &out)
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
    return Figure(
      body: out.string, alt: sentence(report, quantity), table: table(report, quantity),
      functions: suspects.map(\.function))
  }

  /// A curve with a dot for each round, on a scale from nothing to the highest value of the whole figure.
  private static func curve(_ values: [Int64], highest: Int64, into out: inout Markup) {
    let (width, height) = (240.0, 72.0)
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

  private static func sentence(_ report: GrowthReport, _ quantity: Quantity) -> String {
    let steady = report.suspects.filter(\.isSteady)
    guard let first = steady.first else { return "Nothing grows steadily from round to round." }
    let others = steady.count == 1 ? "Nothing else does" : "\(steady.count - 1) others do too"
    return
      "What \(first.function) allocated grows by \(quantity.text(Int64(first.slope.rounded()))) a round. \(others)."
  }

  private static func table(_ report: GrowthReport, _ quantity: Quantity) -> DataTable {
    let rounds = report.suspects.first?.values.count ?? 0
    return DataTable(
      columns: [.init("allocated in")] + (0..<rounds).map { .init("round \($0 + 1)", alignment: .trailing) } + [
        .init("verdict")
      ],
      rows: report.suspects.map { suspect in
        [suspect.function] + suspect.values.map(quantity.text) + [suspect.isSteady ? "grows" : "up and down"]
      })
  }
}

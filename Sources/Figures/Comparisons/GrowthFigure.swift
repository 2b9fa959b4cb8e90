import Analysis

extension Figure {
  /// What grows over the rounds of a series: a line a suspect, its values as a small curve, its verdict in words.
  public static func growth(_ report: GrowthReport, rows: Int = 8) -> Figure {
    let quantity = Quantity(unit: report.unit)
    let suspects = report.suspects.prefix(rows)
    let highest = suspects.flatMap(\.values).max() ?? 0
    var out = Markup()
    out.raw("<div class=\"scroll\"><table class=\"data growth\"><thead><tr><th scope=\"col\">allocated in</th>")
    out.raw("<th scope=\"col\">in use after each round</th><th scope=\"col\" class=\"n\">first</th>")
    out.raw(
      "<th scope=\"col\" class=\"n\">last</th><th scope=\"col\" class=\"n\">a round</th><th scope=\"col\">verdict</th></tr></thead><tbody>"
    )
    for suspect in suspects {
      out.raw(suspect.isSteady ? "<tr class=\"steady\"><th scope=\"row\"><code>" : "<tr><th scope=\"row\"><code>")
      out.text(suspect.function)
      out.raw("</code></th><td>")
      curve(suspect.values, highest: highest, into: &out)
      out.raw("</td><td class=\"n\">")
      out.text(quantity.text(suspect.values.first ?? 0))
      out.raw("</td><td class=\"n\">")
      out.text(quantity.text(suspect.values.last ?? 0))
      out.raw("</td><td class=\"n\">")
      out.text(quantity.change(Int64(suspect.slope.rounded())))
      out.raw(suspect.isSteady ? "</td><td><b>grows</b></td></tr>" : "</td><td>up and down</td></tr>")
    }
    out.raw("</tbody></table></div>")
    return Figure(body: out.string, alt: sentence(report, quantity), table: table(report, quantity))
  }

  /// A curve of 120 by 28, all curves of a figure on one scale.
  private static func curve(_ values: [Int64], highest: Int64, into out: inout Markup) {
    out.raw(
      "<svg class=\"curve\" viewBox=\"0 0 120 28\" width=\"120\" height=\"28\" aria-hidden=\"true\"><polyline points=\""
    )
    for (index, value) in values.enumerated() {
      if index > 0 { out.raw(" ") }
      out.number(2 + Double(index) * 116 / Double(max(values.count - 1, 1)))
      out.raw(",")
      out.number(highest > 0 ? 26 - Double(value) / Double(highest) * 24 : 26)
    }
    out.raw("\"/></svg>")
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

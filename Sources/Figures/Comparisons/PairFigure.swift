import Analysis

extension Figure {
  /// Two variants on one axis: a pair of bars for the whole and for each function.
  ///
  /// HTML that needs no script; the bars' lengths are shares of the longest one.
  public static func pair(_ comparison: VariantComparison) -> Figure {
    var out = Markup()
    let names = comparison.names
    out.raw("<div class=\"pair\" role=\"img\" aria-label=\"")
    out.text(sentence(comparison))
    out.raw("\"><p class=\"pair-key\"><span class=\"pair-before\">")
    out.text(names.before)
    out.raw("</span><span class=\"pair-after\">")
    out.text(names.after)
    out.raw("</span><span class=\"pair-unit\">")
    out.text(comparison.quantity)
    out.raw("</span></p>")
    let quantity = Quantity(unit: comparison.unit)
    for row in comparison.rows {
      out.raw("<div class=\"pair-row\"><span class=\"pair-name\">")
      out.text(row.name)
      out.raw("</span>")
      bar("<span class=\"pair-bar pair-before\" style=\"--w:", row.before, of: comparison, quantity, "", into: &out)
      let change = row.ratio.map { ", \(percent($0)) of before" } ?? ", new"
      bar(
        "<span class=\"pair-bar pair-after\" style=\"--w:", row.after, of: comparison, quantity,
        row.after > 0 ? change : "", into: &out)
      out.raw("</div>")
    }
    out.raw("</div>")
    return Figure(
      body: out.string, alt: sentence(comparison), table: table(comparison),
      functions: comparison.rows.dropFirst().map(\.name))
  }

  private static func bar(
    _ opening: StaticString, _ value: Double, of comparison: VariantComparison, _ quantity: Quantity, _ change: String,
    into out: inout Markup
  ) {
    out.raw(opening)
    out.number(comparison.longest > 0 ? value / comparison.longest * 100 : 0)
    out.raw("%\"><span>")
    out.text(said(value, quantity))
    if !change.isEmpty {
      out.raw("<small>")
      out.text(change)
      out.raw("</small>")
    }
    out.raw("</span></span>")
  }

  private static func sentence(_ comparison: VariantComparison) -> String {
    guard let whole = comparison.rows.first, let ratio = whole.ratio else { return "Nothing to compare." }
    let quantity = Quantity(unit: comparison.unit)
    var sentence = "\(comparison.quantity.prefix(1).uppercased())\(comparison.quantity.dropFirst()): "
    sentence += "\(said(whole.before, quantity)) \(comparison.names.before), "
    sentence += "\(said(whole.after, quantity)) \(comparison.names.after), \(percent(ratio)) of it."
    if let most = comparison.rows.dropFirst().max(by: { $0.before - $0.after < $1.before - $1.after }),
      most.before > most.after
    {
      sentence += " The largest saving is in \(most.name): \(said(most.before, quantity)) before, "
      sentence += "\(said(most.after, quantity)) after."
    }
    return sentence
  }

  private static func table(_ comparison: VariantComparison) -> DataTable {
    let quantity = Quantity(unit: comparison.unit)
    return DataTable(
      columns: [
        .init("function"), .init(comparison.names.before, alignment: .trailing),
        .init(comparison.names.after, alignment: .trailing), .init("after / before", alignment: .trailing),
      ],
      rows: comparison.rows.map { row in
        [row.name, said(row.before, quantity), said(row.after, quantity), row.ratio.map(percent) ?? "new"]
      })
  }

  private static func said(_ value: Double, _ quantity: Quantity) -> String { quantity.text(Int64(value.rounded())) }

  private static func percent(_ ratio: Double) -> String {
    Quantity.share(Int64((ratio * 1e6).rounded()), of: 1_000_000)
  }
}

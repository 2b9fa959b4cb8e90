import Analysis

extension Figure {
  /// Two variants on one axis: a pair of bars for the whole round and for each function.
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
    out.raw("</span><span class=\"pair-unit\">CPU time of one round</span></p>")
    for row in comparison.rows {
      out.raw("<div class=\"pair-row\"><span class=\"pair-name\">")
      out.text(row.name)
      out.raw("</span>")
      bar("<span class=\"pair-bar pair-before\" style=\"--w:", row.before, of: comparison.longest, into: &out)
      bar("<span class=\"pair-bar pair-after\" style=\"--w:", row.after, of: comparison.longest, into: &out)
      out.raw("</div>")
    }
    out.raw("</div>")
    return Figure(body: out.string, alt: sentence(comparison), table: table(comparison))
  }

  private static func bar(_ opening: StaticString, _ seconds: Double, of longest: Double, into out: inout Markup) {
    out.raw(opening)
    out.number(longest > 0 ? seconds / longest * 100 : 0)
    out.raw("%\"><span>")
    out.text(duration(seconds))
    out.raw("</span></span>")
  }

  private static func sentence(_ comparison: VariantComparison) -> String {
    guard let whole = comparison.rows.first, let ratio = whole.ratio else { return "Nothing to compare." }
    var sentence = "A round takes \(duration(whole.before)) \(comparison.names.before) and \(duration(whole.after)) "
    sentence += "\(comparison.names.after), \(percent(ratio)) of it."
    if let most = comparison.rows.dropFirst().max(by: { $0.before - $0.after < $1.before - $1.after }),
      most.before > most.after
    {
      sentence +=
        " The largest saving is in \(most.name): \(duration(most.before)) before, \(duration(most.after)) after."
    }
    return sentence
  }

  private static func table(_ comparison: VariantComparison) -> DataTable {
    DataTable(
      columns: [
        .init("function"), .init(comparison.names.before, alignment: .trailing),
        .init(comparison.names.after, alignment: .trailing), .init("after / before", alignment: .trailing),
      ],
      rows: comparison.rows.map { row in
        [row.name, duration(row.before), duration(row.after), row.ratio.map(percent) ?? "new"]
      })
  }

  private static func duration(_ seconds: Double) -> String {
    Quantity(unit: "nanoseconds").text(Int64((seconds * 1e9).rounded()))
  }

  private static func percent(_ ratio: Double) -> String {
    Quantity.share(Int64((ratio * 1e6).rounded()), of: 1_000_000)
  }
}

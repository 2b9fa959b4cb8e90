import Analysis

/// Draws two variants on one axis: a pair of bars for the whole and for each function.
///
/// HTML that needs no script; the bars' lengths are shares of the longest one.
struct PairFigure: FigureDrawing {
  static let options = ["compare", "function", "sample"]
  static var style: [UInt8] { PackageResources.pair_css }
  static func advice(_ options: FigureOptions) -> String { "add it to function=" }

  private let comparison: VariantComparison
  private let quantity: Quantity

  init(_ input: FigureInput) throws {
    let (before, after) = try input.pair(for: .pair)
    let options = input.options
    comparison = try VariantComparison(
      before: before, after: after, functions: options.functions, sampleType: options.sampleType)
    quantity = Quantity(unit: comparison.unit)
  }

  func figure() -> Figure {
    Figure(body: body, alt: sentence, table: table, functions: comparison.rows.dropFirst().map(\.name))
  }

  func size(width: Double) -> (width: Double, height: Double) { (width, 60 + Double(comparison.rows.count) * 52) }

  private var body: String {
    var out = Markup()
    let names = comparison.names
    out.raw("<div class=\"pair\" role=\"img\" aria-label=\"")
    out.text(sentence)
    out.raw("\"><p class=\"pair-key\"><span class=\"pair-before\">")
    out.text(names.before)
    out.raw("</span><span class=\"pair-after\">")
    out.text(names.after)
    out.raw("</span><span class=\"pair-unit\">")
    out.text(comparison.quantity)
    out.raw("</span></p>")
    for row in comparison.rows {
      out.raw("<div class=\"pair-row\"><span class=\"pair-name\">")
      out.text(row.name)
      out.raw("</span>")
      bar("<span class=\"pair-bar pair-before\" style=\"--w:", row.before, "", into: &out)
      let change = row.ratio.map { ", \(percent($0)) of before" } ?? ", new"
      bar("<span class=\"pair-bar pair-after\" style=\"--w:", row.after, row.after > 0 ? change : "", into: &out)
      out.raw("</div>")
    }
    out.raw("</div>")
    return out.string
  }

  private func bar(_ opening: StaticString, _ value: Double, _ change: String, into out: inout Markup) {
    out.raw(opening)
    out.number(comparison.longest > 0 ? value / comparison.longest * 100 : 0)
    out.raw("%\"><span>")
    out.text(said(value))
    if !change.isEmpty {
      out.raw("<small>")
      out.text(change)
      out.raw("</small>")
    }
    out.raw("</span></span>")
  }

  private var sentence: String {
    guard let whole = comparison.rows.first, let ratio = whole.ratio else { return "Nothing to compare." }
    var sentence = "\(comparison.quantity.prefix(1).uppercased())\(comparison.quantity.dropFirst()): "
    sentence += "\(said(whole.before)) \(comparison.names.before), "
    sentence += "\(said(whole.after)) \(comparison.names.after), \(percent(ratio)) of it."
    if let most = comparison.largestSaving {
      sentence += " The largest saving is in \(most.name): \(said(most.before)) before, "
      sentence += "\(said(most.after)) after."
    }
    return sentence
  }

  private var table: DataTable {
    DataTable(
      columns: [
        .init("function"), .init(comparison.names.before, alignment: .trailing),
        .init(comparison.names.after, alignment: .trailing), .init("after / before", alignment: .trailing),
      ],
      rows: comparison.rows.map { row in
        [row.name, said(row.before), said(row.after), row.ratio.map(percent) ?? "new"]
      })
  }

  private func said(_ value: Double) -> String { quantity.text(Int64(value.rounded())) }

  private func percent(_ ratio: Double) -> String {
    Quantity.share(Int64((ratio * 1e6).rounded()), of: 1_000_000)
  }
}

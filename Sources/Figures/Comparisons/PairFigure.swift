import Analysis

/// Draws two variants on one axis: a pair of bars for the whole and for each function.
///
/// HTML that needs no script; the bars' lengths are shares of the axis, which is as long as the longest bar with its
/// whisker. What may have changed by chance alone says so.
struct PairFigure: FigureDrawing {
  static let options = ["compare", "function", "sample", "callout", "says", "tagfocus", "tagignore"]
  static var style: [UInt8] { PackageResources.pair_css }
  static func advice(_ options: FigureOptions) -> String { "add it to function=" }

  private let comparison: VariantComparison
  private let quantity: Quantity
  /// The call-out, and the row that it is about.
  private let called: (callout: Callout, row: VariantComparison.Row)?

  init(_ input: FigureInput) throws {
    var (before, after) = try input.pair(for: .pair)
    let options = input.options
    if let tags = options.tagFocus ?? options.tagIgnore {
      // What a round takes is measured by the clock, so a part of its samples would stand for all of it.
      guard !before.profile.measuresCPUTime else {
        throw FigureError.invalidOption(name: "tagfocus or tagignore", value: tags, expected: "of use for CPU profiles")
      }
      var filters = ReportOptions.Filters()
      (filters.tagFocus, filters.tagIgnore) = (options.tagFocus ?? "", options.tagIgnore ?? "")
      (before, after) = (try before.filtered(by: filters), try after.filtered(by: filters))
    }
    comparison = try VariantComparison(
      before: before, after: after, functions: options.functions, sampleType: options.sampleType)
    quantity = Quantity(unit: comparison.unit)
    let comparison = comparison
    called = try Callout(options).map { callout throws(FigureError) in
      guard let row = comparison.rows.dropFirst().first(where: { callout.name.matches($0.name) }) else {
        throw .calloutNotShown(name: callout.name.text)
      }
      return (callout, row)
    }
  }

  func figure() -> Figure {
    Figure(body: body, alt: sentence, table: table, functions: comparison.rows.dropFirst().map(\.name))
  }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, 60 + Double(comparison.rows.count) * 60 + 30 + (called?.callout.height(width: width) ?? 0))
  }

  private var body: String {
    var out = Markup()
    let names = comparison.names
    out.raw(called == nil ? "<div class=\"pair\"" : "<div class=\"pair argues\"")
    out.raw(" role=\"img\" aria-label=\"")
    out.text(sentence)
    out.raw("\"><p class=\"pair-key\"><span class=\"pair-before\">")
    out.text(names.before)
    out.raw("</span><span class=\"pair-after\">")
    out.text(names.after)
    out.raw("</span><span class=\"pair-unit\">")
    out.text(comparison.quantity)
    out.raw("</span></p>")
    for row in comparison.rows {
      out.raw(row == called?.row ? "<div class=\"pair-row c\">" : "<div class=\"pair-row\">")
      out.raw("<span class=\"pair-name\">")
      out.text(row.name)
      out.raw("</span>")
      bar("<span class=\"pair-bar pair-before\" style=\"--w:", row.before, "", into: &out)
      bar("<span class=\"pair-bar pair-after\" style=\"--w:", row.after, verdict(row), into: &out)
      out.raw("</div>")
    }
    if let called { called.callout.paint(change(of: called.row), of: called.row.name, to: &out) }
    if comparison.rows.contains(where: { $0.before.error != nil || $0.after.error != nil }) {
      out.raw(
        "<p class=\"pair-note\">Whisker, ±: by the number of samples, the true value lies there 19 times of 20.</p>")
    }
    out.raw("</div>")
    return out.string
  }

  private func bar(_ opening: StaticString, _ value: Estimate, _ verdict: String, into out: inout Markup) {
    func length(_ part: Double) -> Double { comparison.longest > 0 ? part / comparison.longest * 100 : 0 }
    let error = value.error ?? 0
    out.raw(opening)
    out.number(length(value.value))
    out.raw("%")
    if error > 0 {
      out.raw(";--lo:")
      out.number(length(max(value.value - error, 0)))
      out.raw("%;--hi:")
      out.number(length(value.value + error))
      out.raw("%")
    }
    out.raw("\"><i></i>")
    if error > 0 { out.raw("<s></s>") }
    out.raw("<span>")
    out.text(quantity.text(value))
    if !verdict.isEmpty {
      out.raw(" <small>")
      out.text(verdict)
      out.raw("</small>")
    }
    out.raw("</span></span>")
  }

  /// How much more there is after the fix, as a call-out says it.
  private func change(of row: VariantComparison.Row) -> String {
    quantity.change(row.change) + (comparison.isOneRound ? " a round" : "") + (row.isNoise ? ", within noise" : "")
  }

  /// How the two of a row differ, in words.
  private func verdict(_ row: VariantComparison.Row) -> String {
    guard let ratio = row.ratio else { return "new" }
    if row.isNoise { return "within noise" }
    if row.after.value == 0 { return row.after.error == nil ? "" : "no sample" }
    return said(ratio) + (ratio.value < 2 ? " of before" : " before")
  }

  /// A ratio: a percentage up to twice as much, then a multiple.
  private func said(_ ratio: Estimate) -> String {
    ratio.value < 2 ? Quantity.share(ratio) : ratio.text(unit: "×")
  }

  private var sentence: String {
    guard let whole = comparison.rows.first, let ratio = whole.ratio else { return "Nothing to compare." }
    let (before, after) = comparison.names
    var sentence = "\(comparison.quantity.prefix(1).uppercased())\(comparison.quantity.dropFirst()): "
    sentence += "\(quantity.text(whole.before)) \(before), \(quantity.text(whole.after)) \(after)"
    sentence +=
      whole.isNoise ? ", within noise." : ratio.value < 2 ? ", \(said(ratio)) of it." : ", \(said(ratio)) as much."
    if let most = comparison.largestSaving {
      sentence += " The largest saving is in \(most.name): \(quantity.text(most.before)) before, "
      sentence += "\(quantity.text(most.after)) after."
    }
    let unchanged = comparison.rows.dropFirst().filter(\.isNoise).map(\.name)
    if !unchanged.isEmpty { sentence += " Unchanged within noise: \(unchanged.joined(separator: ", "))." }
    if let called { sentence += " Called out: \(called.callout.words(change(of: called.row), of: called.row.name))." }
    return sentence
  }

  private var table: DataTable {
    DataTable(
      columns: [
        .init("function"), .init(comparison.names.before, alignment: .trailing),
        .init(comparison.names.after, alignment: .trailing), .init("after / before", alignment: .trailing),
      ],
      rows: comparison.rows.map { row in
        let ratio = row.ratio.map(said) ?? "new"
        return [
          row.name, quantity.text(row.before), quantity.text(row.after), row.isNoise ? "\(ratio), within noise" : ratio,
        ]
      })
  }
}

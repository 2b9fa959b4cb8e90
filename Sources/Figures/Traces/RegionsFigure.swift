import Analysis
import ExecutionTrace
import Platform

/// Draws how long regions and user tasks took: a histogram a name, all on one logarithmic axis.
///
/// Upwards it counts, on a logarithmic scale, so that the one in 100,000 is seen beside the rest; downwards, in the other
/// colour, is the share of the time that these took, on a plain scale. Their difference is the point: what is rare and long
/// is small above and large below.
struct RegionsFigure: FigureDrawing {
  static let options = ["start", "length", "nodecount", "callout", "says", "title"]
  static var style: [UInt8] { PackageResources.regions_css }
  static func advice(_ options: FigureOptions) -> String {
    "no region or user task has that name in the window; take the name out, or ask for more rows with nodecount="
  }

  /// The chart's size in units, of which a phone's pixel is about one; the width is stretched.
  private static let (width, up, down) = (1_000.0, 64.0, 40.0)

  private let report: RegionReport
  private let rows: ArraySlice<RegionReport.Row>
  private let options: FigureOptions
  private let callout: Callout?
  private let called: RegionReport.Row?

  init(_ input: FigureInput) throws {
    options = input.options
    let trace = try input.trace(for: .regions)
    let window = try input.window(of: trace)
    report = RegionReport(TraceSummary(trace, in: window, from: input.checkpoints))
    let rows = report.rows.prefix(options.nodeCount ?? 8)
    let callout = Callout(options)
    let called = callout.flatMap { callout in rows.first { callout.name.matches($0.name) } }
    (self.rows, self.callout, self.called) = (rows, callout, called)
    if let callout, called == nil { throw FigureError.calloutNotShown(name: callout.name.text) }
  }

  func figure() -> Figure {
    Figure(body: body, alt: alt, table: table, functions: rows.map(\.name))
  }

  func size(width: Double) -> (width: Double, height: Double) {
    let foot = callout.map { $0.height(width: width) + 20 } ?? 0
    return (width, 90 + (options.title.isEmpty ? 0 : 24) + Double(rows.count) * 196 + foot)
  }

  // MARK: - In words

  private func time(_ nanoseconds: Int64) -> String { TraceTime.text(nanoseconds) }

  private func count(_ number: Int64) -> String { TimelineWords.grouped(Int(number)) }

  /// What is called out of a row: how many lie apart as the longest, if any do, or else the time of all.
  private func number(of row: RegionReport.Row) -> String {
    guard row.islands.count > 1, let last = row.islands.last else { return time(row.times.sum) }
    return "\(count(last.count)) of \(count(Int64(row.times.count)))"
  }

  private func summary(of row: RegionReport.Row) -> String {
    let times = row.times
    let shares: [(String, Double)] = [("median", 0.5), ("90 %", 0.9), ("99 %", 0.99), ("99.9 %", 0.999)]
    let percentiles = shares.map { "\($0) \(time(times.percentile($1)))" }.joined(separator: ", ")
    return "\(percentiles), longest \(time(times.greatest)); \(time(times.sum)) in all"
  }

  private func words(_ island: RegionReport.Island, of row: RegionReport.Row) -> String {
    "\(count(island.count)) of \(count(Int64(row.times.count))) from \(time(island.range.lowerBound)) on: "
      + "\(Quantity.share(island.sum, of: row.times.sum)) of the time"
  }

  private var alt: String {
    guard let first = rows.first else { return "No region and no user task was recorded." }
    var text = "\(count(Int64(first.times.count))) times \(first.name): \(summary(of: first))."
    if first.islands.count > 1, let last = first.islands.last { text += " Apart lie \(words(last, of: first))." }
    if let callout, let called { text += " Called out: \(callout.words(number(of: called), of: called.name))." }
    return text
  }

  private var table: DataTable {
    let columns = ["count", "in all", "median", "90 %", "99 %", "99.9 %", "longest"]
    return DataTable(
      columns: [.init("name"), .init("what")] + columns.map { .init($0, alignment: .trailing) },
      rows: report.rows.map { row in
        let percentiles = [0.5, 0.9, 0.99, 0.999].map { time(row.times.percentile($0)) }
        return [row.name, row.kind.rawValue, count(Int64(row.times.count)), time(row.times.sum)] + percentiles
          + [time(row.times.greatest)]
      })
  }

  // MARK: - Painted

  private var body: String {
    wrapFigure("regions", title: options.title, alt: alt) { out in
      out.raw("<p class=\"regions-key\"><span><i class=\"up\"></i>how many, on a logarithmic scale</span>")
      out.raw("<span><i class=\"down\"></i>the share of the time that they took</span></p>")
      for row in rows { paint(row, into: &out) }
      let others = report.rows.count - rows.count
      if others > 0 {
        out.raw("<p class=\"regions-note\">")
        out.text("and \(others) more name\(others == 1 ? "" : "s"), which took less time")
        out.raw("</p>")
      }
      if let callout, let called { callout.paint(number(of: called), of: called.name, to: &out) }
    }
  }

  private func paint(_ row: RegionReport.Row, into out: inout Markup) {
    out.raw(row == called ? "<div class=\"regions-row c\">" : "<div class=\"regions-row\">")
    out.raw("<p class=\"regions-name\"><code>")
    out.text(row.name)
    out.raw("</code> <small>")
    out.text("\(row.kind.rawValue), \(row.times.count == 1 ? "once" : "\(count(Int64(row.times.count))) times")")
    out.raw("</small></p>")
    paintIslands(row, into: &out)
    out.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 104\" preserveAspectRatio=\"none\" ")
    out.raw("aria-hidden=\"true\">")
    let highest = log2(Double(row.bins.map(\.count).max() ?? 1)) + 1
    let heaviest = Double(max(row.bins.map(\.sum).max() ?? 1, 1))
    out.raw("<path class=\"up\" d=\"")
    for bin in row.bins where bin.count > 0 {
      rectangle(bin.range, Self.up, -(log2(Double(bin.count)) + 1) / highest * Self.up, into: &out)
    }
    out.raw("\"/><path class=\"down\" d=\"")
    for bin in row.bins where bin.sum > 0 {
      rectangle(bin.range, Self.up + 1, Double(bin.sum) / heaviest * (Self.down - 1), into: &out)
    }
    out.raw("\"/></svg>")
    paintAxis(into: &out)
    out.raw("<p class=\"regions-note\">")
    out.text(summary(of: row) + ".")
    out.raw("</p></div>")
  }

  /// What stands apart, told above where it is.
  private func paintIslands(_ row: RegionReport.Row, into out: inout Markup) {
    guard row.islands.count > 1 else { return }
    // The two that take the most time are told: more have no room beside one another.
    let heaviest = row.islands.sorted { ($1.sum, $0.range.lowerBound) < ($0.sum, $1.range.lowerBound) }.prefix(2)
    let told = heaviest.sorted { $0.range.lowerBound < $1.range.lowerBound }
    let labels = told.map { IslandLabel($0, of: row, from: place($0.range.lowerBound), to: place($0.range.upperBound)) }
    out.raw(IslandLabel.overlap(labels) ? "<div class=\"regions-islands two\">" : "<div class=\"regions-islands\">")
    for label in labels {
      out.raw(label.leansLeft ? "<span style=\"right:" : "<span style=\"left:")
      out.number(label.inset)
      out.raw("%\"><b>")
      out.text(label.count)
      out.raw("</b> ")
      out.text(label.words)
      out.raw("</span>")
    }
    if let rare = told.last, rare.count < told[0].count, row.isMuch(rare.sum) {
      out.raw("<s style=\"left:")
      out.number(place(rare.range.lowerBound) / 10)
      out.raw("%;right:")
      out.number(100 - place(rare.range.upperBound) / 10)
      out.raw("%\"></s>")
    }
    out.raw("</div>")
  }

  /// Where a time lies on the axis.
  private func place(_ time: Int64) -> Double {
    let (low, high) = (log2(Double(report.range.lowerBound)), log2(Double(report.range.upperBound)))
    return (log2(Double(max(time, 1))) - low) / max(high - low, 1) * Self.width
  }

  private func rectangle(_ range: Range<Int64>, _ base: Double, _ height: Double, into out: inout Markup) {
    // What takes no time at all stands where what is shortest does.
    let (from, to) = (max(place(range.lowerBound), 0), max(place(range.upperBound), 4))
    out.raw("M")
    out.point(Point(x: from + 0.5, y: base))
    out.raw("H")
    out.number(to - 0.5)
    out.raw("v")
    out.number(height)
    out.raw("H")
    out.number(from + 0.5)
    out.raw("z")
  }

  /// Round times on the axis, at least two where so many lie on it, and no more than a phone has room for.
  private var ticks: [Int64] {
    var decades: [Int64] = [1]
    while let last = decades.last, last < report.range.upperBound, last < .max / 100 { decades.append(last * 10) }
    let choices: [[Int64]] = [[1], [1, 2, 5], Array(1...9)]
    var ticks: [Int64] = []
    for steps in choices where ticks.count < 2 {
      ticks = decades.flatMap { decade in steps.map { decade * $0 } }.filter { report.range.contains($0) }
    }
    let step = max(ticks.count / 5, 1)
    return ticks.enumerated().filter { $0.offset % step == 0 }.map(\.element)
  }

  private func paintAxis(into out: inout Markup) {
    out.raw("<div class=\"regions-axis\">")
    for tick in ticks {
      let place = place(tick) / 10
      out.raw(place > 90 ? "<span class=\"last\" style=\"--l:" : "<span style=\"--l:")
      out.number(place)
      out.raw("%\">")
      out.text(time(tick))
      out.raw("</span>")
    }
    out.raw("</div>")
  }
}

/// What is said above an island of a histogram, and where.
private struct IslandLabel {
  let count: String
  let words: String
  /// Whether it ends where the island ends; else it begins where that begins.
  let leansLeft: Bool
  /// How far it is from that side of the chart, in percent.
  let inset: Double

  /// - Parameters:
  ///   - from: where the island begins, in thousandths of the chart's width.
  ///   - to: where it ends.
  init(_ island: RegionReport.Island, of row: RegionReport.Row, from: Double, to: Double) {
    count = TimelineWords.grouped(Int(island.count))
    words = "· \(Quantity.share(island.sum, of: row.times.sum)) of the time"
    leansLeft = from + to > 1_000
    inset = leansLeft ? 100 - to / 10 : from / 10
  }

  /// Whether one of two would be written over the other where the chart is as narrow as on paper; on a phone each has a
  /// line of its own in any case.
  static func overlap(_ labels: [IslandLabel]) -> Bool {
    guard labels.count == 2 else { return false }
    return labels[1].extent.lowerBound < labels[0].extent.upperBound + 12
  }

  /// From where to where it goes on a chart of 560 pixels.
  private var extent: ClosedRange<Double> {
    let width = TextWidth.of(count, size: 13) * 1.1 + 4 + TextWidth.of(words, size: 12)
    let side = inset / 100 * 560
    return leansLeft ? 560 - side - width...560 - side : side...side + width
  }
}

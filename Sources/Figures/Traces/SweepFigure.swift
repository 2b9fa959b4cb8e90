import Analysis

/// Draws one program with several values of a parameter, a row each: how many processors ran its tasks, over time. All have
/// one axis, so that the length of a row is how long it took. What is empty was idle.
struct SweepFigure: FigureDrawing {
  static let options = ["with", "title"]
  static var style: [UInt8] { PackageResources.sweep_css }
  static func advice(_ options: FigureOptions) -> String { "the figure names no functions; take the name out" }

  private static let height = 34.0

  private let sweep: TraceSweep
  private let options: FigureOptions

  init(_ input: FigureInput) throws {
    options = input.options
    sweep = try TraceSweep(input.swept(for: .sweep))
  }

  func figure() -> Figure { Figure(body: body, alt: sentence, table: table) }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, 50 + (options.title.isEmpty ? 0 : 24) + Double(sweep.rows.count) * 60)
  }

  // MARK: - In words

  private func time(_ nanoseconds: Int64) -> String { TraceTime.text(nanoseconds) }
  private func share(_ row: TraceSweep.Row) -> String { Quantity.share(Estimate(row.share)) }

  private func words(_ row: TraceSweep.Row) -> String {
    let tasks = row.tasks == 1 ? "1 task" : "\(TimelineWords.grouped(row.tasks)) tasks"
    return "\(time(row.length)), \(tasks), \(share(row)) of the processors' time running"
  }

  private var sentence: String {
    sweep.rows.map { "\($0.name.isEmpty ? "" : "\($0.name): ")\(words($0))." }.joined(separator: " ")
  }

  private var table: DataTable {
    DataTable(
      columns: [
        .init("with"), .init("took", alignment: .trailing), .init("running", alignment: .trailing),
        .init("tasks", alignment: .trailing), .init("median of a task", alignment: .trailing),
      ],
      rows: sweep.rows.map {
        [$0.name, time($0.length), share($0), TimelineWords.grouped($0.tasks), time($0.medianTask)]
      })
  }

  // MARK: - Painted

  private var body: String {
    wrapFigure("sweep", title: options.title, alt: sentence) { out in
      for row in sweep.rows { paint(row, into: &out) }
      out.raw("<div class=\"sweep-axis\">")
      for tick in ticks {
        out.raw("<span style=\"--l:")
        out.number(tick.place * 100)
        out.raw("%\">")
        out.text(tick.label)
        out.raw("</span>")
      }
      out.raw("</div>")
    }
  }

  /// Round times from 0 on, of which a phone has room for all.
  private var ticks: [(place: Double, label: String)] {
    var step: Int64 = 1
    while sweep.longest / step >= 10 { step *= 10 }
    step *= sweep.longest / step >= 5 ? 2 : 1
    return stride(from: 0, through: sweep.longest, by: Int64.Stride(step)).map { place in
      (Double(place) / Double(max(sweep.longest, 1)), place == 0 ? "0" : time(place))
    }.filter { $0.place < 0.93 }
  }

  private func paint(_ row: TraceSweep.Row, into out: inout Markup) {
    out.raw("<div class=\"sweep-row\"><p><b>")
    out.text(row.name)
    out.raw("</b> <small>")
    out.text(words(row))
    out.raw("</small></p><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
    out.number(TraceSweep.columns)
    out.raw(" 34\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
    let height = Self.height
    out.raw("<rect width=\"")
    out.number(row.running.count)
    out.raw("\" height=\"34\"/><path d=\"M0 34")
    for (column, value) in row.running.enumerated() {
      let top = ((height - value / Double(sweep.processors) * height) * 10).rounded() / 10
      out.raw("V")
      out.number(top)
      out.raw("H")
      out.number(column + 1)
    }
    out.raw("V34z\"/></svg></div>")
  }
}

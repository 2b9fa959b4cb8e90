import Analysis
import Leaks

/// Draws retain cycles: a box for each block with the field that leads on, an arrow to the next, one back to the first.
///
/// The shapes whose path contains the option `through` are drawn, or all of them. The table has every shape of the
/// report.
struct CycleFigure: FigureDrawing {
  static let options = ["through"]
  static var style: [UInt8] { PackageResources.cycles_css }
  static func advice(_ options: FigureOptions) -> String { "cycles have no functions; take the name out" }

  private let report: LeakReport
  private let chosen: ChosenCycles
  private let idPrefix: String

  init(_ input: FigureInput) throws(FigureError) {
    report = try input.leaks(for: .cycle)
    chosen = ChosenCycles(report, through: input.options.through)
    idPrefix = input.options.idPrefix
  }

  func figure() -> Figure { Figure(body: body, alt: sentence, table: table) }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, chosen.shapes.indices.reduce(24) { $0 + drawing(of: $1).height + 96 })
  }

  private func drawing(of index: Int) -> CycleDrawing {
    let shape = chosen.shapes[index]
    return CycleDrawing(steps: shape.loops.first.map(shape.steps) ?? [], arrowID: "\(idPrefix)-arrow-\(index)")
  }

  private var body: String {
    var out = Markup()
    out.raw("<div class=\"cycles\" role=\"figure\" aria-label=\"")
    out.text(sentence)
    out.raw("\">")
    for (index, shape) in chosen.shapes.enumerated() {
      out.raw("<div class=\"cycle\">")
      drawing(of: index).paint(into: &out)
      out.raw("<p><b>")
      out.number(shape.count)
      out.raw(shape.count == 1 ? " cycle</b>, " : " cycles</b>, ")
      out.text(shape.size)
      if let cut = shape.loops.first.flatMap(shape.cut) {
        out.raw("<br/><span class=\"cut\">✂ ")
        out.text(cut.advice)
        out.raw("</span>")
      }
      out.raw("</p></div>")
    }
    out.raw("</div>")
    return out.string
  }

  private var sentence: String {
    guard let first = chosen.shapes.first else { return "No retain cycle was found." }
    return "\(chosen.count) retain cycles of \(chosen.shapes.count) shapes, such as \(first.path), "
      + "\(first.count) times."
  }

  private var table: DataTable {
    DataTable(
      columns: [
        .init("cycle"), .init("count", alignment: .trailing), .init("blocks", alignment: .trailing),
        .init("bytes", alignment: .trailing), .init("made in"),
      ],
      rows: report.cycles.map { [$0.path, "\($0.count)", "\($0.blocks)", "\($0.bytes)", $0.maker ?? ""] })
  }
}

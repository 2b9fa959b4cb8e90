import Analysis
import Leaks

/// Draws retain cycles: blocks of memory are boxes, fields are arrows, and on the arrow to cut lie the scissors.
///
/// The shapes whose path contains the option `through` are drawn, or all of them. The table has every shape of the
/// report.
struct CycleFigure: FigureDrawing {
  static let options = ["through"]
  static var style: [UInt8] { PackageResources.cycles_css }
  static func advice(_ options: FigureOptions) -> String { "cycles have no functions; take the name out" }

  private let report: LeakReport
  private let chosen: ChosenCycles

  init(_ input: FigureInput) throws(FigureError) {
    report = try input.leaks(for: .cycle)
    chosen = ChosenCycles(report, through: input.options.through)
  }

  func figure() -> Figure { Figure(body: body, alt: sentence, table: table) }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, chosen.shapes.reduce(24) { $0 + CycleDrawing(ring: CycleRing($1)).height + 110 })
  }

  private var body: String {
    var out = Markup()
    out.raw("<div class=\"cycles\" role=\"figure\" aria-label=\"")
    out.text(sentence)
    out.raw("\">")
    for shape in chosen.shapes {
      let ring = CycleRing(shape)
      out.raw("<div class=\"cycle\">")
      if !ring.objects.isEmpty { CycleDrawing(ring: ring).paint(into: &out) }
      out.raw("<p><b>")
      out.number(shape.count)
      out.text(" " + Self.word(shape) + (shape.count == 1 ? "" : "s"))
      out.raw("</b>, ")
      out.text(shape.size)
      if let advice = ring.advice {
        out.raw("<br/><span class=\"advice\">✂ ")
        out.text(advice)
        out.raw("</span>")
      }
      out.raw("</p></div>")
    }
    out.raw("</div>")
    return out.string
  }

  private var sentence: String {
    let retaining = chosen.shapes.filter { !$0.isOfLostTasks }
    let ofTasks = chosen.shapes.filter(\.isOfLostTasks)
    let lost = ofTasks.first.map { first in
      " \(ofTasks.reduce(0) { $0 + $1.count }) loops that end with a lost task, such as \(first.path)."
    }
    guard let first = retaining.first else { return "No retain cycle was found." + (lost ?? "") }
    return "\(chosen.count) retain cycles of \(retaining.count) shapes, such as \(first.path), "
      + "\(first.count) times." + (lost ?? "")
  }

  /// What a loop is called: one that a lost task holds is no retain cycle.
  private static func word(_ shape: RetainCycle) -> String { shape.isOfLostTasks ? "loop" : "cycle" }

  private var table: DataTable {
    DataTable(
      columns: [
        .init("cycle"), .init("count", alignment: .trailing), .init("blocks", alignment: .trailing),
        .init("bytes", alignment: .trailing), .init("made in"),
      ],
      rows: report.cycles.map { [$0.path, "\($0.count)", "\($0.blocks)", "\($0.bytes)", $0.maker ?? ""] })
  }
}

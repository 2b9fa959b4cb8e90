import Analysis
import Waiting

/// Draws who waits for whom: tasks and threads are boxes, what they wait for has round ends, and an arrow leads to what has
/// to happen first. The ring of a deadlock is thick and of another colour.
///
/// Graphviz finds the places. With `nodecount` so many boxes are drawn at most, those of deadlocks first. The table has
/// everybody who waits.
struct WaitForFigure: FigureDrawing {
  static let options = ["title", "nodecount"]
  static var style: [UInt8] { PackageResources.waitfor_css }
  static func advice(_ options: FigureOptions) -> String {
    "nobody who waits there is drawn; take the name out, or ask for more boxes with nodecount="
  }

  private let report: WaitForReport
  private let options: FigureOptions
  private let boxes: [Box]
  private let layout: GraphLayout

  /// A box in lines of text.
  private struct Box {
    var names: [String]
    var facts: [String]
    var width: Double
    var height: Double

    init(_ box: WaitForReport.Box) {
      names = wrapName(box.name, width: 190, size: WaitForFigure.nameSize * GraphBox.bold, lines: 3)
      facts = box.facts.flatMap { wrapName($0, width: 210, size: WaitForFigure.factSize, lines: 2) }
      let widths =
        names.map { TextWidth.of($0, size: WaitForFigure.nameSize * GraphBox.bold) }
        + facts.map { TextWidth.of($0, size: WaitForFigure.factSize) }
      width = (widths.max() ?? 0) + (box.isWaiter ? 22 : 34)
      height = Double(names.count) * WaitForFigure.nameLine + Double(facts.count) * WaitForFigure.factLine + 12
    }
  }

  private static let (nameSize, factSize, nameLine, factLine) = (13.5, 12.0, 17.0, 15.0)
  /// How long an arrow's head is, of a ring and of others.
  private static let (thickTip, tip) = (13.0, 9.0)

  init(_ input: FigureInput) throws(FigureError) {
    options = input.options
    report = WaitForReport(try input.waits(for: .waitfor), most: options.nodeCount ?? 40)
    boxes = report.boxes.map(Box.init)
    let links = report.arrows.map {
      GraphLayout.Link(source: $0.from, destination: $0.to, weight: $0.isInRing ? 4 : 1, arrow: Self.tip(of: $0))
    }
    do throws(GraphvizError) {
      layout = try GraphLayout(sizes: boxes.map { ($0.width, $0.height) }, links: links)
    } catch {
      throw .graphviz(error)
    }
  }

  private static func tip(of arrow: WaitForReport.Arrow) -> Double { arrow.isInRing ? thickTip : tip }

  func figure() -> Figure {
    let functions = report.boxes.filter(\.isWaiter).compactMap { report.graph.nodes[$0.node].place }
      .compactMap { $0.split(separator: " at ").first.map(String.init) }
    return Figure(body: body, alt: report.sentence, table: table, functions: functions)
  }

  func size(width: Double) -> (width: Double, height: Double) {
    let width = max(drawnWidth + 24, 480)
    let lines = (TextWidth.of(report.sentence + legend, size: 13) / (width - 24)).rounded(.up) + 2
    return (width, 24 + (options.title.isEmpty ? 0 : 24) + layout.height + 20 + lines * 19)
  }

  private var drawnWidth: Double { max(layout.width + 8, 40) }

  private var table: DataTable {
    DataTable(
      columns: [
        .init("who"), .init("waits for"), .init("which is had by"), .init("for", alignment: .trailing), .init("where"),
      ],
      rows: report.rows.map(\.cells))
  }

  // MARK: - Painted

  private var body: String {
    wrapFigure("waitfor", title: options.title, alt: report.sentence) { out in
      if !boxes.isEmpty { paintDrawing(to: &out) }
      out.raw("<p class=\"says\">")
      out.text(report.sentence)
      out.raw("</p><p class=\"facts\">")
      out.text(legend)
      out.raw("</p>")
    }
  }

  private var legend: String {
    var text = "An arrow leads from who waits to what it waits for, and from there, broken, to who has it."
    if !report.deadlocks.isEmpty { text += " Thick: the ring that nothing ends." }
    if report.arrows.contains(where: \.isUnsure) { text += " Dotted: up to a time, or perhaps." }
    if report.leftOut > 0 {
      let who = report.leftOut == 1 ? "One more waits and is" : "\(report.leftOut) more wait and are"
      text += " \(who) not drawn."
    }
    return text
  }

  /// The drawing, in a box that scrolls when it would become too small to read.
  private func paintDrawing(to out: inout Markup) {
    out.raw("<div class=\"pan\" tabindex=\"0\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 -4 ")
    out.number(drawnWidth)
    out.raw(" ")
    out.number(layout.height + 8)
    out.raw("\" style=\"--w:")
    out.number(drawnWidth.rounded())
    out.raw("px\" aria-hidden=\"true\">\n")
    let order = report.arrows.indices.sorted { !report.arrows[$0].isInRing && report.arrows[$1].isInRing }
    for index in order { paintArrow(index, to: &out) }
    for index in boxes.indices { paintBox(index, to: &out) }
    out.raw("</svg></div>")
  }

  private func paintArrow(_ index: Int, to out: inout Markup) {
    guard let curve = layout.curves[index], let base = curve.points.last else { return }
    let arrow = report.arrows[index]
    out.raw("<g class=\"e")
    if arrow.isInRing { out.raw(" ring") }
    if arrow.isHold { out.raw(" holds") }
    if arrow.isUnsure { out.raw(" unsure") }
    out.raw("\"><path class=\"way\" d=\"")
    for (index, point) in curve.points.enumerated() {
      out.raw(index == 0 ? "M" : index == 1 ? "C" : " ")
      out.point(point)
    }
    out.raw("\"/>")
    let way = curve.tip - base
    let across = Point(x: -way.y, y: way.x) * (Self.tip(of: arrow) * 0.45 / max(way.length, 0.01))
    out.path("tip", through: [base + across, curve.tip, base - across], isClosed: true)
    out.raw("</g>\n")
  }

  private func paintBox(_ index: Int, to out: inout Markup) {
    let (box, shown, center) = (boxes[index], report.boxes[index], layout.boxes[index].center)
    out.raw("<g class=\"n ")
    out.text(shown.role.rawValue)
    out.raw(shown.isWaiter ? " waiter\"><rect x=\"" : " thing\"><rect x=\"")
    out.number(center.x - box.width / 2)
    out.raw("\" y=\"")
    out.number(center.y - box.height / 2)
    out.raw("\" width=\"")
    out.number(box.width)
    out.raw("\" height=\"")
    out.number(box.height)
    out.raw("\" rx=\"")
    out.number(shown.isWaiter ? 4 : min(box.height / 2, 18))
    out.raw("\"/>")
    var y = center.y - box.height / 2 + 6
    for name in box.names {
      y += Self.nameLine
      out.text(name, "name", at: Point(x: center.x, y: y - 4))
    }
    for fact in box.facts {
      y += Self.factLine
      out.text(fact, "fact", at: Point(x: center.x, y: y - 4))
    }
    out.raw("</g>\n")
  }
}

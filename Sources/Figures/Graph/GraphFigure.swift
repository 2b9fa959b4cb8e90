import Analysis

/// Draws a call graph: pprof's selection, sizes and colours, Graphviz' positions, our own paint.
///
/// Functions are boxes, larger the more they cost themselves, hotter the more they cost with all they call. Arrows are
/// wider the more the calls cost; broken where functions between are left out. The way most of the weight takes stands
/// out from the rest, or the way to the function that is called out.
struct GraphFigure: FigureDrawing {
  static let options = FigureOptions.ofProfiles + ["callout", "says", "harness"]
  static var style: [UInt8] { PackageResources.graph_css }
  static func advice(_ options: FigureOptions) -> String { options.filterAdvice }

  private let drawing: ShownGraph
  private let sums: FunctionSums
  private let look: PprofLook
  private let harness: [String]
  private let isScaled: Bool
  private let isDifference: Bool
  private let options: FigureOptions
  private let boxes: [GraphBox]
  private let links: [GraphLayout.Link]
  private let layout: GraphLayout
  private let hotEdges: Set<Int>
  private let hotNodes: Set<Int>
  /// The function that is called out, its number, and the words' box.
  private let called: (callout: Callout, node: Int, number: String, words: GraphBox)?
  /// Where that stands; nil if there is no room, so that the words stand below the drawing alone.
  private let calloutPlace: CalloutPlace?
  /// What is left of the graph's free room when the words have theirs.
  private let room: FreeRoom
  /// All that is drawn, in points.
  private let frame: Rectangle

  init(_ input: FigureInput) throws(FigureError) {
    let report = try input.report(.dot, isFolded: true)
    let drawing = report.shownGraph()
    let sums = report.functionSums()
    let look = PprofLook(drawing)
    let isDifference = input.baseline != nil
    let callout = Callout(input.options)
    let culprit = try callout.map { callout throws(FigureError) in
      let named = drawing.nodes.indices.filter { callout.name.matches(drawing.nodes[$0].frame.name) }
      guard let heaviest = named.max(by: { drawing.nodes[$0].cum.magnitude < drawing.nodes[$1].cum.magnitude }) else {
        throw .calloutNotShown(name: callout.name.text)
      }
      return heaviest
    }
    self.drawing = drawing
    self.look = look
    self.isDifference = isDifference
    self.sums = sums
    options = input.options
    harness = input.folded.frames
    isScaled = input.isScaledToRounds
    let meaning = input.link == nil ? nil : NumberMeaning(type: report.sampleType, isDifference: isDifference)
    var boxes = drawing.nodes.enumerated().map {
      GraphBox($1, in: drawing, sums: sums, signed: isDifference, isCalledOut: $0 == culprit, meaning: meaning)
    }
    let hotPath = culprit.map(drawing.path) ?? (isDifference ? [] : drawing.hotPath)
    let hotEdges = Set(hotPath)
    // The hot path is drawn as straight as it can be, one box below the other: where the drawing is wider than the page,
    // the root and the function called out are seen together.
    var links = drawing.edges.enumerated().map { index, edge in
      GraphLayout.Link(
        source: edge.source, destination: edge.destination ?? edge.source,
        weight: hotEdges.contains(index) ? Self.straight : look.layoutWeight(edge),
        arrow: 5 + Double(look.penWidth(edge)))
    }
    func add(_ nodelet: ShownGraph.Nodelet, to source: Int) {
      links.append(GraphLayout.Link(source: source, destination: boxes.count, weight: 100, arrow: 4))
      boxes.append(GraphBox(nodelet, in: drawing, signed: isDifference))
      let position = boxes.count - 1
      for inner in nodelet.nodelets { add(inner, to: position) }
    }
    for (position, node) in drawing.nodes.enumerated() {
      for nodelet in node.nodelets + node.numericNodelets { add(nodelet, to: position) }
    }
    if let callout, let culprit {
      let node = drawing.nodes[culprit]
      let share = drawing.cumShare(of: node, sums)
      let per = isScaled ? " a round" : ""
      let number = isDifference ? drawing.change(node.cum, share, per: per) : Quantity.share(share)
      called = (callout, culprit, number, GraphBox(calling: number, callout))
    } else {
      called = nil
    }
    self.boxes = boxes
    self.links = links
    let layout: GraphLayout
    do throws(GraphvizError) {
      layout = try GraphLayout(sizes: boxes.map { ($0.width, $0.height) }, links: links)
    } catch {
      throw .graphviz(error)
    }
    self.layout = layout
    self.hotEdges = hotEdges
    hotNodes = Set(
      hotPath.flatMap { [drawing.edges[$0].source, drawing.edges[$0].destination ?? -1] } + (culprit.map { [$0] } ?? [])
    )
    var room = FreeRoom(
      layout,
      widths: links.indices.map { hotEdges.contains($0) ? Self.halo : Self.lineWidth(of: $0, in: drawing, look) })
    calloutPlace = called.flatMap {
      room.placeCallout(besideBox: $0.node, width: $0.words.width, height: $0.words.height)
    }
    self.room = room
    let corners = calloutPlace.map { place in
      [Point(x: place.box.left, y: place.box.top), Point(x: place.box.right, y: place.box.bottom)]
    }
    frame = Rectangle(around: [Point(x: 0, y: 0), Point(x: layout.width, y: layout.height)] + (corners ?? []))
      .widened(by: 4)
  }

  func figure() -> Figure {
    var alt = GraphSentence(drawing: drawing, sums: sums, isDifference: isDifference).text
    if let called {
      alt += " Called out: \(called.callout.words(called.number, of: drawing.nodes[called.node].name))."
    }
    return Figure(
      body: body(alt: alt), alt: alt, table: GraphTable(drawing: drawing, sums: sums, isDifference: isDifference).table,
      functions: drawing.nodes.map(\.name))
  }

  /// Whether the column of a page is too narrow for all of it, or the words of the call-out found no place.
  private var isWide: Bool { frame.width * 4 / 3 * 0.92 > 680 || (called != nil && calloutPlace == nil) }

  /// As wide as it is drawn: an image scales, but does not scroll.
  func size(width: Double) -> (width: Double, height: Double) {
    let width = max(frame.width * 4 / 3 + 24, 480)
    let words = TextWidth.of(facts.joined(separator: " · "), size: 12) / (width - 24)
    let lines = words.rounded(.up) + (900 / width).rounded(.up) + 1
    return (width, 24 + (options.title.isEmpty ? 0 : 24) + frame.height * 4 / 3 + 12 + lines * 17)
  }

  private func body(alt: String) -> String {
    var out = Markup()
    out.raw("<div class=\"graph")
    if called != nil { out.raw(" argues") }
    if isWide { out.raw(" wide") }
    out.raw("\"")
    out.raw(" role=\"figure\" aria-label=\"")
    out.text(alt)
    out.raw("\">")
    if !options.title.isEmpty {
      out.raw("<p class=\"figure-title\">")
      out.text(options.title)
      out.raw("</p>")
    }
    paintDrawing(to: &out)
    if let called {
      out.raw("<div class=\"narrow\">")
      called.callout.paint(called.number, of: drawing.nodes[called.node].name, to: &out)
      out.raw("</div>")
    }
    paintLegend(to: &out)
    out.raw("</div>")
    return out.string
  }

  /// The drawing in points, in a box that scrolls when it would become too small to read.
  private func paintDrawing(to out: inout Markup) {
    out.raw("<div class=\"pan\" tabindex=\"0\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"")
    out.point(Point(x: frame.left, y: frame.top))
    out.raw(" ")
    out.number(frame.width)
    out.raw(" ")
    out.number(frame.height)
    out.raw("\" style=\"--w:")
    out.number((frame.width * 4 / 3).rounded())
    out.raw("px\"><g>\n")
    for index in hotEdges.sorted() { paintHalo(of: index, to: &out) }
    for index in links.indices.reversed() { paintLink(index, to: &out) }
    for index in boxes.indices {
      paint(boxes[index], at: layout.boxes[index].center, isHot: hotNodes.contains(index), to: &out)
    }
    var labels = room
    for (index, edge) in drawing.edges.enumerated() { paintLabel(of: edge, index, labels: &labels, to: &out) }
    paintCallout(to: &out)
    out.raw("</g></svg></div>")
  }

  /// How much a line of the hot path should be straight: more than any other, of which those to labels have 100.
  private static let straight = 1_000

  /// How wide the glow of the hot path is, in points, as the style sheet has it.
  private static let halo = 13.0

  /// The words of the call-out, and a line that ties them to their box.
  private func paintCallout(to out: inout Markup) {
    guard let called, let place = calloutPlace else { return }
    out.path("lead", through: [place.lead.start, place.lead.end])
    paint(called.words, at: place.box.center, to: &out)
  }

  /// How wide a line is drawn, in points.
  private static func lineWidth(of index: Int, in drawing: ShownGraph, _ look: PprofLook) -> Double {
    index < drawing.edges.count ? Double(look.penWidth(drawing.edges[index])) : 1
  }

  private func lineWidth(of index: Int) -> Double { Self.lineWidth(of: index, in: drawing, look) }

  private func paintHalo(of index: Int, to out: inout Markup) {
    guard let curve = layout.curves[index] else { return }
    out.raw("<path class=\"halo\" d=\"")
    paint(curve, to: &out)
    out.raw("\"/>\n")
  }

  private func paintLink(_ index: Int, to out: inout Markup) {
    guard let curve = layout.curves[index] else { return }
    let edge = index < drawing.edges.count ? drawing.edges[index] : nil
    if let edge, edge.destination == nil { return }
    out.raw("<g class=\"e ")
    if let edge {
      out.text(HeatStep(edge.weight, of: drawing.total).boxClass)
      if hotEdges.contains(index) { out.raw(" hot") }
      out.raw("\" data-e=\"")
      out.number(edge.source)
      out.raw(" ")
      out.number(links[index].destination)
      out.raw("\"><title>")
      out.text(edge.sourceName)
      out.raw(" → ")
      out.text(edge.destinationName)
      out.raw("\n")
      out.text(drawing.text(edge.weight, signed: isDifference))
      if edge.isInline { out.raw(", inlined") }
      if edge.isResidual { out.raw(", by way of functions left out") }
      out.raw("</title>")
    } else {
      out.raw("h0 tag\">")
    }
    let width = lineWidth(of: index)
    out.raw("<path stroke-width=\"")
    out.number(width)
    if edge?.isResidual ?? false {
      // Dashes that grow with the width: a broken line is as wide as its weight.
      out.raw("\" stroke-dasharray=\"")
      out.number(width * 1.5 + 1)
      out.raw(" ")
      out.number(width + 1)
    }
    out.raw("\" d=\"")
    paint(curve, to: &out)
    out.raw("\"/><path class=\"tip\" d=\"")
    paintArrow(of: curve, width: 2.5 + width * 0.75, to: &out)
    out.raw("\"/></g>\n")
  }

  private func paint(_ curve: GraphLayout.Curve, to out: inout Markup) {
    for (index, point) in curve.points.enumerated() {
      out.raw(index == 0 ? "M" : index == 1 ? "C" : " ")
      out.point(point)
    }
  }

  private func paintArrow(of curve: GraphLayout.Curve, width: Double, to out: inout Markup) {
    guard let base = curve.points.last else { return }
    let way = curve.tip - base
    let across = Point(x: -way.y, y: way.x) * (width / max(way.length, 0.01))
    out.raw("M")
    out.point(base + across)
    out.raw(" ")
    out.point(curve.tip)
    out.raw(" ")
    out.point(base - across)
    out.raw("z")
  }

  private func paint(_ box: GraphBox, at center: Point, isHot: Bool = false, to out: inout Markup) {
    out.raw("<g class=\"")
    out.text(box.classes)
    if isHot { out.raw(" hot") }
    out.raw("\" transform=\"translate(")
    out.point(center)
    out.raw(")\"><title>")
    out.text(box.title)
    out.raw("</title><rect x=\"")
    out.number(-box.width / 2)
    out.raw("\" y=\"")
    out.number(-box.height / 2)
    out.raw("\" width=\"")
    out.number(box.width)
    out.raw("\" height=\"")
    out.number(box.height)
    out.raw("\" rx=\"4\"/>")
    var y = -box.lines.reduce(0) { $0 + $1.size * GraphBox.leading } / 2
    for line in box.lines {
      y += line.size * GraphBox.leading
      out.raw(line.isName ? "<text y=\"" : "<text class=\"v\" y=\"")
      out.number(y - line.size * 0.32)
      out.raw("\" font-size=\"")
      out.number(line.size)
      out.raw("\">")
      out.text(line.text)
      out.raw("</text>")
    }
    out.raw("</g>\n")
  }

  private func paintLabel(
    of edge: ShownGraph.Edge, _ index: Int, labels: inout FreeRoom, to out: inout Markup
  ) {
    guard edge.destination != nil else { return }
    let size = GraphBox.smallest
    let text = drawing.text(edge.weight, signed: isDifference)
    let isHot = hotEdges.contains(index)
    let place = labels.placeLabel(
      ofLine: index, width: TextWidth.of(text, size: size) * (isHot ? GraphBox.bold : 1), height: size,
      lineWidth: isHot ? Self.halo : lineWidth(of: index))
    guard let place else { return }
    out.raw(isHot ? "<text class=\"w hot\" x=\"" : "<text class=\"w\" x=\"")
    out.number(place.center.x)
    out.raw("\" y=\"")
    out.number(place.bottom - size * 0.14)
    out.raw("\">")
    out.text(text)
    out.raw("</text>\n")
  }

  private func paintLegend(to out: inout Markup) {
    out.raw("<ul class=\"facts\">")
    for fact in facts {
      out.raw("<li>")
      out.text(fact)
      out.raw("</li>")
    }
    out.raw("</ul><p class=\"facts\">")
    out.text(
      isDifference
        ? "Warm, +: more than before. Blue, dashed, −: less. Larger text: a larger change in the function itself."
        : "Larger text: more in the function itself, its own \(drawing.format.sampleUnit == "nanoseconds" ? "time" : "share"). Hotter: more with all it calls. Wider arrow: more in the calls."
    )
    if drawing.edges.contains(where: \.isResidual) {
      out.raw(" Broken: by way of functions left out, as wide as its weight.")
    }
    out.raw("</p>")
  }

  /// pprof's legend, a fact each: active filters in one; what says how the profile was made is left to its provenance.
  ///
  /// Of a difference it is said what shares are shares of. What pprof says there of the sum, some of it added and some
  /// taken off, would be read wrongly.
  private var facts: [String] {
    var facts: [String] = []
    let kept = ["Type:", "Active filters", "   ", "Showing top", "Dropped"]
    if isDifference {
      if isScaled { facts.append("Scaled to equal work: one round of each") }
      facts.append("Percent of all that was measured before, \(drawing.format.rounded(drawing.total))")
    }
    for line in drawing.legend where kept.contains(where: line.hasPrefix) {
      if line.hasPrefix("   "), let last = facts.popLast() {
        facts.append(last + (last.hasSuffix(":") ? " " : ", ") + line.dropFirst(3))
      } else {
        facts.append(line.replacing("( ", with: "("))
      }
    }
    if !harness.isEmpty { facts.append("Without \(harness.count) frames of the lab above") }
    return facts
  }
}

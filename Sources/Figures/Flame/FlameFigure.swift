import Analysis

/// Draws a flame graph with the root on top (an icicle), so that it reads from the start of the page on.
///
/// A frame is an HTML element placed by two numbers, `--x` and `--w`, in units of the profile; the style sheet turns
/// them into percentages. So the graph fits any width without a script, the browser cuts names to the room there is
/// and hides those that would have none, and zooming is setting two variables on the rows. A hover title has the whole
/// name and the numbers. Frames narrower than any label carry only the title.
struct FlameFigure: FigureDrawing {
  /// Frames below this share of the whole are narrower than a label on any screen.
  private static let narrowestLabel = 0.012
  /// Frames from this share on say their share beside the name.
  private static let narrowestNumber = 0.08
  /// Frames below this share are gathered, unless asked otherwise: about a pixel of a column of text.
  private static let narrowestFrame = 0.001

  static let options = FigureOptions.ofProfiles
  static var style: [UInt8] { PackageResources.flame_css }
  static func advice(_ options: FigureOptions) -> String { options.filterAdvice }

  private let tree: FlameTree
  private let whole: Int64
  private let options: FigureOptions
  private let quantity: Quantity

  init(_ input: FigureInput) throws(FigureError) {
    options = input.options
    let report: FlameReport
    do throws(ReportError) {
      report = try FlameReport(
        input.profile, baseline: input.baseline, inverted: options.isInverted,
        smallest: options.nodeFraction ?? Self.narrowestFrame, options: options.reportOptions())
    } catch {
      throw .report(error)
    }
    (tree, whole) = (report.tree, report.whole)
    quantity = Quantity(unit: tree.valueType.unit)
  }

  func figure() -> Figure {
    let words = FlameWords(tree: tree, whole: whole, quantity: quantity)
    let alt = words.sentence
    return Figure(
      body: body(alt: alt), alt: alt, table: words.table(rows: options.nodeCount ?? 40), functions: tree.names)
  }

  func size(width: Double) -> (width: Double, height: Double) {
    (width, 24 + (options.title.isEmpty ? 0 : 24) + 22 * (900 / width).rounded(.up) + Double(tree.depth + 1) * 18)
  }

  private func body(alt: String) -> String {
    var out = Markup()
    out.reserve(2_000 + tree.nodes.count * 120)
    out.raw("<div class=\"flame\" role=\"figure\" aria-label=\"")
    out.text(alt)
    out.raw("\">")
    if !options.title.isEmpty {
      out.raw("<p class=\"figure-title\">")
      out.text(options.title)
      out.raw("</p>")
    }
    FlameKey(tree: tree, whole: whole, colour: options.colour).write(to: &out)
    paintRows(to: &out)
    out.raw("</div>")
    return out.string
  }

  private func paintRows(to out: inout Markup) {
    let scale = FlameScale(tree)
    out.raw("<div class=\"rows\" style=\"--t:")
    out.number(max(scale.units(tree.nodes[0].width), 1))
    out.raw(";--o:0\">")
    var rows = [[Int]](repeating: [], count: tree.depth + 1)
    for (index, node) in tree.nodes.enumerated() { rows[node.depth].append(index) }
    for row in rows {
      out.raw("<p>")
      for index in row { paint(tree.nodes[index], scale: scale, to: &out) }
      out.raw("</p>\n")
    }
    out.raw("</div>")
  }

  private func paint(_ node: FlameTree.Node, scale: FlameScale, to out: inout Markup) {
    out.raw("<i")
    let marks = FlameMarks(node, in: tree, colour: options.colour)
    if !marks.classes.isEmpty {
      out.raw(" class=\"")
      out.text(marks.classes)
      out.raw("\"")
    }
    if node.depth == 0 { out.raw(" tabindex=\"0\"") }
    out.raw(" style=\"--x:")
    out.number(scale.units(node.start))
    out.raw(";--w:")
    out.number(scale.units(node.end) - scale.units(node.start))
    out.raw("\" title=\"")
    let name = self.name(of: node)
    out.text(name)
    out.raw("\n")
    describe(node, to: &out)
    out.raw("\">")
    let part = Double(node.width) / Double(max(tree.nodes[0].width, 1))
    if part >= Self.narrowestLabel {
      if tree.isDifference { out.raw(node.total.change > 0 ? "+ " : node.total.change < 0 ? "− " : "") }
      out.text(name)
      if node.hidden == 0, part >= Self.narrowestNumber {
        out.raw(" ")
        out.text(number(of: node))
      }
    }
    out.raw("</i>")
  }

  /// The number beside a name.
  private func number(of node: FlameTree.Node) -> String {
    if tree.isDifference { return quantity.change(node.total.change) }
    return node.depth == 0 ? quantity.text(node.total.value) : Quantity.share(node.total.value, of: whole)
  }

  private func name(of node: FlameTree.Node) -> String {
    if let frame = node.frame { return tree.frames[frame].name }
    return node.hidden > 0 ? "(\(node.hidden) more)" : tree.valueType.type
  }

  private func describe(_ node: FlameTree.Node, to out: inout Markup) {
    if tree.isDifference {
      out.text(quantity.change(node.total.change))
      out.raw(", ")
      out.text(quantity.text(node.total.base))
      out.raw(" → ")
      out.text(quantity.text(node.total.value))
      return
    }
    out.text(quantity.text(node.total.value))
    out.raw(" ")
    out.text(Quantity.share(node.total.value, of: whole))
    if !tree.isInverted, node.own.value > 0, node.own.value < node.total.value {
      out.raw(", own ")
      out.text(quantity.text(node.own.value))
    }
  }
}

/// Turns values into the small whole numbers that frames are placed by.
///
/// Values of a sampled profile are multiples of its period: divided by what they have in common they stay exact.
/// Others are rounded to ten-millionths of the whole.
struct FlameScale {
  private static let finest: Int64 = 10_000_000
  private let divisor: Int64
  private let whole: Int64

  init(_ tree: FlameTree) {
    whole = tree.nodes[0].width
    var common: Int64 = 0
    for node in tree.nodes {
      var (a, b) = (common, node.width)
      while b != 0 { (a, b) = (b, a % b) }
      common = a
      if common == 1 { break }
    }
    divisor = max(common, 1)
  }

  func units(_ value: Int64) -> Int64 {
    if whole / divisor <= Self.finest { return value / divisor }
    return Int64((Double(value) / Double(whole) * Double(Self.finest)).rounded())
  }
}

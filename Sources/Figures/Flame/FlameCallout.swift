import Analysis

/// The call-out of a flame graph: the path to the frame is lit, and the frame's column is drawn down to a bracket.
///
/// Below a frame lies nothing but what it calls. So the two edges of its column never cut another frame, and below the
/// lowest row, where no frame can lie, a bracket as wide as the frame carries the whisker.
struct FlameCallout: CustomStringConvertible {
  private let callout: Callout
  private let tree: FlameTree
  private let position: Int
  private let path: Set<Int>
  /// The nodes below the frame.
  private let below: Range<Int>
  private let number: String
  private let draws: Int?
  /// Half of the whisker's width, in the unit of the values; nil for none.
  private let error: Double?

  /// - Throws: `FigureError.calloutNotShown` if no frame bears the name.
  init(_ callout: Callout, in report: FlameReport, words: FlameWords) throws(FigureError) {
    let tree = report.tree
    guard let position = tree.widestNode(where: callout.name.matches) else {
      throw .calloutNotShown(name: callout.name.text)
    }
    self.callout = callout
    self.tree = tree
    self.position = position
    path = Set(tree.path(to: position))
    below = tree.below(position)
    number = words.calledOut(tree.nodes[position])
    draws = report.draws
    let share = report.share(of: tree.nodes[position].total).error
    error = tree.isDifference ? nil : share.map { $0 * Double(report.whole) }
  }

  private var node: FlameTree.Node { tree.nodes[position] }
  private var name: String { node.frame.map { tree.frames[$0].name } ?? "" }
  /// What is known of the whisker.
  private var note: String {
    if error == nil { return "" }
    let among = draws.map { "with \($0) samples, " } ?? ""
    return "Whisker: \(among)the true share lies there 19 times of 20."
  }

  var description: String { callout.words(number, of: name) }

  /// The classes that a frame has because of the call-out: it is lit, or below the frame called out.
  func mark(_ index: Int) -> String? {
    if index == position { return "t c" }
    if path.contains(index) { return "t" }
    guard below.contains(index) else { return nil }
    // Beside the column's edge a name begins further in.
    return tree.nodes[index].start == node.start ? "b q" : "b"
  }

  /// Paints the edges of the column, and the bracket with its whisker. They are placed as frames are.
  func paintColumn(rows: Int, scale: FlameScale, to out: inout Markup) {
    out.raw("<span class=\"col\" style=\"")
    out.raw(place(scale))
    out.raw(";--d:")
    out.number(node.depth + 1)
    out.raw(";--n:")
    out.number(rows)
    out.raw("\"></span><span class=\"bracket\" style=\"")
    out.raw(place(scale))
    if let error {
      out.raw(";--e:")
      out.number(scale.units(error))
    }
    out.raw(error == nil ? "\"></span>" : "\" data-whisker=\"\"></span>")
  }

  /// Paints the words below the bracket.
  func paintText(scale: FlameScale, to out: inout Markup) {
    var style = place(scale)
    style.raw(";--t:")
    style.number(max(scale.units(tree.nodes[0].width), 1))
    callout.paint(number, of: name, note: note, style: style, to: &out)
  }

  private func place(_ scale: FlameScale) -> Markup {
    var style = Markup()
    style.raw("--x:")
    style.number(scale.units(node.start))
    style.raw(";--w:")
    style.number(scale.units(node.end) - scale.units(node.start))
    return style
  }
}

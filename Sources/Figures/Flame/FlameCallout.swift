import Analysis

/// The call-out of a flame graph: the path to the frame is lit, and the frame's column is drawn down to a bracket. If
/// the function has frames in several places all of them are, and the number is that of all.
///
/// Below a frame lies nothing but what it calls. So the two edges of its column never cut another frame, and below the
/// lowest row, where no frame can lie, a bracket as wide as the frame carries the whisker, if there is but one.
struct FlameCallout: CustomStringConvertible {
  private let callout: Callout
  private let tree: FlameTree
  /// The function's frames, from left to right.
  private let positions: [Int]
  /// The widest of them.
  private let widest: Int
  private let path: Set<Int>
  private let number: String
  private let draws: Int?
  /// Half of the whisker's width, in the unit of the values; nil for none.
  private let error: Double?

  /// - Throws: `FigureError.calloutNotShown` if no frame bears the name.
  init(_ callout: Callout, in report: FlameReport, words: FlameWords) throws(FigureError) {
    let tree = report.tree
    guard let widest = tree.widestNode(where: callout.name.matches) else {
      throw .calloutNotShown(name: callout.name.text)
    }
    self.callout = callout
    self.tree = tree
    self.widest = widest
    positions = tree.outermost(like: widest)
    path = Set(positions.flatMap(tree.path))
    let weight = positions.reduce(into: FlameWeight()) { $0.add(tree.nodes[$1].total) }
    number = words.calledOut(weight)
    draws = report.draws
    let share = report.share(of: weight).error
    error = tree.isDifference || positions.count > 1 ? nil : share.map { $0 * Double(report.whole) }
  }

  private var name: String { tree.nodes[widest].frame.map { tree.frames[$0].name } ?? "" }
  /// What is known of the whisker.
  private var note: String {
    if error == nil { return "" }
    let among = draws.map { "with \($0) samples, " } ?? ""
    return "Whisker: \(among)the true share lies there 19 times of 20."
  }

  var description: String { callout.words(number, of: name) }

  /// The classes that a frame has because of the call-out: it is lit, or below the frame called out.
  func mark(_ index: Int) -> String? {
    if positions.contains(index) { return "t c" }
    if path.contains(index) { return "t" }
    guard let position = positions.first(where: { tree.below($0).contains(index) }) else { return nil }
    // Beside the column's edge a name begins further in.
    return tree.nodes[index].start == tree.nodes[position].start ? "b q" : "b"
  }

  /// Paints the edges of the columns, and the brackets with the whisker. They are placed as frames are.
  func paintColumns(rows: Int, scale: FlameScale, to out: inout Markup) {
    for position in positions {
      out.raw("<span class=\"col\" style=\"")
      out.raw(place(position, scale))
      out.raw(";--d:")
      out.number(tree.nodes[position].depth + 1)
      out.raw(";--n:")
      out.number(rows)
      out.raw("\"></span>")
    }
    for position in positions {
      out.raw("<span class=\"bracket\" style=\"")
      out.raw(place(position, scale))
      if let error {
        out.raw(";--e:")
        out.number(scale.units(error))
      }
      out.raw(error == nil ? "\"></span>" : "\" data-whisker=\"\"></span>")
    }
  }

  /// Paints the words below the bracket.
  func paintText(scale: FlameScale, to out: inout Markup) {
    var style = place(widest, scale)
    style.raw(";--t:")
    style.number(max(scale.units(tree.nodes[0].width), 1))
    callout.paint(number, of: name, note: note, style: style, to: &out)
  }

  private func place(_ position: Int, _ scale: FlameScale) -> Markup {
    let node = tree.nodes[position]
    var style = Markup()
    style.raw("--x:")
    style.number(scale.units(node.start))
    style.raw(";--w:")
    style.number(scale.units(node.end) - scale.units(node.start))
    return style
  }
}

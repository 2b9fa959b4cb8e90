import Analysis

/// The text of a box of the call graph, measured, and how the box looks.
struct GraphBox {
  /// A line of text.
  struct TextLine {
    var text: String
    /// In points.
    var size: Double
    var isName: Bool
  }

  var lines: [TextLine]
  var width: Double
  var height: Double
  /// Classes of the style sheet.
  var classes: String
  /// What hovering tells, and a screen reader reads.
  var title: String

  /// A line takes so much of its size in height.
  static let leading = 1.24
  private static let margin = (x: 7.0, y: 5.0)

  private init(lines: [TextLine], classes: String, title: String) {
    self.lines = lines
    self.classes = classes
    self.title = title
    width = 2 * Self.margin.x + (lines.map { TextWidth.of($0.text, size: $0.size) }.max() ?? 0)
    height = 2 * Self.margin.y + lines.reduce(0) { $0 + $1.size * Self.leading }
  }

  /// The box of a function.
  /// - Parameter signed: Whether values and shares are written with their signs, as those of a difference are.
  init(_ node: ShownGraph.Node, in drawing: ShownGraph, signed: Bool = false) {
    let size = Double(PprofLook(drawing).fontSize(node))
    let names = wrapName(node.name, width: max(size * 11, 110), size: size, lines: 5)
    let numberSize = max(8, (size * 0.72).rounded())
    func share(_ value: Int64) -> String { "(\(drawing.share(value, signed: signed)))" }
    let cum = "of \(drawing.text(node.cum, signed: signed)) \(share(node.cum))"
    var numbers: [String]
    if node.flat == 0 {
      numbers = ["0 " + cum]
    } else {
      numbers = ["\(drawing.text(node.flat, signed: signed)) \(share(node.flat))"]
      if node.cum != node.flat { numbers.append(cum) }
    }
    self.init(
      lines: names.map { TextLine(text: $0, size: size, isName: true) }
        + numbers.map { TextLine(text: $0, size: numberSize, isName: false) },
      classes: "n " + HeatStep(node.cum, of: drawing.total).boxClass,
      title: "\(node.name)\n\(numbers.joined(separator: " "))")
  }

  /// The box of a label of the samples.
  init(_ nodelet: ShownGraph.Nodelet, in drawing: ShownGraph, signed: Bool = false) {
    let text = nodelet.label.split(separator: "\\n").map { cut(String($0), width: 160, size: 8) }
    let value = drawing.text(nodelet.value, signed: signed)
    self.init(
      lines: (text.isEmpty ? [nodelet.label] : text).map { TextLine(text: $0, size: 8, isName: true) }
        + [TextLine(text: value, size: 8, isName: false)],
      classes: "n tag", title: "\(nodelet.label)\n\(value)")
  }
}

extension ShownGraph {
  /// A value as pprof writes it; in a difference with its sign.
  func text(_ value: Int64, signed: Bool) -> String {
    let text = format.string(value)
    return signed ? Quantity.signed(text, value) : text
  }

  /// A value's share of the total, which of a difference is the base's; there with its sign.
  func share(_ value: Int64, signed: Bool) -> String {
    signed ? Quantity.signedShare(value, of: total) : Quantity.share(value, of: total)
  }
}

/// One of eight steps from cold to hot, on pprof's curve: small shares differ more than large ones.
///
/// Source: google/pprof, `internal/graph/dotgraph.go` (`dotColor`).
struct HeatStep: Hashable {
  /// 0 to 7.
  var step: Int
  /// Whether the value is below 0: of a difference, less than in the base.
  var isNegative: Bool

  init(_ value: Int64, of total: Int64) {
    let share = total == 0 ? 0 : min(abs(Double(value) / Double(total)), 1)
    let faded = share < 0.2 ? share / 0.2 : 1
    step = Int((faded * share.squareRoot().squareRoot() * 7).rounded())
    isNegative = (value < 0) != (total < 0) && value != 0
  }

  var boxClass: String { isNegative ? "l\(step)" : "h\(step)" }
}

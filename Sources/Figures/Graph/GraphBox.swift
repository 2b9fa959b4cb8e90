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

  /// The smallest text, in points: 11 pixels on a phone, where a drawing is shown at 92 % of its size.
  static let smallest = 9.0
  /// Bold text is wider by this.
  static let bold = 1.1

  private init(lines: [TextLine], classes: String, title: String, isBold: Bool = false) {
    self.lines = lines
    self.classes = classes
    self.title = title
    let text = lines.map { TextWidth.of($0.text, size: $0.size) * ($0.isName && isBold ? Self.bold : 1) }.max() ?? 0
    width = 2 * Self.margin.x + text
    height = 2 * Self.margin.y + lines.reduce(0) { $0 + $1.size * Self.leading }
  }

  /// The box of a function.
  /// - Parameters:
  ///   - sums: What of the values is chance.
  ///   - signed: Whether values and shares are written with their signs, as those of a difference are.
  ///   - isCalledOut: Whether it is the function that the figure is about.
  ///   - meaning: Says what the numbers mean; nil for the numbers alone.
  init(
    _ node: ShownGraph.Node, in drawing: ShownGraph, sums: FunctionSums, signed: Bool = false,
    isCalledOut: Bool = false, meaning: NumberMeaning? = nil
  ) {
    // What the figure is about is not its smallest print.
    let size = max(Self.size(of: node, in: drawing), isCalledOut ? 13 : Self.smallest)
    let names = wrapName(node.name, width: max(size * 11, 110), size: size, lines: 5)
    let numberSize = max(Self.smallest, (size * 0.72).rounded())
    func share(_ estimate: Estimate) -> String {
      signed ? Quantity.signedShare(estimate) : Quantity.share(estimate)
    }
    let values = (flat: drawing.text(node.flat, signed: signed), cum: drawing.text(node.cum, signed: signed))
    let shares = (flat: share(drawing.flatShare(of: node, sums)), cum: share(drawing.cumShare(of: node, sums)))
    let cum = "of \(values.cum) (\(shares.cum))"
    var numbers: [String]
    if node.flat == 0 {
      numbers = ["0 " + cum]
    } else {
      numbers = ["\(values.flat) (\(shares.flat))"]
      if node.cum != node.flat { numbers.append(cum) }
    }
    let words = meaning.map {
      "\($0.flat(values.flat, shares.flat, in: node.name)) \($0.cum(values.cum, shares.cum, in: node.name))"
    }
    self.init(
      lines: names.map { TextLine(text: $0, size: size, isName: true) }
        + numbers.map { TextLine(text: $0, size: numberSize, isName: false) },
      classes: "n " + HeatStep(node.cum, of: drawing.total).boxClass + (isCalledOut ? " c" : ""),
      title: "\(node.name)\n\(words ?? numbers.joined(separator: " "))", isBold: isCalledOut)
  }

  /// From 9 to 16 points: pprof's sizes, from 8 to 24, with half of their differences, so that names fit a column.
  private static func size(of node: ShownGraph.Node, in drawing: ShownGraph) -> Double {
    smallest + Double(PprofLook(drawing).fontSize(node) - 8) * 7 / 16
  }

  /// The box of a label of the samples.
  init(_ nodelet: ShownGraph.Nodelet, in drawing: ShownGraph, signed: Bool = false) {
    let text = nodelet.label.split(separator: "\\n").map { cut(String($0), width: 170, size: Self.smallest) }
    let value = drawing.text(nodelet.value, signed: signed)
    self.init(
      lines: (text.isEmpty ? [nodelet.label] : text).map { TextLine(text: $0, size: Self.smallest, isName: true) }
        + [TextLine(text: value, size: Self.smallest, isName: false)],
      classes: "n tag", title: "\(nodelet.label)\n\(value)")
  }

  /// The words of a call-out, which stand beside the box they are about.
  init(calling number: String, _ callout: Callout) {
    let size = 10.0
    let said = callout.says.isEmpty ? [] : wrapName(callout.says, width: 150, size: size, lines: 8)
    self.init(
      lines: [TextLine(text: number, size: 14, isName: true)]
        + said.map { TextLine(text: $0, size: size, isName: false) },
      classes: "say", title: "", isBold: true)
  }
}

extension ShownGraph {
  /// A value in the graph's unit with two significant digits; in a difference with its sign.
  func text(_ value: Int64, signed: Bool) -> String {
    let text = format.rounded(value)
    return signed && value > 0 ? "+" + text : text
  }

  /// A change with how far it may be off, which is known as a share of the total.
  /// - Parameter per: What it is the change of, e.g. ` a round`.
  func change(_ value: Int64, _ share: Estimate, per: String) -> String {
    let quantity = Quantity(unit: format.sampleUnit)
    return quantity.change(Estimate(Double(value), error: share.error.map { $0 * abs(Double(total)) }))
      + per + (share.isNoise() ? ", within noise" : "")
  }

  /// The share that a function has itself.
  ///
  /// Functions that were merged, since they are of one name in two binaries or have none, count as the graph does.
  func flatShare(of node: Node, _ sums: FunctionSums) -> Estimate {
    checked(sums.flatShare(of: node.frame.name), node.flat, sums)
  }

  /// The share that a function has with all it calls.
  func cumShare(of node: Node, _ sums: FunctionSums) -> Estimate {
    checked(sums.cumShare(of: node.frame.name), node.cum, sums)
  }

  private func checked(_ share: Estimate, _ value: Int64, _ sums: FunctionSums) -> Estimate {
    let own = total == 0 ? 0 : Double(value) / Double(total)
    return abs(share.value - own) < 1e-9 ? share : sums.share(of: value, in: total)
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

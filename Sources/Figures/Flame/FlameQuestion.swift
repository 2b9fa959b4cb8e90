import Analysis

/// A flame graph as its reader sees it before they have chosen a frame: who calls whom on the ways to the frames that can
/// be chosen. All of those are equally wide, for what each takes is the question.
///
/// The frames are labels of the options' radio buttons, so that a click chooses without any script. Once one is chosen
/// the style sheet shows the flame graph in the place of this, with the frames of the options marked.
struct FlameQuestion {
  private struct Box {
    var node: Int
    var row: Int
    /// In units, of which the narrowest box has one.
    var start: Int
    var width: Int
    var option: Int?
  }

  private let tree: FlameTree
  private let options: [FrameQuestion.Option]
  /// Which option a node stands for.
  private let chosen: [Int: Int]
  /// In pre-order.
  private let boxes: [Box]

  /// - Throws: `FigureError.optionNotShown` if no frame bears a name.
  init(_ question: FrameQuestion, in tree: FlameTree) throws(FigureError) {
    self.tree = tree
    options = question.options
    var chosen: [Int: Int] = [:]
    for (index, option) in options.enumerated() {
      for function in option.functions {
        guard let widest = tree.widestNode(where: FunctionName(function).matches) else {
          throw .optionNotShown(name: function)
        }
        for node in tree.outermost(like: widest) { chosen[node] = index }
      }
    }
    self.chosen = chosen
    boxes = Self.boxes(chosen, in: tree)
  }

  /// The frames that can be chosen, and from where their ways part those that lead to them.
  private static func boxes(_ chosen: [Int: Int], in tree: FlameTree) -> [Box] {
    let nodes = Set(chosen.keys.flatMap(tree.path)).sorted()
    var callees: [Int: [Int]] = [:]
    for node in nodes where node != 0 { callees[tree.nodes[node].parent, default: []].append(node) }
    var widths: [Int: Int] = [:]
    for node in nodes.reversed() {
      widths[node] = max(1, (callees[node] ?? []).reduce(0) { $0 + (widths[$1] ?? 1) })
    }
    var top = 0
    while chosen[top] == nil, let only = callees[top], only.count == 1 { top = only[0] }
    // The root is no function.
    let first = top == 0 ? 1 : tree.nodes[top].depth
    var boxes: [Box] = []
    var starts = [top: 0]
    for node in nodes where node == top || tree.below(top).contains(node) {
      let start = starts[node] ?? 0
      var next = start
      for callee in callees[node] ?? [] {
        starts[callee] = next
        next += widths[callee] ?? 1
      }
      if node == 0 { continue }
      boxes.append(
        Box(
          node: node, row: tree.nodes[node].depth - first, start: start, width: widths[node] ?? 1,
          option: chosen[node]))
    }
    return boxes
  }

  /// What a frame of the flame graph is marked with; nil if no option is about it.
  func option(of node: Int) -> FrameQuestion.Option? { chosen[node].map { options[$0] } }

  /// Paints the boxes.
  func write(to out: inout Markup) {
    out.raw("<div class=\"asks\" role=\"img\" aria-label=\"")
    out.text(sentence)
    out.raw("\" style=\"--s:")
    out.number(boxes.filter { $0.row == 0 }.map { $0.start + $0.width }.max() ?? 1)
    out.raw("\">")
    for row in 0...(boxes.map(\.row).max() ?? 0) {
      out.raw("<p>")
      for box in boxes where box.row == row { paint(box, to: &out) }
      out.raw("</p>\n")
    }
    out.raw("</div>")
  }

  private func paint(_ box: Box, to out: inout Markup) {
    let option = box.option.map { options[$0] }
    if let option {
      out.raw("<label for=\"")
      out.text(option.button)
      out.raw("\"")
    } else {
      out.raw("<span")
    }
    out.raw(" style=\"--u:")
    out.number(box.start)
    out.raw(";--v:")
    out.number(box.width)
    out.raw("\" title=\"")
    out.text(name(of: box.node))
    out.raw("\">")
    if let option {
      out.raw("<b>")
      out.text(option.letter)
      out.raw("</b> ")
    }
    // Without arguments, as options name functions: there is little room.
    let name = name(of: box.node).prefix { $0 != "(" }
    out.text(name.isEmpty ? self.name(of: box.node) : String(name))
    out.raw(option == nil ? "</span>" : "</label>")
  }

  private func name(of node: Int) -> String { tree.nodes[node].frame.map { tree.frames[$0].name } ?? "" }

  /// Who calls whom, for those who do not see it.
  private var sentence: String {
    var callees: [(caller: String, names: [String])] = []
    for box in boxes {
      let names = boxes.filter { tree.nodes[$0.node].parent == box.node }.map { name(of: $0.node) }
      if !names.isEmpty { callees.append((name(of: box.node), names)) }
    }
    let calls = callees.map { "\($0.caller) calls \($0.names.joined(separator: ", "))" }
    return "Who calls whom, not how long it takes. \(calls.joined(separator: "; "))."
  }
}

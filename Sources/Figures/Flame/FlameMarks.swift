import Analysis

/// The look of a frame, as classes of the style sheet.
struct FlameMarks {
  /// Class names, separated by spaces; none for the commonest look, to keep frames short.
  var classes = ""

  /// - Parameter isNoise: Of a difference, whether the node may have changed by chance alone.
  init(_ node: FlameTree.Node, in tree: FlameTree, colour: FigureOptions.Colour, isNoise: Bool) {
    if node.hidden > 0 {
      classes = "m"
      return
    }
    guard let index = node.frame else {
      classes = "z"
      return
    }
    let frame = tree.frames[index]
    if tree.isDifference {
      classes = isNoise ? "e" : Self.change(node)
    } else if colour == .heat {
      classes = Self.heat(node, in: tree)
    } else {
      classes = frame.origin.flameClass
    }
    if frame.isAsync { add("a") }
  }

  /// Adds a class.
  mutating func add(_ other: String) { classes += classes.isEmpty ? other : " " + other }

  /// How a node changed: strongly if by more than a quarter of the larger of both.
  private static func change(_ node: FlameTree.Node) -> String {
    let change = node.total.change
    if change == 0 { return "e" }
    let strong = Double(change.magnitude) > Double(max(node.total.value, node.total.base)) / 4
    return (change > 0 ? "u" : "l") + (strong ? " v" : "")
  }

  /// One of eight steps: how much of the whole is the frame's own, a quarter of it being the hottest.
  private static func heat(_ node: FlameTree.Node, in tree: FlameTree) -> String {
    let whole = Double(max(tree.total.value, 1))
    let own = Double(tree.isInverted ? node.total.value : node.own.value)
    return "h\(Int(min(max(own / whole * 4, 0), 1) * 7))"
  }
}

extension FrameOrigin {
  /// The class of frames of this origin; none for the app's own.
  var flameClass: String {
    switch self {
    case .app: ""
    case .runtime: "r"
    case .foundation: "f"
    case .system: "s"
    case .kernel: "k"
    }
  }

  /// What the key calls it.
  var title: String {
    switch self {
    case .app: "app"
    case .runtime: "Swift runtime"
    case .foundation: "Foundation, Dispatch"
    case .system: "system"
    case .kernel: "kernel"
    }
  }
}

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
  /// The height of a row in pixels, as the style sheet has it.
  private static let rowHeight = 22.0

  static let options = FigureOptions.ofProfiles + ["callout", "says", "harness", "by"]
  static var style: [UInt8] { PackageResources.flame_css }
  static func advice(_ options: FigureOptions) -> String { options.filterAdvice }

  private let report: FlameReport
  private let options: FigureOptions
  private let words: FlameWords
  private let harness: [String]
  private let isScaled: Bool
  private let callout: FlameCallout?
  private let question: FlameQuestion?
  private let meaning: NumberMeaning?
  private let zoomLink: (@Sendable (String?) -> String)?

  private var tree: FlameTree { report.tree }
  /// The frame that fills the width; 0 for the root.
  private var zoomed: Int { tree.zoomed }

  init(_ input: FigureInput) throws(FigureError) {
    options = input.options
    isScaled = input.isScaledToRounds
    let (profile, baseline, harness) = input.folded
    self.harness = harness
    do throws(ReportError) {
      report = try FlameReport(
        profile, baseline: baseline, inverted: options.isInverted,
        smallest: options.nodeFraction ?? Self.narrowestFrame, most: options.mostFrames,
        zoom: options.zoom.flatMap { FlameFrameKey($0) }, by: options.byLabel, totalsAreKnown: isScaled,
        options: input.reportOptions)
    } catch {
      throw .report(error)
    }
    if let label = options.byLabel, !report.columns.contains(where: { $0 != FlameFrame.nameless }) {
      throw .noLabel(name: label)
    }
    let quantity = Quantity(unit: report.tree.valueType.unit)
    let plain = FlameWords(report: report, quantity: quantity, isScaled: isScaled, callout: "")
    let report = report
    let callout = try Callout(input.options).map { callout throws(FigureError) in
      try FlameCallout(callout, in: report, words: plain)
    }
    self.callout = callout
    question = try input.options.question.map { question throws(FigureError) in
      try FlameQuestion(question, in: report.tree)
    }
    words = FlameWords(report: report, quantity: quantity, isScaled: isScaled, callout: callout?.description ?? "")
    meaning =
      input.link == nil ? nil : NumberMeaning(type: report.tree.valueType.type, isDifference: report.tree.isDifference)
    zoomLink = input.zoomLink
  }

  func figure() -> Figure {
    let alt = words.sentence
    return Figure(
      body: body(alt: alt), alt: alt, table: words.table(rows: options.nodeCount ?? 40),
      functions: tree.names + harness)
  }

  func size(width: Double) -> (width: Double, height: Double) {
    let head = 24 + (options.title.isEmpty ? 0 : 24) + 22 * (900 / width).rounded(.up) + (harness.isEmpty ? 0 : 28)
    let foot = Callout(options).map { $0.height(width: width) + 20 } ?? 0
    return (width, head + Double(tree.depth + 1) * Self.rowHeight + foot)
  }

  private func body(alt: String) -> String {
    var out = Markup()
    out.reserve(2_000 + tree.nodes.count * 120)
    question?.write(to: &out)
    out.raw(callout == nil ? "<div class=\"flame\"" : "<div class=\"flame argues\"")
    out.raw(" role=\"figure\" aria-label=\"")
    out.text(alt)
    out.raw("\">")
    if !options.title.isEmpty {
      out.raw("<p class=\"figure-title\">")
      out.text(options.title)
      out.raw("</p>")
    }
    FlameKey(
      tree: tree, whole: report.whole, colour: options.colour, isSampled: report.draws != nil, isScaled: isScaled
    ).write(to: &out)
    paintHarness(to: &out)
    if let zoomLink { FlameWays(words: words, link: zoomLink).write(to: &out) }
    paintRows(to: &out)
    callout?.paintText(scale: FlameScale(tree), to: &out)
    out.raw("</div>")
    return out.string
  }

  /// The lab's own frames above all others, folded.
  private func paintHarness(to out: inout Markup) {
    if harness.isEmpty { return }
    out.raw("<details class=\"harness\"><summary>")
    out.number(harness.count)
    out.raw(harness.count == 1 ? " frame of the lab above" : " frames of the lab above")
    out.raw("</summary>")
    for name in harness {
      out.raw("<p>")
      out.text(name)
      out.raw("</p>")
    }
    out.raw("</details>")
  }

  private func paintRows(to out: inout Markup) {
    let scale = FlameScale(tree)
    out.raw("<div class=\"rows\" style=\"--t:")
    out.number(max(scale.units(tree.nodes[zoomed].width), 1))
    out.raw(";--o:")
    out.number(scale.units(tree.nodes[zoomed].start))
    out.raw(zoomed == 0 ? "\"" : "\" data-zoomed=\"\"")
    // Whoever zooms has the page made anew where there is more to be seen.
    out.raw(tree.isPruned && zoomLink != nil ? " data-pruned=\"\">" : ">")
    var rows = [[Int]](repeating: [], count: tree.depth + 1)
    for (index, node) in tree.nodes.enumerated() { rows[node.depth].append(index) }
    for row in rows {
      out.raw("<p>")
      for index in row { paint(index, scale: scale, to: &out) }
      out.raw("</p>\n")
    }
    if options.byLabel != nil {
      for index in rows.count > 1 ? rows[1].dropFirst() : [] {
        out.raw("<span class=\"gap\" style=\"--x:")
        out.number(scale.units(tree.nodes[index].start))
        out.raw(";--n:")
        out.number(rows.count)
        out.raw("\"></span>")
      }
    }
    callout?.paintColumns(rows: rows.count, scale: scale, to: &out)
    out.raw("</div>")
  }

  private func paint(_ index: Int, scale: FlameScale, to out: inout Markup) {
    let node = tree.nodes[index]
    out.raw("<i")
    let isNoise = tree.isDifference && report.change(of: node.total).isNoise()
    var marks = FlameMarks(node, in: tree, colour: options.colour, isNoise: isNoise)
    if options.byLabel != nil, node.depth == 1 { marks.classes = "g" }
    if let mark = callout?.mark(index) { marks.add(mark) }
    let option = question?.option(of: index)
    if let option, option.isRight { marks.add("ok") }
    if !marks.classes.isEmpty {
      out.raw(" class=\"")
      out.text(marks.classes)
      out.raw("\"")
    }
    if let option {
      out.raw(" data-option=\"")
      out.text(option.letter)
      out.raw("\"")
    }
    if index == zoomed { out.raw(" tabindex=\"0\"") }
    if zoomed != 0, node.end <= tree.nodes[zoomed].start || node.start >= tree.nodes[zoomed].end {
      out.raw(" hidden=\"\"")
    }
    out.raw(" style=\"--x:")
    out.number(scale.units(node.start))
    out.raw(";--w:")
    out.number(scale.units(node.end) - scale.units(node.start))
    out.raw("\" title=\"")
    let name = self.name(of: node)
    out.text(name)
    out.raw("\n")
    let description = words.description(of: node)
    out.text(meaning.map { node.frame == nil ? description : $0.frame(description, in: name) } ?? description)
    out.raw("\">")
    let part = min(Double(node.width) / Double(max(tree.nodes[zoomed].width, 1)), 1)
    if part >= Self.narrowestLabel {
      if tree.isDifference { out.raw(isNoise ? "" : node.total.change > 0 ? "+ " : node.total.change < 0 ? "− " : "") }
      out.text(name)
      if node.hidden == 0, part >= Self.narrowestNumber {
        out.raw(" ")
        out.text(words.number(of: node))
      }
    }
    out.raw("</i>")
  }

  private func name(of node: FlameTree.Node) -> String {
    guard let frame = node.frame else { return node.hidden > 0 ? "(\(node.hidden) more)" : tree.valueType.type }
    let name = tree.frames[frame].name
    guard let label = options.byLabel, node.depth == 1 else { return name }
    return name == FlameFrame.nameless ? "no \(label)" : "\(label): \(name)"
  }
}

/// Turns values into the small whole numbers that frames are placed by.
///
/// Values of a sampled profile are multiples of its period: divided by what they have in common they stay exact.
/// Others are rounded to ten-millionths of what is zoomed into.
struct FlameScale {
  private static let finest: Int64 = 10_000_000
  private let divisor: Int64
  /// What fills the width.
  private let whole: Int64

  init(_ tree: FlameTree) {
    whole = tree.nodes[tree.zoomed].width
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
    return Int64(exactly: (Double(value) / Double(whole) * Double(Self.finest)).rounded()) ?? .max
  }

  /// The same of what is no whole value of the profile.
  func units(_ value: Double) -> Double {
    let perUnit = whole / divisor <= Self.finest ? Double(divisor) : Double(whole) / Double(Self.finest)
    return value / perUnit
  }
}

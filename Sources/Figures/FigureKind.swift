/// The figures that there are. The raw value is what a page's `view=` says.
///
/// A new one is computed by a file in `Analysis`, painted by a file here, a `FigureDrawing`, and named in this one.
public enum FigureKind: String, Sendable, Hashable, CaseIterable {
  /// Functions as boxes, calls as arrows.
  case graph
  /// Merged call stacks, a row a depth.
  case flame
  /// A table of the heaviest functions.
  case top
  /// One function between its callers and its callees.
  case peek
  /// One function's source, line by line.
  case source
  /// Two variants of a scenario on one axis.
  case pair
  /// What grows over the rounds of a series.
  case growth
  /// Live tasks, by who made them, by state, by age.
  case tasks
  /// Waits, by who waited, by who made others wait, by reason.
  case waits
  /// Who waits for whom, and deadlocks.
  case waitfor
  /// A window of a trace: threads or tasks over time.
  case timeline
  /// How long regions and user tasks of a trace took.
  case regions
  /// Traces of one program with several values of a parameter, on one axis.
  case sweep
  /// Retain cycles, with the fields that form them.
  case cycle
  /// The published capture beside the one made on this machine.
  case machines

  var drawing: any FigureDrawing.Type {
    switch self {
    case .graph: GraphFigure.self
    case .flame: FlameFigure.self
    case .top: TopFigure.self
    case .peek: PeekFigure.self
    case .source: SourceFigure.self
    case .pair: PairFigure.self
    case .growth: GrowthFigure.self
    case .tasks: TasksFigure.self
    case .waits: WaitsFigure.self
    case .waitfor: WaitForFigure.self
    case .timeline: TimelineFigure.self
    case .regions: RegionsFigure.self
    case .sweep: SweepFigure.self
    case .cycle: CycleFigure.self
    case .machines: MachineFigure.self
    }
  }

  /// Draws a figure.
  ///
  /// ```swift
  /// let options = try FigureOptions([("sample", "cpu"), ("focus", "decode")])
  /// let figure = try FigureKind.flame.draw(FigureInput(profile: profile, options: options))
  /// ```
  ///
  /// The same input gives the same bytes.
  /// - Throws: `FigureError`, or why another capture that the figure needs cannot be had.
  public func draw(_ input: FigureInput) throws -> Figure {
    let drawing = try drawing.init(input)
    var figure = drawing.figure()
    if input.options.standsAlone {
      let size = drawing.size(width: Double(input.options.width))
      figure.body = FigureStyle.file(figure.body, of: self, alt: figure.alt, width: size.width, height: size.height)
    }
    return figure
  }

  /// The names that a query for such a figure may use.
  public var options: [String] { ["view"] + drawing.options + ["width", "standalone"] }

  /// What to do so that a figure shows a function that it does not show, as the end of a sentence.
  public func advice(_ options: FigureOptions) -> String { drawing.advice(options) }
}

/// A kind of figure: what a query may say about it, how it looks, and how one is computed and painted.
protocol FigureDrawing {
  /// The names that a query may use, beside those that all kinds take.
  static var options: [String] { get }
  /// Its styles, which use the colours of `variables.css`.
  static var style: [UInt8] { get }
  /// What to do so that it shows a function that it does not show, as the end of a sentence.
  static func advice(_ options: FigureOptions) -> String

  /// Computes what is to be painted.
  init(_ input: FigureInput) throws
  /// The painted figure.
  func figure() -> Figure
  /// How large it is as a file of its own, in pixels, if it may be so wide.
  func size(width: Double) -> (width: Double, height: Double)
}

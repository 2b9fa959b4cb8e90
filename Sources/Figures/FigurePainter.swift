import Analysis
import Patterns
import Pprof

/// Draws profiles.
///
/// ```swift
/// let options = try FigureOptions([("sample", "cpu"), ("focus", "decode")])
/// let figure = try FigurePainter().draw(.flame, profile: profile, options: options)
/// ```
///
/// The same profile and options give the same bytes.
public struct FigurePainter: Sendable {
  /// The text of a source file as the profile names it; nil if there is none.
  public var source: @Sendable (_ path: String) -> String?

  /// A painter that finds source files through the closure.
  public init(source: @escaping @Sendable (_ path: String) -> String? = { _ in nil }) {
    self.source = source
  }

  /// Draws a profile, or how it differs from a baseline.
  /// - Throws: `FigureError`.
  public func draw(
    _ kind: FigureKind, profile: Profile, baseline: Profile? = nil, options: FigureOptions = FigureOptions()
  ) throws(FigureError) -> Figure {
    let drawing = try drawing(kind, profile, baseline, options)
    var figure = drawing.figure()
    if options.standsAlone {
      let size = drawing.size(width: Double(options.width))
      figure.body = FigureStyle.file(figure.body, alt: figure.alt, width: size.width, height: size.height)
    }
    return figure
  }

  private func drawing(
    _ kind: FigureKind, _ profile: Profile, _ baseline: Profile?, _ options: FigureOptions
  ) throws(FigureError) -> any FigureDrawing {
    switch kind {
    case .flame: return try FlameFigure(profile: profile, baseline: baseline, options: options)
    case .graph:
      let report = try Report(.dot, of: profile, baseline: baseline, options: options)
      return try GraphFigure(report.callGraphDrawing(), isDifference: baseline != nil, options: options)
    case .top:
      let report = try Report(.top, of: profile, baseline: baseline, options: options)
      return TopFigure(top: report.topTable(), options: options, isDifference: baseline != nil)
    case .peek: return try peek(profile, baseline, options)
    case .source: return try sourceLines(profile, baseline, options)
    }
  }

  private func peek(
    _ profile: Profile, _ baseline: Profile?, _ options: FigureOptions
  ) throws(FigureError) -> PeekFigure {
    let report = try Report(.peek, of: profile, baseline: baseline, options: options)
    let calls = report.callTable(matching: try options.functionPattern(for: .peek))
    if calls.rows.isEmpty { throw .functionNotFound(pattern: options.function ?? "") }
    return PeekFigure(calls: calls, options: options, isDifference: baseline != nil)
  }

  private func sourceLines(
    _ profile: Profile, _ baseline: Profile?, _ options: FigureOptions
  ) throws(FigureError) -> SourceFigure {
    let report = try Report(.list, of: profile, baseline: baseline, options: options)
    let pattern = try options.functionPattern(for: .source)
    let listing = report.sourceListing(matching: pattern) { name throws(SourceError) in
      guard let text = source(name) else { throw .notFound(name: name, searchPath: "") }
      return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    if listing.functions.isEmpty { throw .functionNotFound(pattern: options.function ?? "") }
    return SourceFigure(
      listing: listing, inlined: report.inlinedCalls(in: pattern), options: options, isDifference: baseline != nil)
  }
}

/// A kind of figure, computed and ready to be painted.
protocol FigureDrawing {
  /// The painted figure.
  func figure() -> Figure
  /// How large it is as a file of its own, in pixels, if it may be so wide.
  func size(width: Double) -> (width: Double, height: Double)
}

extension FigureOptions {
  /// The expression that finds the function looked at.
  fileprivate func functionPattern(for kind: FigureKind) throws(FigureError) -> Pattern {
    guard let function else { throw .noFunctionNamed(kind: kind) }
    do throws(ProfileError) {
      let isName = function.isSwiftSignature
      return try Pattern(forProfile: isName ? "^\(function.escapedSignature)$" : function)
    } catch {
      throw .report(.badExpression(option: "function", error))
    }
  }
}

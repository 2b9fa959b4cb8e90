import Analysis
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
    switch kind {
    case .flame: try FlameFigure(profile: profile, baseline: baseline, options: options).figure()
    case .graph:
      try GraphFigure(
        Report(.dot, of: profile, baseline: baseline, options: options).callGraphDrawing(),
        isDifference: baseline != nil, options: options
      ).figure()
    case .top:
      try TopFigure(
        top: Report(.top, of: profile, baseline: baseline, options: options).topTable(), options: options,
        isDifference: baseline != nil
      ).figure()
    case .peek: try peek(profile, baseline, options)
    case .source: try sourceLines(profile, baseline, options)
    }
  }

  private func peek(
    _ profile: Profile, _ baseline: Profile?, _ options: FigureOptions
  ) throws(FigureError) -> Figure {
    let report = try Report(.peek, of: profile, baseline: baseline, options: options)
    let calls = report.callTable(matching: try options.functionPattern(for: .peek))
    if calls.rows.isEmpty { throw .functionNotFound(pattern: options.function ?? "") }
    return PeekFigure(calls: calls, options: options).figure()
  }

  private func sourceLines(
    _ profile: Profile, _ baseline: Profile?, _ options: FigureOptions
  ) throws(FigureError) -> Figure {
    let report = try Report(.list, of: profile, baseline: baseline, options: options)
    let pattern = try options.functionPattern(for: .source)
    let listing = report.sourceListing(matching: pattern) { name throws(SourceError) in
      guard let text = source(name) else { throw .notFound(name: name, searchPath: "") }
      return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    if listing.functions.isEmpty { throw .functionNotFound(pattern: options.function ?? "") }
    return SourceFigure(listing: listing, inlined: report.inlinedCalls(in: pattern), options: options).figure()
  }
}

extension FigureOptions {
  /// The expression that finds the function looked at.
  fileprivate func functionPattern(for kind: FigureKind) throws(FigureError) -> Pattern {
    guard let function else { throw .noFunctionNamed(kind: kind) }
    do throws(ProfileError) {
      let isName = function.isSwiftSignature
      return try Pattern(isName ? "^\(function.escapedSignature)$" : function)
    } catch {
      throw .report(.badExpression(option: "function", error))
    }
  }
}

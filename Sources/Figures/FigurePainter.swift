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
  ) throws -> Figure {
    switch kind {
    case .flame: try FlameFigure(profile: profile, baseline: baseline, options: options).figure()
    case .graph, .top, .peek, .source:
      throw FigureError.invalidOption(name: "view", value: kind.rawValue, expected: "drawn yet")
    }
  }
}

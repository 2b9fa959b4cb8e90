/// The ways a profile can be drawn. The raw value is what a page's `view=` says.
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
}

/// A place in the source.
public struct Line: Sendable, Hashable {
  /// Position in `Profile.functions`.
  public var function: Int
  /// Line number from 1; 0 if unknown.
  public var line: Int64
  /// Column from 1; 0 if unknown.
  public var column: Int64

  /// A place in the given function.
  public init(function: Int, line: Int64 = 0, column: Int64 = 0) {
    self.function = function
    self.line = line
    self.column = column
  }
}

/// A regular expression in the syntax of RE2, as pprof's options take them.
public struct Pattern: Sendable {
  /// The expression as it was given.
  public let expression: String
  nonisolated(unsafe) private let regex: Regex<AnyRegexOutput>

  /// Compiles an expression.
  ///
  /// - Throws: `ProfileError.badPattern`.
  public init(_ expression: String) throws(ProfileError) {
    self.expression = expression
    do {
      regex = try Regex(expression).matchingSemantics(.unicodeScalar)
    } catch {
      throw .badPattern(expression, reason: "\(error)")
    }
  }

  /// Whether some part of `text` matches.
  public func matches(_ text: String) -> Bool {
    (try? regex.firstMatch(in: text)) != nil
  }
}

import Patterns
import Pprof

extension Pattern {
  /// Compiles an expression that is to be held against a profile.
  ///
  /// - Throws: `ProfileError.badPattern`.
  package init(forProfile expression: String) throws(ProfileError) {
    do throws(PatternError) {
      try self.init(expression)
    } catch {
      throw .badPattern(error.expression, reason: error.reason)
    }
  }
}

/// What an expression consists of.
indirect enum PatternSyntax {
  case empty
  /// One scalar; if `ignoresCase`, in any case.
  case literal(Unicode.Scalar, ignoresCase: Bool)
  case scalars(ScalarClass)
  case assertion(PatternAssertion)
  case sequence([PatternSyntax])
  case alternatives([PatternSyntax])
  /// At least `least` times, at most `most` times if there is a bound.
  case repetition(PatternSyntax, least: Int, most: Int?)
}

/// A condition on the place between two scalars.
enum PatternAssertion: UInt8 {
  case beginText, endText, beginLine, endLine, wordBoundary, noWordBoundary
}

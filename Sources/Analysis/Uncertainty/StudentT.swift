/// Student's distribution: how far an estimate may lie from the truth when its spread is estimated as well.
enum StudentT {
  /// So many standard errors hold the true value 19 times of 20, at the given degrees of freedom.
  ///
  /// Source: Student, "The Probable Error of a Mean", Biometrika 6, 1908; two-sided quantiles at 95 %, rounded up between
  /// those that are listed.
  static func deviations(freedom: Int) -> Double {
    guard freedom >= 1 else { return .infinity }
    if freedom <= first.count { return first[freedom - 1] }
    return freedom < 15 ? 2.23 : freedom < 30 ? 2.14 : freedom < 120 ? 2.05 : 1.98
  }

  /// For 1 to 10 degrees of freedom.
  private static let first = [12.71, 4.31, 3.19, 2.78, 2.58, 2.45, 2.37, 2.31, 2.27, 2.23]
}

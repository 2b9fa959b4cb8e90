import Pprof

extension Capture {
  /// The capture with those samples of its profile that the filters leave.
  /// - Throws: `ReportError.badExpression`.
  public func filtered(by filters: ReportOptions.Filters) throws(ReportError) -> Capture {
    var profile = profile
    let filter = try ProfileFilter(filters, labelUnits: profile.numericLabelUnits().units)
    _ = filter.apply(to: &profile)
    return Capture(profile, provenance: provenance)
  }
}

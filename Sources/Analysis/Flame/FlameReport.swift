import Pprof

/// The flame tree of what a report's options leave of a profile, or of how it differs from another one.
public struct FlameReport: Sendable {
  /// The merged stacks.
  public let tree: FlameTree
  /// What shares are shares of: everything measured, also if only a part of it is shown.
  public let whole: Int64

  /// Filters the profiles and merges their stacks.
  /// - Parameters:
  ///   - baseline: What the profile is compared with.
  ///   - inverted: Whether to merge from the leaves.
  ///   - smallest: Nodes narrower than this share of the whole are gathered.
  /// - Throws: what a report throws.
  public init(
    _ profile: Profile, baseline: Profile? = nil, inverted: Bool, smallest: Double, options: ReportOptions
  ) throws(ReportError) {
    let report = try Report(profile, kind: .traces, options: options)
    let base = try baseline.map { baseline throws(ReportError) in
      try Report(baseline, kind: .traces, options: options)
    }
    tree = FlameTree(
      report.profile, baseline: base?.profile, valueIndex: report.valueIndex, baselineIndex: base?.valueIndex,
      inverted: inverted, smallest: smallest, kept: options.kept)
    whole = report.total
  }
}

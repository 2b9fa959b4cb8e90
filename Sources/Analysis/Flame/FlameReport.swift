import Pprof
import PprofOperations

/// The flame tree of what a report's options leave of a profile, or of how it differs from another one.
public struct FlameReport: Sendable {
  /// The merged stacks.
  public let tree: FlameTree
  /// What shares are shares of: everything measured, also if only a part of it is shown.
  public let whole: Int64
  private let wholes: (value: SampledSum, base: SampledSum)
  private let totalsAreKnown: Bool

  /// Filters the profiles and merges their stacks.
  /// - Parameters:
  ///   - baseline: What the profile is compared with.
  ///   - inverted: Whether to merge from the leaves.
  ///   - smallest: Nodes narrower than this share of the whole are gathered.
  ///   - most: So are the narrowest of more nodes than these; nil for no such limit.
  ///   - zoom: The frame that is looked at: of its width the two limits hold.
  ///   - label: The label whose values are frames above the stacks.
  ///   - totalsAreKnown: Whether the totals of the two were measured otherwise, and only their parts by sampling.
  /// - Throws: what a report throws.
  public init(
    _ profile: Profile, baseline: Profile? = nil, inverted: Bool, smallest: Double, most: Int? = nil,
    zoom: FlameFrameKey? = nil, by label: String? = nil, totalsAreKnown: Bool = false, options: ReportOptions
  ) throws(ReportError) {
    let report = try Report(profile, kind: .traces, options: options)
    let base = try baseline.map { baseline throws(ReportError) in
      try Report(baseline, kind: .traces, options: options)
    }
    func labelled(_ profile: Profile) -> Profile {
      let isByFunction = options.granularity ?? .functions == .functions
      var profile = isByFunction ? profile : profile.namedByPlace
      if let label { profile.addLabelFrames(root: [label]) }
      return profile
    }
    tree = FlameTree(
      labelled(report.profile), baseline: base.map { labelled($0.profile) }, valueIndex: report.valueIndex,
      baselineIndex: base?.valueIndex, inverted: inverted, smallest: smallest, most: most, zoom: zoom,
      kept: options.kept)
    whole = report.total
    wholes = (report.wholeSum, base?.wholeSum ?? SampledSum())
    self.totalsAreKnown = totalsAreKnown
  }

  /// The names of the frames next to the root: with a label, its values.
  public var columns: [String] {
    tree.nodes.filter { $0.depth == 1 }.compactMap { $0.frame.map { tree.frames[$0].name } }
  }

  /// How many equal draws would leave as much to chance as the profile does; nil if it leaves nothing.
  ///
  /// Source: Kish, "Survey Sampling", 1965, for the effective size of a sample of unequal weights.
  public var draws: Int? {
    wholes.value.variance > 0 ? Int((wholes.value.value * wholes.value.value / wholes.value.variance).rounded()) : nil
  }

  /// The share of the whole that was measured.
  public func share(of weight: FlameWeight) -> Estimate {
    SampledSum(value: Double(weight.value), variance: weight.variance.value).share(of: wholes.value)
  }

  /// Of a difference, how much more there is than in the base, in the unit of the values.
  public func change(of weight: FlameWeight) -> Estimate {
    let value = SampledSum(value: Double(weight.value), variance: weight.variance.value)
    let base = SampledSum(value: Double(weight.base), variance: weight.variance.base)
    guard totalsAreKnown else { return value.estimate.difference(to: base.estimate) }
    let now = value.share(of: wholes.value).scaled(by: wholes.value.value)
    return now.difference(to: base.share(of: wholes.base).scaled(by: wholes.base.value))
  }
}

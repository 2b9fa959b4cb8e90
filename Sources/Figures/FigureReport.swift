import Analysis
import Pprof

extension FigureOptions {
  /// The options as those of a report.
  func reportOptions() -> ReportOptions {
    var report = ReportOptions()
    report.sampleIndex = sampleType ?? ""
    report.filters.focus = focus?.escapedSignature ?? ""
    report.filters.ignore = ignore?.escapedSignature ?? ""
    report.filters.hide = hide?.escapedSignature ?? ""
    report.filters.show = show?.escapedSignature ?? ""
    report.filters.showFrom = showFrom?.escapedSignature ?? ""
    report.filters.tagFocus = tagFocus ?? ""
    report.filters.tagIgnore = tagIgnore ?? ""
    report.kept = kept
    if let nodeCount { report.nodeCount = nodeCount }
    if let nodeFraction { report.nodeFraction = nodeFraction }
    if let edgeFraction { report.edgeFraction = edgeFraction }
    return report
  }
}

extension Report {
  /// A report for a figure of a profile.
  init(_ kind: ReportKind, of profile: Profile, options: FigureOptions) throws(FigureError) {
    var options = options.reportOptions()
    // The boxes of a graph have no column to be compared in: `24.89MB` is read sooner than `25490.92kB`.
    options.prefersLargeUnits = kind == .dot
    do throws(ReportError) {
      self = try Report(profile, kind: kind, options: options)
    } catch {
      throw .report(error)
    }
  }

  /// A report for a figure of a profile, or of its difference to a baseline in percent of the baseline.
  init(
    _ kind: ReportKind, of profile: Profile, baseline: Profile?, options: FigureOptions
  ) throws(FigureError) {
    guard let baseline else {
      try self.init(kind, of: profile, options: options)
      return
    }
    let difference: Profile
    do throws(ProfileError) {
      difference = try profile.difference(from: baseline, isLabelled: true)
    } catch {
      throw .comparison(error)
    }
    try self.init(kind, of: difference, options: options)
  }

  /// Which of a sample's values the report is about.
  func valueIndex() throws(FigureError) -> Int {
    do throws(ProfileError) {
      return try profile.sampleIndex(named: options.sampleIndex)
    } catch {
      throw .report(.profile(error))
    }
  }
}

extension ProfileKind {
  /// Retain cycles and lost blocks; there is no rate, every allocation is tracked.
  public static let leaks = ProfileKind(
    name: "leaks", summary: "retain cycles, by the fields that form them, and lost blocks", regime: .sinceProcessStart,
    prepare: { _ in },
    resume: { if !LeakDetector.isArmed { try LeakDetector.arm() } },
    pause: {},
    take: {
      let report = try LeakDetector.report()
      return Recording(.leaks(report), samples: report.scan.liveBlocks)
    })
}

import Leaks

extension ProfileKind {
  /// Retain cycles and lost blocks; there is no rate, every allocation is tracked.
  public static let leaks = ProfileKind(
    name: "leaks", summary: "retain cycles, by the fields that form them, and lost blocks",
    variable: "LAB_LEAKS",
    age: Age(variable: "LAB_LEAKS_OLDER_THAN", inWords: LeakAge.accepted) { LeakAge($0) != nil },
    contents: LeakReport.self, file: "leaks.txt", regime: .sinceProcessStart,
    lossInStaticSwift: { hasSymbols in
      hasSymbols ? nil : "some types are not known, for it is stripped, and what its tasks leak may be missed"
    },
    resume: { if !LeakDetector.isArmed { try LeakDetector.arm() } },
    take: { recording(try LeakDetector.report()) },
    look: { _ in recording(try LeakDetector.reportOfSession()) },
    finish: { _ in recording(try LeakDetector.reportOfSession()) },
    capture: ProfileCapture { _ in recording(try LeakDetector.reportOfSession()) })

  private static func recording(_ report: LeakReport) -> ProfileRecording {
    ProfileRecording(report, samples: report.scan.liveBlocks)
  }
}

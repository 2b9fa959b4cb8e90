import Analysis
import Figures
import Foundation
import Pprof

/// A verdict with all that belongs to it: the figure before and after, and what is noted of the reader's progress.
struct ChallengeCheck {
  let challenge: Challenge
  var attempts = Attempts()
  var onStep: (String) -> Void = { _ in }
  var onStart: @Sendable (pid_t) -> Void = { _ in }

  /// The page that shows the figure before and after, once there is one.
  var page: String { "\(attempts.folder)/\(challenge.id)/before-and-after.html" }

  /// What came of it.
  struct Result {
    var verdict: Verdict
    /// Markup of the two figures; nil if nothing was captured.
    var before: String?
    var after: String?
  }

  /// Judges a text, draws what was captured, and takes note of it. Blocks its thread.
  func run(_ text: String) throws -> Result {
    try LabError.checkPlatform()
    let folder = "\(attempts.folder)/\(challenge.id)/check-\(getpid())-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var judge = Judge(challenge, in: folder)
    judge.onStep = onStep
    judge.onStart = onStart
    let verdict = try judge.verdict(on: text)
    try attempts.note(challenge) { progress in
      progress.checks += 1
      if verdict.hasPassed, progress.passed == nil { progress.passed = Date().formatted(.iso8601) }
    }
    let (before, after) = (drawing(of: judge.before), drawing(of: judge.after))
    if before != nil || after != nil {
      let html = BesidePage(
        title: challenge.title, verdict: verdict.hasPassed ? "Passed." : "Not yet.", facts: verdict.lines.map(\.text),
        columns: [], rows: [],
        pairs: [
          .init(
            caption: "The \(challenge.profile.name) profile", published: Self.drawn(before),
            here: Self.drawn(after))
        ], names: ("Before", "Yours")
      ).html
      try Data(html.utf8).write(to: URL(fileURLWithPath: page), options: .atomic)
    }
    return Result(verdict: verdict, before: before, after: after)
  }

  private static func drawn(_ markup: String?) -> BesidePage.Drawing {
    markup.map { .drawn($0) } ?? .failed("Nothing of it is left to draw.")
  }

  private func drawing(of series: CaptureSeries?) -> String? {
    guard let capture = series?.last, let series, !capture.isEmpty,
      let options = try? FigureAddress("\(capture.name)?\(challenge.figure)").options()
    else { return nil }
    let input = FigureInput(capture, captures: series, options: options) { path in
      try? String(contentsOfFile: Workspace.path(path), encoding: .utf8)
    }
    return (try? options.view.draw(input))?.body
  }
}

extension Capture {
  /// Whether there is nothing of what it looks for.
  fileprivate var isEmpty: Bool {
    if let leakReport { return leakReport.cycles.isEmpty && leakReport.lost.isEmpty }
    return contents is Profile && profile.samples.isEmpty
  }
}

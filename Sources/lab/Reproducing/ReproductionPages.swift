import Analysis
import Figures
import Foundation
import SiteGenerator

/// Draws every figure twice, as published and as captured here, into a page below `.lab/reproduced`.
struct ReproductionPages {
  let published: CaptureLibrary
  let here: CaptureLibrary

  /// Returns the page's path.
  func write(_ subject: ReproducedSubject, _ reproduction: Reproduction) throws -> String {
    let (there, own) = (LabEvidence(library: published).evidence, LabEvidence(library: here).evidence)
    let pairs = try subject.evidence.figures.map { reference in
      BesidePage.Pair(
        caption: [reference.title, reference.caption].filter { !$0.isEmpty }.joined(separator: ": "),
        published: Self.draw(reference, there), here: Self.draw(reference, own))
    }
    let page = BesidePage(
      title: subject.title, verdict: reproduction.verdict,
      facts: reproduction.machines.map { "\($0.name): \($0.published) published, \($0.here) here" },
      columns: ["", "Published", "Here", "Bound", "What was measured", "Capture"],
      rows: reproduction.rows.map {
        var here = $0.here
        if case .missing(let reason) = $0.outcome { here = reason }
        return [Reproduction.mark($0.outcome), $0.published, here, $0.bound, $0.question, "\($0.capture)"]
      }, pairs: pairs)
    let folder = "\(Workspace.scratch)/reproduced"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = "\(folder)/\(subject.fileName).html"
    try Data(page.html.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    return file
  }

  private static func draw(_ reference: FigureReference, _ evidence: Evidence) -> BesidePage.Drawing {
    do { return .drawn(try evidence.figure(reference).body) } catch { return .failed("\(error)") }
  }
}

import Analysis
import Foundation
import Profiling
import ScenarioRunning
import Scenarios

/// A lesson to begin with: figures and claims that hold, of a scenario whose captures are there.
struct LessonSkeleton {
  let name: String
  let scenario: Scenario
  private let kind: String
  private let captures: CaptureLibrary

  /// - Throws: a `LabError` if that is no name for a lesson, or one has it.
  init(_ name: String, of scenario: Scenario, captures: CaptureLibrary) throws {
    let isPlain = !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    guard isPlain else {
      throw LabError.usage(
        "'\(name)' is no name for a lesson: write a number, or letters and hyphens, as in 12 or my-lesson")
    }
    self.name = name
    self.scenario = scenario
    self.captures = captures
    kind = scenario.captureKinds(of: scenario.profiles[0]).last ?? scenario.profiles[0].name
  }

  /// Writes it below a directory of content, and returns its path there.
  ///
  /// - Throws: a `LabError` that names the capture that is missing, and how to make it.
  func write(to content: String = Workspace.content) throws -> String {
    let file = "lessons/\(name).md"
    guard !FileManager.default.fileExists(atPath: "\(content)/\(file)") else {
      throw LabError.usage("\(file) is there already")
    }
    let text = try text()
    try FileManager.default.createDirectory(atPath: "\(content)/lessons", withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(content)/\(file)"), options: .atomic)
    return file
  }

  private func text() throws -> String {
    let faulty = CaptureName(scenario: scenario.id, variant: "faulty", kind: kind)
    let capture = try captures.named(faulty)
    _ = try captures.named(faulty.with(variant: "fixed"))
    var lines = [
      "---", "title: \(scenario.title)", "description: A sentence for lists and previews.", "---", "",
      "# \(scenario.title)", "", scenario.question, "",
      "!!! predict \"Predict: what does the profile show?\"", "", "    1. [x] What is right", "",
      "        Why, with a number that a claim measures.", "", "    2. Another thing that one may think", "",
      "        Why it is not so.", "",
      "    What those read who would rather look.", "", "## Measure it", "", "```console",
      "$ \(capture.provenance.command)",
      "```", "",
    ]
    if let claim = try costClaim(faulty) {
      lines += ["A round takes \(claim) the processor time of the mended one.", ""]
    }
    if let fact = capture.provenance.truth.first { lines += [factSentence(fact, faulty), ""] }
    lines += [
      "## What one sees", "", "![What the figure shows, in a sentence.](<figure:\(faulty)?view=\(view)> \"Figure 1\")",
      "",
      "## The fix", "", "What is changed, and why.", "",
      "![What is left of it.](<figure:\(faulty.with(variant: "fixed"))?view=\(view)> \"Figure 2\")", "",
      "## On Monday", "", "What a reader does with this in a program of their own.", "",
    ]
    return lines.joined(separator: "\n")
  }

  /// The view that shows a capture of its kind as it is.
  private var view: String { scenario.profiles[0].name == "cpu" ? "flame" : "top" }

  /// How many times the fixed one's processor time a faulty round takes, with bounds that another machine will keep.
  private func costClaim(_ name: CaptureName) throws -> String? {
    let query = [
      (name: "value", value: "cpu-ratio"), (name: "to", value: "fixed"), (name: "within", value: "0..1000000"),
    ]
    let measured = try Claim(items: query).evaluate(on: captures.named(name), other: captures.named).measurement
    guard measured.value > 1.5 else { return nil }
    // A third to three times: narrow enough to say something, wide enough for another processor.
    let (least, most) = ((measured.value / 3 * 10).rounded() / 10, (measured.value * 3).rounded())
    let said = measured.text.replacing("×", with: " times")
    return "[\(said)](claim:\(name)?value=cpu-ratio&to=fixed&within=\(least)..\(most))"
  }

  private func factSentence(_ fact: Provenance.Fact, _ name: CaptureName) -> String {
    let value = fact.value == fact.value.rounded() ? String(Int(fact.value)) : String(fact.value)
    let said = Measurement(fact.value, .count, meaning: "").text
    return
      "It is known without a profiler that there are [\(said)](claim:\(name)?value=fact&name=\(fact.name)&within=\(value)) "
      + "\(fact.name): \(fact.basis)."
  }
}

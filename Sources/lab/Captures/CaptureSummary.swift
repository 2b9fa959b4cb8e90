import Analysis
import Foundation
import Pprof

/// What `lab run` says of a capture it made.
struct CaptureSummary {
  let text: String

  /// - Parameter file: Where it is; nil if it was not kept.
  init(_ capture: Capture, file: String?) {
    let provenance = capture.provenance
    let overhead = provenance.overhead
    var lines = [
      "\(provenance.scenario), \(provenance.variant), \(provenance.kind) profile",
      String(
        format: "  round      %.1f ms of CPU time, %.1f ms by the clock%@", provenance.cpuSecondsPerRound * 1e3,
        provenance.wallSecondsPerRound * 1e3, provenance.cameToRest == true ? "; then it came to rest, for ever" : ""),
      Self.counted(capture) + (provenance.asked.map { "\n  asked      \($0), while it ran" } ?? ""),
      provenance.lackOfOverhead.map { "  overhead   \($0)" }
        ?? String(
          format: "  overhead   %.3f, middle half %.3f to %.3f, in %d pairs of rounds", overhead.ratio, overhead.low,
          overhead.high, overhead.pairs),
      "  output     \(provenance.output)",
    ]
    for fact in provenance.truth {
      let value = fact.value == fact.value.rounded() ? String(Int(fact.value)) : String(format: "%.3f", fact.value)
      lines.append("  known      \(fact.name) = \(value) (\(fact.basis))")
    }
    for finding in capture.findings { lines.append("  finding    \(finding)") }
    if let file { lines.append("  profile    \(file)") }
    text = lines.joined(separator: "\n")
  }

  private static func counted(_ capture: Capture) -> String {
    let recording = capture.provenance.recording
    switch type(of: capture.contents).coverage {
    case .samples:
      let isTime = capture.profile.measuresCPUTime
      let time = isTime ? String(format: " in %.2f s of CPU time", recording.cpuSeconds) : ""
      return "  samples    \(recording.samples)\(time); \(recording.lost) lost, \(recording.truncated) truncated"
    case .all(let what):
      let padding = String(repeating: " ", count: max(9 - what.count, 0))
      return "  \(what)\(padding)  \(recording.samples) looked at"
    }
  }
}

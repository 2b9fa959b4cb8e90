import Analysis
import Foundation
import SiteGenerator

/// How a capture came to be, as the short facts that stand under its figures.
enum ProvenanceFacts {
  static func of(_ capture: Capture, _ origin: CaptureLibrary.Origin) -> [QueryItem] {
    let provenance = capture.provenance
    let machine = provenance.machine
    var facts = [
      QueryItem(
        name: "captured", value: String(provenance.date.prefix(10)) + (origin == .local ? ", on this machine" : "")),
      QueryItem(name: capture.leaks == nil ? "samples" : "blocks", value: counted(capture)),
    ]
    if let leaks = capture.leaks {
      facts.append(
        QueryItem(
          name: "pause", value: String(format: "%.1f ms", Double(leaks.scan.pauseNanoseconds) / 1e6)))
    }
    facts += [
      QueryItem(name: "overhead", value: overhead(provenance.overhead)),
      QueryItem(name: "processor", value: "\(machine.processor), \(machine.cores) cores"),
      QueryItem(name: "system", value: "\(machine.system), Linux \(machine.kernel)"),
      QueryItem(name: "toolchain", value: "\(machine.toolchain), \(provenance.build)"),
    ]
    return facts
  }

  private static func counted(_ capture: Capture) -> String {
    if let leaks = capture.leaks { return "\(leaks.scan.liveBlocks) looked at" }
    let recording = capture.provenance.recording
    let truncated = recording.truncated == 0 ? "" : ", \(recording.truncated) truncated"
    let time =
      capture.provenance.kind == "cpu" ? String(format: " in %.2f s of CPU time", recording.cpuSeconds) : ""
    return "\(recording.samples)\(time), \(recording.lost) lost\(truncated)"
  }

  private static func overhead(_ overhead: Provenance.Overhead) -> String {
    guard overhead.pairs > 0 else { return "not measured: it cannot be turned off within a run" }
    func percent(_ ratio: Double) -> String {
      String(format: "%+.1f %%", (ratio - 1) * 100).replacing("-", with: "−")
    }
    return
      "\(percent(overhead.ratio)), middle half \(percent(overhead.low)) to \(percent(overhead.high)) "
      + "(\(overhead.pairs) pairs of rounds, profiler on and off in turn)"
  }
}

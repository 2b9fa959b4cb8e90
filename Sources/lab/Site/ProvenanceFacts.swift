import Analysis
import Foundation
import Pprof
import SiteGenerator

/// How a capture came to be, as the short facts that stand under its figures.
enum ProvenanceFacts {
  static func of(_ capture: Capture, _ origin: CaptureLibrary.Origin) -> [QueryItem] {
    let provenance = capture.provenance
    let machine = provenance.machine
    var facts = [
      QueryItem(
        name: "captured", value: String(provenance.date.prefix(10)) + (origin == .local ? ", on this machine" : "")),
      counted(capture),
    ]
    if let asked = provenance.asked { facts.append(QueryItem(name: "asked while it ran", value: asked)) }
    facts += capture.contents.facts.map { QueryItem(name: $0.name, value: $0.value) }
    facts += [
      QueryItem(name: "overhead", value: provenance.lackOfOverhead ?? overhead(provenance.overhead)),
      QueryItem(name: "processor", value: "\(machine.processor), \(machine.cores) cores"),
      QueryItem(name: "system", value: "\(machine.system), Linux \(machine.kernel)"),
      QueryItem(name: "toolchain", value: "\(machine.toolchain), \(provenance.build)"),
    ]
    return facts
  }

  private static func counted(_ capture: Capture) -> QueryItem {
    let recording = capture.provenance.recording
    switch type(of: capture.contents).coverage {
    case .all(let what): return QueryItem(name: what, value: grouped(recording.samples))
    case .samples:
      let truncated = recording.truncated == 0 ? "" : ", \(recording.truncated) truncated"
      let isTime = capture.profile.measuresCPUTime
      let time = isTime ? String(format: " in %.2f s of CPU time", recording.cpuSeconds) : ""
      let taken = grouped(recording.samples)
      return QueryItem(name: "samples", value: "\(taken)\(time), \(recording.lost) lost\(truncated)")
    }
  }

  private static func grouped(_ count: Int) -> String {
    Analysis.Measurement(Double(count), .count, meaning: "").text
  }

  private static func overhead(_ overhead: Provenance.Overhead) -> String {
    func percent(_ ratio: Double) -> String {
      String(format: "%+.1f %%", (ratio - 1) * 100).replacing("-", with: "−")
    }
    return
      "\(percent(overhead.ratio)), middle half \(percent(overhead.low)) to \(percent(overhead.high)) "
      + "(\(overhead.pairs) pairs of rounds, profiler on and off in turn)"
  }
}

import Analysis
import Foundation
import Profiling

/// Whether the reader's program is faster than another, in pairs of runs that alternate.
struct Race {
  let runs: MeasuredPrograms
  let rival: Judgement.Rival
  /// A round may take so much of the other's.
  let ratio: Double
  /// And has to take so many seconds less.
  let seconds: Double
  let resource: Judgement.Resource

  private static let pairs = 3
  /// No noise makes so many times of what is asked for, either way: then one pair tells.
  private static let plain = 3.0

  func line(_ judgement: Judgement) throws -> Verdict.Line {
    var own: [Double] = [], other: [Double] = []
    for _ in 0..<Self.pairs {
      if let first = own.last, let rival = other.last, isPlain(first, beside: rival) { break }
      own.append(seconds(of: try runs.ownAnew(.cpu)))
      other.append(seconds(of: try runs.anew(rival, .cpu).last))
    }
    let pairs = zip(own, other)
    let isFaster = pairs.map { $0 <= ratio * $1 && $1 - $0 >= seconds }
    let measured =
      "\(Self.ratios(pairs.map { $0 / max($1, 1e-9) })) of what \(rival == .solution ? "the solution" : "it") took"
    let bound = "at most \(Self.number(ratio))"
    if isFaster.allSatisfy { $0 } {
      return .init(group: judgement.group, mark: .passed, text: "a round takes \(measured)")
    }
    if isFaster.contains(true) {
      return .init(
        group: judgement.group, mark: .inconclusive,
        text:
          "a round takes \(measured), where \(bound) is asked for: this machine is too busy to tell; check once more when "
          + "it is quiet")
    }
    return .init(
      group: judgement.group, mark: .failed,
      text: judgement.sentence(measured: measured, bound: bound)
        + " (\(resource.rawValue) time: \(measured); it may be \(bound))")
  }

  private func isPlain(_ own: Double, beside other: Double) -> Bool {
    let isFaster = own * Self.plain <= ratio * other && other - own >= seconds * Self.plain
    return isFaster || own >= ratio * other * Self.plain
  }

  private func seconds(of capture: Capture) -> Double {
    let provenance = capture.provenance
    return resource == .cpu ? provenance.cpuSecondsPerRound : provenance.wallSecondsPerRound
  }

  private static func ratios(_ values: [Double]) -> String {
    let sorted = values.sorted()
    let middle = number(sorted[sorted.count / 2])
    return sorted.count == 1 ? middle : "\(middle) (\(number(sorted[0])) to \(number(sorted[sorted.count - 1])))"
  }

  private static func number(_ value: Double) -> String {
    value < 0.001 ? "less than 0.001" : String(format: value < 0.1 ? "%.2g" : value < 10 ? "%.2f" : "%.0f", value)
  }
}

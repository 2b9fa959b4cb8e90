import Analysis
import Foundation

/// A row of `lab bench` as it is printed, kept and published.
struct BenchLine: Codable, Sendable {
  let name: String
  let value: Double
  let unit: String
  let low: Double?
  let high: Double?
  let goal: String?
  let meetsGoal: Bool?
  /// Whose tool was measured; nil if ours.
  let peer: String?

  init(_ row: Benchmark.Row) {
    name = row.name
    value = row.value
    unit = row.unit
    low = row.interval?.lowerBound
    high = row.interval?.upperBound
    meetsGoal = row.meetsGoal
    peer = row.peer
    goal =
      switch row.goal {
      case .atMost(let limit): "≤ \(limit)"
      case .atLeast(let limit): "≥ \(limit)"
      case .none: nil
      }
  }

  /// The name without the group's before it.
  var ownName: String { name.firstRange(of: ": ").map { String(name[$0.upperBound...]) } ?? name }

  /// The name without how often was measured either.
  var shortName: String {
    ownName.firstRange(of: ", median of ").map { String(ownName[..<$0.lowerBound]) } ?? ownName
  }

  /// Where the true value lies with a probability of 95 %.
  var interval: ClosedRange<Double>? {
    guard let low, let high, low <= high else { return nil }
    return low...high
  }

  /// What a claim may ask for: a ratio or a count, never a time, which is another one on another machine.
  ///
  /// - Throws: a `LabError` of a row that is a time, a speed or a size.
  func measurement() throws -> Analysis.Measurement {
    let error = interval.map { max($0.upperBound - value, value - $0.lowerBound) }
    switch unit {
    case "ratio": return Analysis.Measurement(value, error: error, .ratio, meaning: shortName)
    case "count", "", "frames", "std errors":
      let meaning = unit.isEmpty ? shortName : "\(shortName), in \(unit)"
      return Analysis.Measurement(value, error: error, .count, meaning: meaning)
    default:
      throw LabError.failed("'\(shortName)' is measured in \(unit): claims are of ratios and counts")
    }
  }

  /// The row of a table for people.
  var text: String {
    let verdict =
      switch meetsGoal {
      case true: "ok"
      case false: "MISSED"
      default: goal == nil ? "" : "within noise"
      }
    func text(_ value: Double) -> String { String(format: value < 10 ? "%.4f" : "%.1f", value) }
    let amount = text(value)
    let range = low.flatMap { low in high.map { " (\(text(low)) to \(text($0)))" } } ?? ""
    return name.padding(toLength: max(60, name.count + 1), withPad: " ", startingAt: 0)
      + "\(amount) \(unit)\(range)".padding(toLength: range.isEmpty ? 20 : 34, withPad: " ", startingAt: 0)
      + (goal ?? "").padding(toLength: 10, withPad: " ", startingAt: 0) + verdict
  }
}

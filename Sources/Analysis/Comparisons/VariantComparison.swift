import Pprof

/// Two variants of a scenario on one axis: the CPU time of a round, and of functions in it.
///
/// The two profiles cover different numbers of rounds, so a function's time is its share of the profile times the CPU
/// time of one round, measured with the profiler off.
public struct VariantComparison: Sendable {
  /// One function, or the whole round, in both variants.
  public struct Row: Sendable, Hashable {
    /// The function's name; `whole round` for the first row.
    public var name: String
    /// Seconds of CPU time a round before the fix.
    public var before: Double
    /// Seconds after it.
    public var after: Double

    /// `after` over `before`; nil if there was nothing before.
    public var ratio: Double? { before > 0 ? after / before : nil }
  }

  /// The variants' names.
  public let names: (before: String, after: String)
  /// The whole round first, then the functions whose own time changed most.
  public let rows: [Row]
  /// The greatest time of all rows, the length of the axis, in seconds.
  public var longest: Double { rows.map { max($0.before, $0.after) }.max() ?? 0 }

  /// Compares the given functions by cum, or without any the `count` whose flat time changed most.
  public init(before: Capture, after: Capture, functions: [String] = [], count: Int = 8) throws {
    names = (before.provenance.variant, after.provenance.variant)
    let sides = [FunctionTimes(before), FunctionTimes(after)]
    var rows = [Row(name: "whole round", before: sides[0].round, after: sides[1].round)]
    if functions.isEmpty {
      let all = Set(sides[0].flat.keys).union(sides[1].flat.keys).sorted()
      let changes = all.map { Row(name: $0, before: sides[0].flat[$0] ?? 0, after: sides[1].flat[$0] ?? 0) }
      rows += changes.sorted { abs($0.after - $0.before) > abs($1.after - $1.before) }.prefix(count)
    } else {
      for name in functions {
        let times = sides.map { $0.cum(of: name) }
        guard times.contains(where: { $0 != nil }) else { throw ClaimError.noSuchFunction(name) }
        rows.append(Row(name: name, before: (times[0] ?? 0), after: (times[1] ?? 0)))
      }
    }
    self.rows = rows
  }
}

/// Seconds of a round by function.
private struct FunctionTimes {
  let round: Double
  private(set) var flat: [String: Double] = [:]
  private var cum: [String: Double] = [:]

  init(_ capture: Capture) {
    let profile = capture.profile
    round = capture.provenance.cpuSecondsPerRound
    let value = profile.sampleTypes.indices.last ?? 0
    let total = profile.samples.reduce(0.0) { $0 + Double($1.values[value]) }
    guard total > 0 else { return }
    for sample in profile.samples {
      let seconds = Double(sample.values[value]) / total * round
      var seen: Set<String> = []
      for (depth, location) in sample.locations.enumerated() {
        for (level, line) in profile.locations[location].lines.enumerated() {
          let name = profile.functions[line.function].name
          if depth == 0, level == 0 { flat[name, default: 0] += seconds }
          if seen.insert(name).inserted { cum[name, default: 0] += seconds }
        }
      }
    }
  }

  /// The cum time of a function named with or without its argument list; nil if it is not there.
  func cum(of name: String) -> Double? {
    let found = cum.filter { $0.key == name || $0.key.hasPrefix(name + "(") }
    return found.isEmpty ? nil : found.values.reduce(0, +)
  }
}

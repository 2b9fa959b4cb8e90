import Pprof

/// Two variants of a scenario on one axis: what a round costs, and functions in it.
///
/// Two CPU profiles cover different numbers of rounds, so a function's time is its share of the profile times the CPU
/// time of one round, measured with the profiler off. What was recorded of waits is divided by the rounds. Heap profiles
/// cover the same rounds and are compared as they are.
public struct VariantComparison: Sendable {
  /// One function, or the whole, in both variants.
  public struct Row: Sendable, Hashable {
    /// The function's name; `whole round` or `in all` for the first row.
    public var name: String
    /// The value before the fix, in the comparison's unit.
    public var before: Estimate
    /// The value after it.
    public var after: Estimate

    /// `after` over `before`; nil if there was nothing before.
    public var ratio: Estimate? { after.ratio(to: before) }
    /// How much more there is after the fix.
    public var change: Estimate { after.difference(to: before) }
    /// Whether the two may differ by chance alone.
    public var isNoise: Bool { change.isNoise() }
  }

  /// The variants' names.
  public let names: (before: String, after: String)
  /// What is compared, e.g. `CPU time of one round`.
  public let quantity: String
  /// The unit of the values, e.g. `nanoseconds`.
  public let unit: String
  /// Whether values are what one round costs; otherwise they are as they were captured.
  public let isOneRound: Bool
  /// The whole first, then the functions whose own value changed most.
  public let rows: [Row]
  /// The greatest value of all rows with its error, the length of the axis.
  public var longest: Double {
    rows.flatMap { [$0.before, $0.after] }.map { $0.value + ($0.error ?? 0) }.max() ?? 0
  }

  /// The function in which most was saved, beyond noise; nil if in none.
  public var largestSaving: Row? {
    rows.dropFirst().min { $0.change.value < $1.change.value }.flatMap {
      $0.change.value < 0 && !$0.isNoise ? $0 : nil
    }
  }

  private static let words = [
    "inuse_space": "memory in use", "inuse_objects": "objects in use",
    "alloc_space": "memory allocated since the start", "alloc_objects": "objects allocated since the start",
    "delay": "time waited",
  ]

  /// Compares the given functions by cum, or without any the `count` whose flat value changed most.
  ///
  /// Without `sampleType` it is the time of a CPU profile that is compared, or the default type of another.
  public init(
    before: Capture, after: Capture, functions: [String] = [], sampleType: String? = nil, count: Int = 8
  ) throws {
    names = (before.provenance.variant, after.provenance.variant)
    let type = try before.sampleType(named: sampleType)
    let isTime = before.profile.measuresCPUTime
    isOneRound = before.isScaledToRounds && after.isScaledToRounds
    let words = Self.words[type.type] ?? type.type
    quantity = isTime ? "CPU time of one round" : isOneRound ? "\(words) in one round" : words
    unit = isTime ? "nanoseconds" : type.unit
    let sides = [FunctionValues(before, type), FunctionValues(after, type)]
    var rows = [Row(name: isTime ? "whole round" : "in all", before: sides[0].whole, after: sides[1].whole)]
    if functions.isEmpty {
      let all = Set(sides[0].flat.keys).union(sides[1].flat.keys).sorted()
      let changes = all.map { Row(name: $0, before: sides[0].flat(of: $0), after: sides[1].flat(of: $0)) }
      rows += changes.sorted { abs($0.change.value) > abs($1.change.value) }.prefix(count)
    } else {
      for name in functions {
        let values = sides.map { $0.cum(of: name) }
        guard values.contains(where: { $0 != nil }) else { throw ClaimError.noSuchFunction(name) }
        let nothing = SampledSum()
        rows.append(
          Row(
            name: name, before: sides[0].estimate(of: values[0] ?? nothing),
            after: sides[1].estimate(of: values[1] ?? nothing)))
      }
    }
    self.rows = rows
  }
}

extension Capture {
  /// The sample type of the given name, or the one a profile is looked at by without any.
  fileprivate func sampleType(named name: String?) throws -> ValueType {
    let name = name ?? profile.defaultSampleType
    let types = profile.sampleTypes
    guard let type = types.first(where: { $0.type == name }) ?? (name.isEmpty ? types.last : nil) else {
      throw ClaimError.malformedArgument(
        name: "sample", value: name, expected: "one of \(types.map(\.type).joined(separator: ", "))")
    }
    return type
  }
}

/// Values by function, scaled to a round if they are times.
private struct FunctionValues {
  private let total: SampledSum
  /// What a round takes by the clock; nil if it is no time that was measured.
  private let round: Double?
  /// What values are to be multiplied by.
  private let factor: Double
  private(set) var flat: [String: SampledSum] = [:]
  /// The samples that each function has on their stacks, by their numbers.
  private var cum: [String: [Int]] = [:]
  private let samples: [(value: Double, variance: Double)]

  init(_ capture: Capture, _ type: ValueType) {
    let profile = capture.profile
    let index = profile.sampleTypes.firstIndex { $0.type == type.type } ?? 0
    let variance = SamplingVariance(profile, index: index)
    samples = profile.samples.map { (Double($0.values[index]), variance?.of($0) ?? 0) }
    total = profile.sum(ofValue: index)
    round = profile.measuresCPUTime ? capture.provenance.cpuSecondsPerRound * 1e9 : nil
    factor = capture.roundShare
    for (number, sample) in profile.samples.enumerated() {
      let (value, variance) = samples[number]
      var seen: Set<String> = []
      for (depth, location) in sample.locations.enumerated() {
        for (level, line) in profile.locations[location].lines.enumerated() {
          let name = profile.functions[line.function].name
          if depth == 0, level == 0 { flat[name, default: SampledSum()].add(value, variance: variance) }
          if seen.insert(name).inserted { cum[name, default: []].append(number) }
        }
      }
    }
  }

  /// All of it; a round is measured by the clock, and nothing of it is chance.
  var whole: Estimate { round.map { Estimate($0) } ?? total.estimate.scaled(by: factor) }

  /// The function's own value.
  func flat(of name: String) -> Estimate { estimate(of: flat[name] ?? SampledSum()) }

  /// A part of the profile as a part of a round, or as it is.
  func estimate(of sum: SampledSum) -> Estimate {
    if let round { return sum.share(of: total).scaled(by: round) }
    // What was never met may be there all the same.
    let estimate = sum.value == 0 && total.variance > 0 ? sum.share(of: total).scaled(by: total.value) : sum.estimate
    return estimate.scaled(by: factor)
  }

  /// The cum value of a function named with or without its argument list; nil if it is not there.
  func cum(of name: String) -> SampledSum? {
    let found = cum.filter { $0.key == name || $0.key.hasPrefix(name + "(") }
    if found.isEmpty { return nil }
    return Set(found.values.joined()).sorted().reduce(into: SampledSum()) { sum, number in
      sum.add(samples[number].value, variance: samples[number].variance)
    }
  }
}

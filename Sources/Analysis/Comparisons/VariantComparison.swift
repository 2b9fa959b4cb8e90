import Pprof

/// Two variants of a scenario on one axis: what a round costs, and functions in it.
///
/// Two CPU profiles cover different numbers of rounds, so a function's time is its share of the profile times the CPU
/// time of one round, measured with the profiler off. Heap profiles cover the same rounds and are compared as they are.
public struct VariantComparison: Sendable {
  /// One function, or the whole, in both variants.
  public struct Row: Sendable, Hashable {
    /// The function's name; `whole round` or `in all` for the first row.
    public var name: String
    /// The value before the fix, in the comparison's unit.
    public var before: Double
    /// The value after it.
    public var after: Double

    /// `after` over `before`; nil if there was nothing before.
    public var ratio: Double? { before > 0 ? after / before : nil }
  }

  /// The variants' names.
  public let names: (before: String, after: String)
  /// What is compared, e.g. `CPU time of one round`.
  public let quantity: String
  /// The unit of the values, e.g. `nanoseconds`.
  public let unit: String
  /// The whole first, then the functions whose own value changed most.
  public let rows: [Row]
  /// The greatest value of all rows, the length of the axis.
  public var longest: Double { rows.map { max($0.before, $0.after) }.max() ?? 0 }

  /// The function in which most was saved; nil if in none.
  public var largestSaving: Row? {
    rows.dropFirst().max { $0.before - $0.after < $1.before - $1.after }.flatMap { $0.before > $0.after ? $0 : nil }
  }

  private static let words = [
    "inuse_space": "memory in use", "inuse_objects": "objects in use",
    "alloc_space": "memory allocated since the start", "alloc_objects": "objects allocated since the start",
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
    quantity = isTime ? "CPU time of one round" : Self.words[type.type] ?? type.type
    unit = isTime ? "nanoseconds" : type.unit
    let sides = [FunctionValues(before, type), FunctionValues(after, type)]
    var rows = [Row(name: isTime ? "whole round" : "in all", before: sides[0].whole, after: sides[1].whole)]
    if functions.isEmpty {
      let all = Set(sides[0].flat.keys).union(sides[1].flat.keys).sorted()
      let changes = all.map { Row(name: $0, before: sides[0].flat[$0] ?? 0, after: sides[1].flat[$0] ?? 0) }
      rows += changes.sorted { abs($0.after - $0.before) > abs($1.after - $1.before) }.prefix(count)
    } else {
      for name in functions {
        let values = sides.map { $0.cum(of: name) }
        guard values.contains(where: { $0 != nil }) else { throw ClaimError.noSuchFunction(name) }
        rows.append(Row(name: name, before: (values[0] ?? 0), after: (values[1] ?? 0)))
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
  let whole: Double
  private(set) var flat: [String: Double] = [:]
  private var cum: [String: Double] = [:]

  init(_ capture: Capture, _ type: ValueType) {
    let profile = capture.profile
    let value = profile.sampleTypes.firstIndex { $0.type == type.type } ?? 0
    let total = profile.samples.reduce(0.0) { $0 + Double($1.values[value]) }
    whole = profile.measuresCPUTime ? capture.provenance.cpuSecondsPerRound * 1e9 : total
    guard total > 0 else { return }
    for sample in profile.samples {
      let part = Double(sample.values[value]) / total * whole
      var seen: Set<String> = []
      for (depth, location) in sample.locations.enumerated() {
        for (level, line) in profile.locations[location].lines.enumerated() {
          let name = profile.functions[line.function].name
          if depth == 0, level == 0 { flat[name, default: 0] += part }
          if seen.insert(name).inserted { cum[name, default: 0] += part }
        }
      }
    }
  }

  /// The cum value of a function named with or without its argument list; nil if it is not there.
  func cum(of name: String) -> Double? {
    let found = cum.filter { $0.key == name || $0.key.hasPrefix(name + "(") }
    return found.isEmpty ? nil : found.values.reduce(0, +)
  }
}

import Findings
import Pprof

extension Query {
  /// How often something was found out about the program, or what was measured of it.
  ///
  /// Of a kind that was not found there are none: `within=0..0` says that the fault is not there.
  static let finding = Query(
    name: "finding",
    summary: "how often what the finding counts was met, or its `measure`, times in ms; 0 if it was not found",
    required: ["finding"], optional: ["measure", "function"]
  ) { input in
    guard let kind = Finding.Kind(rawValue: input["finding"]) else {
      throw ClaimError.malformedArgument(
        name: "finding", value: input["finding"], expected: Self.oneOf(Finding.Kind.allCases.map(\.rawValue)))
    }
    let names = input.arguments["function"].map(FunctionName.list)
    let found = input.capture.findings.filter { finding in
      finding.kind == kind && names?.contains { $0.matches(finding.function) } ?? true
    }
    let place = names == nil ? "" : " of \(input.functions)"
    guard let name = input.arguments["measure"] else {
      return Measurement(Double(found.reduce(0) { $0 + $1.count }), .count, meaning: "\(kind.rawValue)\(place)")
    }
    guard let measure = Finding.Measure(rawValue: name) else {
      throw ClaimError.malformedArgument(
        name: "measure", value: name, expected: Self.oneOf(Finding.Measure.allCases.map(\.rawValue)))
    }
    let values = found.map { $0[measure] }
    let value = measure.isSum ? values.reduce(0, +) : values.max() ?? 0
    return Measurement(
      measure.isTime ? Double(value) / 1e6 : Double(value), .count,
      meaning: "\(kind.rawValue)\(place), \(name)" + (measure.isTime ? " in milliseconds" : ""))
  }

  private static func oneOf(_ names: [String]) -> String { "one of \(names.joined(separator: ", "))" }
}

extension Finding {
  /// The subject without its line.
  fileprivate var function: String { subject.split(separator: " at ").first.map(String.init) ?? subject }
}

extension Finding.Measure {
  /// Whether those of several findings of a kind are added up; else the greatest counts.
  fileprivate var isSum: Bool { self == .sum || self == .outOf }
}

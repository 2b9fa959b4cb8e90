import Leaks

extension Query {
  /// How many retain cycles there are, of all shapes or of those through a type or field.
  static let cycles = Query(
    name: "cycles", summary: "retain cycles found, of all shapes or of those whose path contains a text",
    required: [], optional: ["through"]
  ) { input in
    let through = input.arguments["through"]
    return Measurement(
      Double(ChosenCycles(try report(input), through: through).count), .count,
      meaning: "retain cycles" + (through.map { " through \($0)" } ?? ""))
  }

  /// How many shapes of retain cycles there are.
  static let cycleShapes = Query(
    name: "cycle-shapes", summary: "shapes of retain cycles found", required: [], optional: []
  ) { input in
    Measurement(Double(try report(input).retainCycles.count), .count, meaning: "shapes of retain cycles")
  }

  /// Retain cycles found, less those that the scenario planted.
  static let cyclesMissed = Query(
    name: "cycles-missed", summary: "cycles that the scenario planted (the facts ending in `-cycles`) less those found",
    required: [], optional: []
  ) { input in
    let planted = input.capture.provenance.truth.filter { $0.name.hasSuffix("-cycles") }.reduce(0) { $0 + $1.value }
    let found = ChosenCycles(try report(input)).count
    return Measurement(planted - Double(found), .count, meaning: "cycles planted less cycles found")
  }

  /// How many blocks nothing leads to.
  static let leakedBlocks = Query(
    name: "leaked-blocks", summary: "blocks that nothing leads to", required: [], optional: []
  ) { input in
    Measurement(Double(try report(input).scan.leakedBlocks), .count, meaning: "blocks that nothing leads to")
  }

  /// How much memory nothing leads to.
  static let leakedBytes = Query(
    name: "leaked-bytes", summary: "bytes in blocks that nothing leads to", required: [], optional: []
  ) { input in
    Measurement(Double(try report(input).scan.leakedBytes), .bytes, meaning: "bytes in blocks that nothing leads to")
  }

  private static func report(_ input: Input) throws -> LeakReport {
    guard let report = input.capture.leakReport else { throw ClaimError.notALeakReport("\(input.capture.name)") }
    return report
  }
}

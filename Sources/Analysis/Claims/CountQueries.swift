import Pprof

extension Query {
  /// How many there are, in a profile that counts: tasks, threads, what a program counts itself.
  ///
  /// A function that the profile does not have made none, if the other variant's profile has it; else its name is a slip.
  static let count = Query(
    name: "count", summary: "total of the sample type, below a function and with a label if given",
    required: [], optional: ["function", "label", "type"]
  ) { input in
    let profile = input.profile
    let type = input.arguments["type"] ?? profile.defaultSampleType
    guard let value = profile.sampleTypes.firstIndex(where: { $0.type == type }) ?? profile.sampleTypes.indices.last
    else { throw ClaimError.emptyProfile }
    guard input.arguments["type"] == nil || profile.sampleTypes[value].type == type else {
      throw ClaimError.malformedArgument(
        name: "type", value: type, expected: "one of \(profile.sampleTypes.map(\.type).joined(separator: ", "))")
    }
    let filter = try input.arguments["label"].map(LabelFilter.init)
    let names = input.arguments["function"].map(FunctionName.list)
    let isNamed = profile.functions.map { function in names?.contains { $0.matches(function.name) } ?? true }
    if let names, !isNamed.contains(true) { try checkOtherVariant(has: names, input) }
    let isBelow = profile.locations.map { $0.lines.contains { isNamed[$0.function] } }
    let sum = profile.sum(ofValue: value) { sample in
      (filter?.matches(sample) ?? true) && (names == nil || sample.locations.contains { isBelow[$0] })
    }
    let place = names == nil ? "" : " below \(input.functions)"
    let mark = input.arguments["label"].map { " labelled \($0)" } ?? ""
    return Measurement(sum.estimate, .count, meaning: "\(profile.sampleTypes[value].type)\(place)\(mark)")
  }

  private static func checkOtherVariant(has names: [FunctionName], _ input: Input) throws {
    let name = input.capture.name
    let other = name.variant == "faulty" ? "fixed" : "faulty"
    let functions = (try? input.other(name.with(variant: other)))?.profile.functions ?? []
    guard functions.contains(where: { function in names.contains { $0.matches(function.name) } }) else {
      throw ClaimError.noSuchFunction(input["function"])
    }
  }
}

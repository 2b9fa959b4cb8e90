import Pprof

extension Query {
  /// Share of the profile spent in functions or in what they call.
  static let share = Query(
    name: "share", summary: "share of all samples with one of the functions on the stack",
    required: ["function"], optional: ["type", "label"]
  ) { input in
    let weights = try FunctionWeights(input)
    return Measurement(
      try weights.cum(input["function"]), .share, meaning: "samples with \(input.functions) on the stack")
  }

  /// Share of the profile spent in functions themselves.
  static let flatShare = Query(
    name: "flat-share", summary: "share of all samples in one of the functions itself",
    required: ["function"], optional: ["type", "label"]
  ) { input in
    let weights = try FunctionWeights(input)
    return Measurement(try weights.flat(input["function"]), .share, meaning: "samples in \(input.functions) itself")
  }

  /// Position of a function by cum, among functions whose names match `among`.
  static let rank = Query(
    name: "rank", summary: "position of the function by cum value, among all or those that match",
    required: ["function"], optional: ["type", "label", "among"]
  ) { input in
    let weights = try FunctionWeights(input)
    return Measurement(
      Double(try weights.rank(input["function"], among: input.arguments["among"], by: weights.cum)), .rank,
      meaning: "position of \(input["function"]) by cum")
  }

  /// Position of a function by flat, among functions whose names match `among`.
  static let flatRank = Query(
    name: "flat-rank", summary: "position of the function by flat value, among all or those that match",
    required: ["function"], optional: ["type", "label", "among"]
  ) { input in
    let weights = try FunctionWeights(input)
    return Measurement(
      Double(try weights.rank(input["function"], among: input.arguments["among"], by: weights.flat)), .rank,
      meaning: "position of \(input["function"]) by flat")
  }

  /// Share of a function here, over its share in another variant.
  static let shareRatio = Query(
    name: "share-ratio", summary: "the function's share here over its share in the variant `to`",
    required: ["function", "to"], optional: ["type"]
  ) { input in
    let here = try FunctionWeights(input).cum(input["function"])
    let there = try FunctionWeights(
      Input(
        capture: input.other(input.capture.name.with(variant: input["to"])), arguments: input.arguments,
        other: input.other)
    ).cum(input["function"])
    guard there > 0 else { throw ClaimError.emptyProfile }
    return Measurement(here / there, .ratio, meaning: "share of \(input["function"]) here over \(input["to"])")
  }

  /// Share of the samples that carry a label.
  static let labelShare = Query(
    name: "label-share", summary: "share of all samples that carry the label `name:value`",
    required: ["label"], optional: ["type"]
  ) { input in
    let weights = try FunctionWeights(
      Input(capture: input.capture, arguments: input.arguments.filter { $0.key == "type" }, other: input.other))
    let filter = try LabelFilter(input["label"])
    return Measurement(
      try weights.share { filter.matches($0) }, .share, meaning: "samples labelled \(input["label"])")
  }
}

extension Query.Input {
  /// The functions asked for, as a phrase: `malloc or free`.
  var functions: String { self["function"].replacing("|", with: " or ") }
}

/// `name:value`, matched against a sample's labels.
struct LabelFilter {
  let name: String
  let value: String

  init(_ text: String) throws(ClaimError) {
    guard let colon = text.firstIndex(of: ":") else {
      throw .malformedArgument(name: "label", value: text, expected: "name:value")
    }
    name = String(text[..<colon])
    value = String(text[text.index(after: colon)...])
  }

  func matches(_ sample: Sample) -> Bool { sample.labels[name]?.contains(value) ?? false }
}

/// The weights of functions in one sample type of a profile.
private struct FunctionWeights {
  private let profile: Profile
  private let samples: [Sample]
  private let value: Int
  private let total: Int64

  init(_ input: Query.Input) throws {
    profile = input.profile
    guard let last = profile.sampleTypes.indices.last else { throw ClaimError.emptyProfile }
    if let type = input.arguments["type"] {
      guard let index = profile.sampleTypes.firstIndex(where: { $0.type == type }) else {
        throw ClaimError.malformedArgument(
          name: "type", value: type, expected: "one of \(profile.sampleTypes.map(\.type).joined(separator: ", "))")
      }
      value = index
    } else {
      let type = profile.defaultSampleType
      value = profile.sampleTypes.firstIndex { $0.type == type } ?? last
    }
    if let label = input.arguments["label"] {
      let filter = try LabelFilter(label)
      samples = profile.samples.filter { filter.matches($0) }
    } else {
      samples = profile.samples
    }
    let value = value
    total = samples.reduce(0) { $0 + $1.values[value] }
    guard total > 0 else { throw ClaimError.emptyProfile }
  }

  func share(where condition: (Sample) -> Bool) throws -> Double {
    let part = samples.reduce(Int64(0)) { condition($1) ? $0 + $1.values[value] : $0 }
    return Double(part) / Double(total)
  }

  func cum(_ names: String) throws -> Double {
    let wanted = try matching(names)
    let inLocation = profile.locations.map { $0.lines.contains { wanted.contains($0.function) } }
    return try share { $0.locations.contains { inLocation[$0] } }
  }

  func flat(_ names: String) throws -> Double {
    let wanted = try matching(names)
    let atLocation = profile.locations.map { $0.lines.first.map { wanted.contains($0.function) } ?? false }
    return try share { $0.locations.first.map { atLocation[$0] } ?? false }
  }

  /// 1 for the heaviest function; those of equal weight share the better position.
  func rank(_ name: String, among pattern: String?, by weight: (String) throws -> Double) throws -> Int {
    let own = try weight(name)
    let excluded = try matching(name)
    let allowed = try pattern.map { try matching($0) }
    var seen: Set<String> = []
    let heavier = try profile.functions.indices.filter { index in
      guard !excluded.contains(index), allowed?.contains(index) ?? true,
        seen.insert(profile.functions[index].name).inserted
      else { return false }
      return try weight(profile.functions[index].name) > own
    }
    return heavier.count + 1
  }

  /// The functions meant by `A|B|…`.
  private func matching(_ names: String) throws -> Set<Int> {
    var all: Set<Int> = []
    for name in FunctionName.list(names) {
      let found = profile.functions.indices.filter { name.matches(profile.functions[$0].name) }
      if found.isEmpty, !names.contains("|") { throw ClaimError.noSuchFunction(name.text) }
      all.formUnion(found)
    }
    guard !all.isEmpty else { throw ClaimError.noSuchFunction(names) }
    return all
  }
}

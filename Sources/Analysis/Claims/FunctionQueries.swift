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
      Double(try weights.rank(input["function"], among: input.arguments["among"]) { try weights.cum($0).value }), .rank,
      meaning: "position of \(input["function"]) by cum")
  }

  /// Position of a function by flat, among functions whose names match `among`.
  static let flatRank = Query(
    name: "flat-rank", summary: "position of the function by flat value, among all or those that match",
    required: ["function"], optional: ["type", "label", "among"]
  ) { input in
    let weights = try FunctionWeights(input)
    return Measurement(
      Double(try weights.rank(input["function"], among: input.arguments["among"]) { try weights.flat($0).value }),
      .rank,
      meaning: "position of \(input["function"]) by flat")
  }

  /// Share of a function here, over its share in another variant.
  static let shareRatio = Query(
    name: "share-ratio", summary: "the function's share here over its share in the variant `to`",
    required: ["function", "to"], optional: ["type"]
  ) { input in
    let (here, there) = try shares(input)
    guard let ratio = here.ratio(to: there) else { throw ClaimError.emptyProfile }
    return Measurement(ratio, .ratio, meaning: "share of \(input["function"]), over that of \(input["to"])")
  }

  /// CPU time of a function in a round here, over that in another variant.
  static let timeRatio = Query(
    name: "time-ratio", summary: "CPU time of the function in a round here over that in the variant `to`",
    required: ["function", "to"], optional: []
  ) { input in
    guard input.profile.measuresCPUTime else {
      throw ClaimError.malformedArgument(name: "capture", value: "\(input.capture.name)", expected: "a CPU profile")
    }
    let (here, there) = try shares(input)
    let rounds = try cpuRatio.evaluate(input).value
    guard let ratio = here.ratio(to: there) else { throw ClaimError.emptyProfile }
    return Measurement(
      ratio.scaled(by: rounds), .ratio,
      meaning: "CPU time of \(input["function"]) in a round, over that of \(input["to"])")
  }

  /// The shares of the function here and in the variant `to`.
  private static func shares(_ input: Input) throws -> (here: Estimate, there: Estimate) {
    let other = Input(
      capture: try input.other(input.capture.name.with(variant: input["to"])), arguments: input.arguments,
      other: input.other)
    return (try FunctionWeights(input).cum(input["function"]), try FunctionWeights(other).cum(input["function"]))
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
      weights.share { filter.matches($0) }, .share, meaning: "samples labelled \(input["label"])")
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
  private let total: SampledSum
  private let variance: SamplingVariance?

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
    variance = SamplingVariance(profile, index: value)
    total = Self.sum(samples, value, variance)
    guard total.value > 0 else { throw ClaimError.emptyProfile }
  }

  func share(where condition: (Sample) -> Bool) -> Estimate {
    Self.sum(samples.filter(condition), value, variance).share(of: total)
  }

  private static func sum(_ samples: [Sample], _ value: Int, _ variance: SamplingVariance?) -> SampledSum {
    samples.reduce(into: SampledSum()) { $0.add(Double($1.values[value]), variance: variance?.of($1) ?? 0) }
  }

  func cum(_ names: String) throws -> Estimate {
    let wanted = try matching(names)
    let inLocation = profile.locations.map { $0.lines.contains { wanted.contains($0.function) } }
    return share { $0.locations.contains { inLocation[$0] } }
  }

  func flat(_ names: String) throws -> Estimate {
    let wanted = try matching(names)
    let atLocation = profile.locations.map { $0.lines.first.map { wanted.contains($0.function) } ?? false }
    return share { $0.locations.first.map { atLocation[$0] } ?? false }
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

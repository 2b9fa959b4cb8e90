import Pprof

extension Query {
  /// Position of a function among what grows steadily over the rounds of a series.
  static let growthRank = Query(
    name: "growth-rank", summary: "position of the function among the steadily growing, over the rounds of a series",
    required: ["function"], optional: ["type"]
  ) { input in
    let steady = try growth(input).suspects.filter(\.isSteady)
    guard let index = steady.firstIndex(where: { names(input["function"], $0.function) }) else {
      throw ClaimError.noSuchFunction("\(input["function"]) among the steadily growing")
    }
    return Measurement(Double(index + 1), .rank, meaning: "position of \(input["function"]) among what grows steadily")
  }

  /// How many functions grow steadily over the rounds of a series.
  static let growing = Query(
    name: "growing", summary: "how many functions grow steadily over the rounds of a series",
    required: [], optional: ["type"]
  ) { input in
    let count = try growth(input).suspects.count(where: \.isSteady)
    return Measurement(Double(count), .count, meaning: "functions whose memory grows steadily from round to round")
  }

  /// The estimated total of a sample type, over a fact that the scenario counted.
  ///
  /// A `label` such as `type:Array storage of UInt8` counts blocks of one kind. Objects are best counted so: one sample
  /// of a small block stands for thousands, and would drown the large ones.
  static let truthRatio = Query(
    name: "truth-ratio",
    summary: "total of the sample type, below a function and with a label if given, over a fact the scenario counted",
    required: ["truth", "type"], optional: ["function", "label"]
  ) { input in
    let truth = try fact(input["truth"], in: input.capture).value
    let total = try sum(input, of: input["type"])
    guard truth > 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      Estimate(total.value.rounded(), error: total.estimate.error).scaled(by: 1 / truth), .ratio,
      meaning: "\(input["type"]) estimated by sampling over \(input["truth"]), which was counted")
  }

  /// The total of a sample type here, over that of another variant; of waits, in one round each.
  static let totalRatio = Query(
    name: "total-ratio", summary: "total of the sample type here over that of the variant `to`",
    required: ["type", "to"], optional: []
  ) { input in
    func total(_ profile: Profile) -> Estimate {
      let index = profile.sampleTypes.firstIndex { $0.type == input["type"] }
      return index.map { profile.sum(ofValue: $0).estimate } ?? Estimate(0)
    }
    let here = total(input.capture.oneRound)
    let other = total(try input.other(input.capture.name.with(variant: input["to"])).oneRound)
    guard other.value > 0, let ratio = here.ratio(to: other) else { throw ClaimError.emptyProfile }
    return Measurement(ratio, .ratio, meaning: "\(input["type"]), over that of \(input["to"])")
  }

  /// The total of one sample type over that of another, of which it is a part.
  static let typeShare = Query(
    name: "type-share",
    summary: "total of the sample type over that of the type `of`, below a function and with a label if given",
    required: ["type", "of"], optional: ["function", "label"]
  ) { input in
    let (part, whole) = (try sum(input, of: input["type"]), try sum(input, of: input["of"]))
    guard whole.value > 0 else { throw ClaimError.emptyProfile }
    let place = input.arguments["function"].map { " below \($0)" } ?? ""
    return Measurement(part.share(of: whole), .share, meaning: "\(input["type"]) of \(input["of"])\(place)")
  }

  /// How much of what was allocated is still there.
  static let keptShare = Query(
    name: "kept-share", summary: "bytes in use over bytes allocated since the start, below a function if given",
    required: [], optional: ["function"]
  ) { input in
    guard input.profile.sampleTypes.contains(where: { $0.type == "alloc_space" }) else {
      throw ClaimError.malformedArgument(name: "capture", value: "\(input.capture.name)", expected: "a heap profile")
    }
    let allocated = try sum(input, of: "alloc_space")
    guard allocated.value > 0 else { throw ClaimError.emptyProfile }
    let place = input.arguments["function"].map { " below \($0)" } ?? ""
    // What is in use was drawn when it was allocated: it is a part of that.
    return Measurement(
      try sum(input, of: "inuse_space").share(of: allocated), .share,
      meaning: "bytes still in use of those allocated\(place)")
  }

  /// The sum of a sample type's values, with the label and below the functions that the arguments name.
  private static func sum(_ input: Input, of type: String) throws -> SampledSum {
    let profile = input.profile
    guard let value = profile.sampleTypes.firstIndex(where: { $0.type == type }) else {
      throw ClaimError.malformedArgument(
        name: "type", value: type, expected: "one of \(profile.sampleTypes.map(\.type).joined(separator: ", "))")
    }
    let filter = try input.arguments["label"].map(LabelFilter.init)
    let names = input.arguments["function"].map(FunctionName.list)
    let isNamed = profile.functions.map { function in names?.contains { $0.matches(function.name) } ?? true }
    guard isNamed.contains(true) || profile.functions.isEmpty else {
      throw ClaimError.noSuchFunction(input["function"])
    }
    let isBelow = profile.locations.map { $0.lines.contains { isNamed[$0.function] } }
    return profile.sum(ofValue: value) { sample in
      (filter?.matches(sample) ?? true) && (names == nil || sample.locations.contains { isBelow[$0] })
    }
  }

  private static func growth(_ input: Input) throws -> GrowthReport {
    let name = input.capture.name
    guard !name.series.isEmpty else {
      throw ClaimError.malformedArgument(
        name: "capture", value: "\(name)", expected: "a round of a series, e.g. heap-6")
    }
    return try GrowthReport(
      snapshots: name.series.map { try input.other($0).profile }, sampleType: input.arguments["type"] ?? "inuse_space")
  }

  private static func names(_ name: String, _ function: String) -> Bool {
    function == name || function.hasPrefix(name + "(")
  }
}

import Pprof

extension Query {
  /// A fact the scenario knows without a profiler.
  static let fact = Query(
    name: "fact", summary: "a fact the scenario knows without a profiler",
    required: ["name"], optional: []
  ) { input in
    let fact = try Self.fact(input["name"], in: input.capture)
    let unit: Measurement.Unit = input["name"].hasSuffix("-share") ? .share : .count
    return Measurement(fact.value, unit, meaning: "\(fact.name): \(fact.basis)")
  }

  /// How far a function's measured share lies from the share the scenario clocked.
  static let truthError = Query(
    name: "truth-error", summary: "measured share of the function or label, less the share the scenario clocked",
    required: ["truth"], optional: ["function", "label", "type"]
  ) { input in
    let truth = try Self.fact(input["truth"], in: input.capture).value
    let isFunction = input.arguments["function"] != nil
    guard isFunction != (input.arguments["label"] != nil) else {
      throw ClaimError.missingArgument(query: "truth-error", name: "function (or label)")
    }
    let measured = try (isFunction ? Query.share : Query.labelShare).evaluate(input)
    return Measurement(
      measured.value - truth, error: measured.error, .points,
      meaning: "measured \(measured) less the clocked \(Measurement(truth, .share, meaning: ""))")
  }

  /// CPU time of a round here over that of another variant, both with the profiler off.
  static let cpuRatio = Query(
    name: "cpu-ratio", summary: "CPU time of a round here over that of the variant `to`, profiler off",
    required: ["to"], optional: []
  ) { input in
    let other = try input.other(input.capture.name.with(variant: input["to"])).provenance.cpuSecondsPerRound
    guard other > 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      input.capture.provenance.cpuSecondsPerRound / other, .ratio,
      meaning: "CPU time of a round here over \(input["to"])")
  }

  /// CPU time with the profiler on over off.
  static let overhead = Query(
    name: "overhead", summary: "CPU time with the profiler on over off, the median of interleaved pairs",
    required: [], optional: []
  ) { input in
    let overhead = input.capture.provenance.overhead
    return Measurement(
      overhead.ratio, .ratio, meaning: "CPU time with the profiler on over off, \(overhead.pairs) pairs")
  }

  /// Share of samples lost.
  static let lostShare = Query(
    name: "lost-share", summary: "share of samples lost", required: [], optional: []
  ) { input in
    let recording = input.capture.provenance.recording
    return Measurement(
      Double(recording.lost) / Double(max(recording.samples + recording.lost, 1)), .share, meaning: "samples lost")
  }

  /// How many samples the capture holds.
  static let sampleCount = Query(
    name: "samples", summary: "samples taken", required: [], optional: []
  ) { input in
    Measurement(Double(input.capture.provenance.recording.samples), .count, meaning: "samples taken")
  }

  static func fact(_ name: String, in capture: Capture) throws -> Provenance.Fact {
    let facts = capture.provenance.truth
    guard let fact = facts.first(where: { $0.name == name }) else {
      throw ClaimError.noSuchFact(name, known: facts.map(\.name))
    }
    return fact
  }
}

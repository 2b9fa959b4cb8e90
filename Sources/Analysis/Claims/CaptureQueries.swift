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
      meaning: "CPU time of a round, over that of \(input["to"])")
  }

  /// Time by the clock of a round here over that of another variant, both with the profiler off.
  static let wallRatio = Query(
    name: "wall-ratio", summary: "time of a round by the clock here over that of the variant `to`, profiler off",
    required: ["to"], optional: []
  ) { input in
    let other = try input.other(input.capture.name.with(variant: input["to"])).provenance.wallSecondsPerRound
    guard other > 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      input.capture.provenance.wallSecondsPerRound / other, .ratio,
      meaning: "time of a round by the clock, over that of \(input["to"])")
  }

  /// How much of a processor a round keeps busy.
  static let busyShare = Query(
    name: "busy-share", summary: "CPU time of a round over its time by the clock, profiler off: of one processor",
    required: [], optional: []
  ) { input in
    let provenance = input.capture.provenance
    guard provenance.wallSecondsPerRound > 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      provenance.cpuSecondsPerRound / provenance.wallSecondsPerRound, .share,
      meaning: "CPU time of a round over its time by the clock")
  }

  /// A fact over another, or over the same of another variant.
  static let factRatio = Query(
    name: "fact-ratio", summary: "a fact over the fact `over` of the same capture, or over itself in the variant `to`",
    required: ["name"], optional: ["over", "to"]
  ) { input in
    let (over, to) = (input.arguments["over"], input.arguments["to"])
    guard (over == nil) != (to == nil) else {
      throw ClaimError.missingArgument(query: "fact-ratio", name: "over (or to)")
    }
    let other = try to.map { try input.other(input.capture.name.with(variant: $0)) } ?? input.capture
    let (upper, lower) = (try fact(input["name"], in: input.capture), try fact(over ?? input["name"], in: other))
    guard lower.value != 0 else { throw ClaimError.emptyProfile }
    return Measurement(
      upper.value / lower.value, .ratio, meaning: "\(upper.name) over \(lower.name)" + (to.map { " of \($0)" } ?? ""))
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

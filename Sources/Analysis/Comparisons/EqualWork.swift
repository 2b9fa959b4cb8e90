import Pprof

extension Capture {
  /// The profile scaled to one round of the scenario, so that two captures stand for the same work.
  ///
  /// CPU captures cover about the same time, so the faster variant did more rounds in it. What one round takes is measured
  /// by the clock, with the profiler off; the profile tells how it is divided up. Counts of samples stay what they are: by
  /// them one knows how much is chance. Waits are recorded of so many rounds, and divided by their number. Heap captures
  /// cover the same rounds already, and stay as they are.
  public var oneRound: Profile {
    guard profile.measuresCPUTime, let last = profile.sampleTypes.indices.last else { return scaled(by: roundShare) }
    let measured = profile.samples.reduce(0) { $0 + Double($1.values[last]) }
    let round = provenance.cpuSecondsPerRound * 1e9
    guard measured > 0, round > 0 else { return profile }
    var profile = profile
    let isTime = profile.sampleTypes.map { $0.unit == ValueType.cpuTime.unit }
    // There is a ratio for each type, which is all that it asks for.
    try? profile.scale(by: isTime.map { $0 ? round / measured : 1 })
    return profile
  }

  /// Whether `oneRound` is of one round.
  public var isScaledToRounds: Bool {
    profile.measuresCPUTime
      ? provenance.cpuSecondsPerRound > 0 : profile.measuresWaiting && provenance.recording.rounds != nil
  }

  /// The part that one round has in what was recorded of waits; 1 where it is not known, or nothing was.
  var roundShare: Double {
    guard profile.measuresWaiting, let rounds = provenance.recording.rounds, rounds > 0 else { return 1 }
    return 1 / Double(rounds)
  }

  private func scaled(by factor: Double) -> Profile {
    guard factor != 1 else { return profile }
    var profile = profile
    try? profile.scale(by: profile.sampleTypes.map { _ in factor })
    return profile
  }
}

extension Profile {
  /// Whether its samples stand for processor time, as its own types say: what two of them cover is then told by rounds.
  public var measuresCPUTime: Bool { sampleTypes.last == .cpuTime }

  /// Whether its samples stand for waiting.
  public var measuresWaiting: Bool { sampleTypes.contains(.delay) }
}

extension ValueType {
  /// How long somebody waited.
  public static let delay = ValueType(type: "delay", unit: "nanoseconds")
}

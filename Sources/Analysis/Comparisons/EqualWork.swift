import Pprof

extension Capture {
  /// The profile scaled to what one round of the scenario costs, so that two captures stand for the same work.
  ///
  /// CPU captures cover about the same time, so the faster variant did more rounds in it. What one round takes is measured
  /// by the clock, with the profiler off; the profile tells how it is divided up. Counts of samples stay what they are: by
  /// them one knows how much is chance. Heap captures cover the same rounds already, and stay as they are.
  public var oneRound: Profile {
    guard profile.measuresCPUTime, let last = profile.sampleTypes.indices.last else { return profile }
    let measured = profile.samples.reduce(0) { $0 + Double($1.values[last]) }
    let round = provenance.cpuSecondsPerRound * 1e9
    guard measured > 0, round > 0 else { return profile }
    var profile = profile
    let isTime = profile.sampleTypes.map { $0.unit == ValueType.cpuTime.unit }
    // There is a ratio for each type, which is all that it asks for.
    try? profile.scale(by: isTime.map { $0 ? round / measured : 1 })
    return profile
  }
}

extension Profile {
  /// Whether its samples stand for processor time, as its own types say: what two of them cover is then told by rounds.
  public var measuresCPUTime: Bool { sampleTypes.last == .cpuTime }
}

import Pprof

extension Capture {
  /// The other capture's profile, scaled so that both stand for the same work.
  ///
  /// CPU captures cover about the same time, so the faster variant did more rounds in it. Scaled to as many rounds as
  /// this capture covers, the difference shows what the work costs here and there. Heap captures cover the same rounds
  /// already, and stay as they are.
  public func baseline(_ other: Capture) -> Profile {
    guard profile.measuresCPUTime else { return other.profile }
    let (here, there) = (measured, other.measured)
    guard here > 0, there > 0, provenance.cpuSecondsPerRound > 0 else { return other.profile }
    let factor = other.provenance.cpuSecondsPerRound / there * here / provenance.cpuSecondsPerRound
    var profile = other.profile
    profile.scale(by: factor)
    return profile
  }

  private var measured: Double {
    guard let last = profile.sampleTypes.indices.last else { return 0 }
    return profile.samples.reduce(0) { $0 + Double($1.values[last]) }
  }
}

extension Profile {
  /// Whether its samples stand for processor time, as its own types say: what two of them cover is then told by rounds.
  public var measuresCPUTime: Bool { sampleTypes.last == .cpuTime }
}

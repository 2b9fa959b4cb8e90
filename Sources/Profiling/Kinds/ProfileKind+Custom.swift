extension ProfileKind {
  /// What the program keeps in profiles of its own: all of them, each a type of sample.
  public static let custom = ProfileKind(
    name: "custom", summary: "what the program added to its custom profiles and did not remove, by the stack that did",
    regime: .sinceProcessStart,
    resume: { if !CustomProfile.isSupported { throw ProfilingError.unsupportedPlatform } },
    take: {
      try HeapProfiler.withoutRecording {
        let all = CustomProfile.all.map { $0.counted() }
        guard !all.isEmpty else { throw ProfilingError.noCustomProfile }
        return ProfileRecording(
          CustomProfile.profile(of: all), samples: all.reduce(0) { $0 + $1.count },
          truncated: all.reduce(0) { $0 + $1.cut })
      }
    })
}

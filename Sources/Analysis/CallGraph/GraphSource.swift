import Pprof

/// A profile made ready for building graphs from it: its frames, what each sample weighs and which tags it bears.
///
/// A report builds its graph several times, each time keeping fewer nodes, since values cannot be taken out of a
/// finished graph without loss of precision.
struct GraphSource {
  /// The profile, whose names of files may have been trimmed.
  private(set) var profile: Profile
  /// The frames of the profile.
  private(set) var table: FrameTable
  /// One for each of the profile's samples.
  let weights: [Weight]
  /// Nil if the graph shows no tags.
  let tags: SampleTagTable?
  /// Whether nodes of negative value are left out.
  let dropsNegative: Bool
  private let namesObjects: Bool

  /// - Parameter namesObjects: whether functions of one name in two binaries are told apart.
  init(
    _ profile: Profile, weights: [Weight], tags: SampleTagTable?, namesObjects: Bool, dropsNegative: Bool
  ) {
    self.profile = profile
    self.table = FrameTable(profile, namesObjects: namesObjects)
    self.weights = weights
    self.tags = tags
    self.namesObjects = namesObjects
    self.dropsNegative = dropsNegative
  }

  /// Takes what is only true of the machine that built the program off the names of source files.
  mutating func trimFilenames(prefixes: String, searchPath: String) {
    if profile.trimFilenames(prefixes: prefixes, searchPath: searchPath) {
      table = FrameTable(profile, namesObjects: namesObjects)
    }
  }
}

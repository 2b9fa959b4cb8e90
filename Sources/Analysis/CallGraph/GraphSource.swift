import Pprof

/// A profile made ready for building graphs from it: what each sample weighs and which tags it bears.
///
/// A report builds its graph several times, each time keeping fewer nodes, since values cannot be taken out of a
/// finished graph without loss of precision.
struct GraphSource {
  var profile: Profile
  /// One for each of the profile's samples.
  let weights: [Weight]
  /// Nil if the graph shows no tags.
  let tags: SampleTagTable?
  /// Whether functions of one name in two binaries are told apart.
  let namesObjects: Bool
  /// Whether nodes of negative value are left out.
  let dropsNegative: Bool
}

import Pprof

/// What there is more of in a capture than in an earlier one, of things that live until somebody ends them: tasks, say.
///
/// A family is what the innermost function of the program itself has made. One that has grown from one look to the next
/// has had more made than have ended; whether it ever stops, further looks tell.
public struct FamilyGrowth: Sendable {
  /// One family at both times.
  public struct Family: Sendable, Hashable {
    /// The function that makes it.
    public var function: String
    /// How many there were.
    public var before: Int64
    /// How many there are.
    public var after: Int64

    /// How many more there are.
    public var growth: Int64 { after - before }
  }

  /// Those that have grown, the one that grew most first.
  public let families: [Family]
  /// What is counted, e.g. `task`.
  public let counted: String

  /// Compares the first values of two profiles.
  public init(from base: Profile, to profile: Profile) {
    counted = profile.sampleTypes.first?.type ?? ""
    let before = Self.counts(base)
    families = Self.counts(profile).map { Family(function: $0.key, before: before[$0.key] ?? 0, after: $0.value) }
      .filter { $0.growth > 0 }
      .sorted { $0.growth != $1.growth ? $0.growth > $1.growth : $0.function < $1.function }
  }

  private static func counts(_ profile: Profile) -> [String: Int64] {
    let sites = ProgramSites(profile)
    return profile.samples.reduce(into: [:]) { counts, sample in
      counts[sites.site(of: sample), default: 0] += sample.values.first ?? 0
    }
  }

  /// A line for each of so many families: `grown: serve() from 100 to 600 (+500)`.
  public func lines(atMost count: Int) -> [String] {
    families.prefix(count).map { "grown: \($0.function) from \($0.before) to \($0.after) (+\($0.growth))" }
  }
}

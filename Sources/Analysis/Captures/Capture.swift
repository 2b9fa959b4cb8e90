import Pprof

/// A profile together with how it came to be: what figures and claims work from.
public struct Capture: Sendable {
  /// The profile.
  public var profile: Profile
  /// How it came to be.
  public var provenance: Provenance

  /// A capture of the two parts.
  public init(profile: Profile, provenance: Provenance) {
    self.profile = profile
    self.provenance = provenance
  }
}

/// `SCENARIO/VARIANT/KIND`, the name of a capture.
public struct CaptureName: Sendable, Hashable, CustomStringConvertible {
  /// The scenario's id.
  public var scenario: String
  /// `faulty` or `fixed`.
  public var variant: String
  /// The kind of profile.
  public var kind: String

  /// A name of the three parts.
  public init(scenario: String, variant: String, kind: String) {
    self.scenario = scenario
    self.variant = variant
    self.kind = kind
  }

  /// Takes `kafka-decode/faulty/cpu` apart; nil if it has not three non-empty plain parts.
  public init?(_ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let plain = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) }
    }
    guard parts.count == 3, plain else { return nil }
    self.init(scenario: parts[0], variant: parts[1], kind: parts[2])
  }

  /// The three parts, joined by slashes.
  public var description: String { "\(scenario)/\(variant)/\(kind)" }
}

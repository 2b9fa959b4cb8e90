/// A prepared program, ready to run rounds.
public struct Program: Sendable {
  /// Does the work once and says what came of it.
  public let round: @Sendable () async throws -> Outcome
  /// What is known of a round that never ends, once it has come to rest. Asked for on a thread of the runner's.
  public let atRest: @Sendable () -> [Truth]

  /// A program that does `round`.
  public init(
    atRest: @escaping @Sendable () -> [Truth] = { [] }, round: @escaping @Sendable () async throws -> Outcome
  ) {
    self.round = round
    self.atRest = atRest
  }
}

/// What one round produced, and what is known about how it did.
public struct Outcome: Sendable, Hashable {
  /// A digest of the result; equal for every round of both variants.
  public var output: String
  /// Facts known without a profiler: counted objects, clocked shares. Later rounds are averaged.
  public var truth: [Truth]

  /// An outcome.
  public init(output: String, truth: [Truth]) {
    self.output = output
    self.truth = truth
  }
}

/// A fact about a round that a capture can be held against.
public struct Truth: Sendable, Hashable, Codable {
  /// Its name, e.g. `decode-share`.
  public var name: String
  /// Its value: a count, or a share between 0 and 1.
  public var value: Double
  /// How it was come by, in a sentence.
  public var basis: String
  /// Whether it adds up over rounds, as counts of what is left behind do; others are averaged.
  public var isTotal: Bool

  /// A fact and how it is known.
  public init(_ name: String, _ value: Double, isTotal: Bool = false, basis: String) {
    self.name = name
    self.value = value
    self.isTotal = isTotal
    self.basis = basis
  }
}

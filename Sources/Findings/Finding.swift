/// What a profiler has found out about a program, in words: one habit of one piece of code that costs it, with the
/// numbers that were measured and the bound that they have passed.
///
/// Whoever measures makes it, be it the profiler in the program or the analysis of a trace. It is kept in a profile's
/// comments (`comments`), and read from there.
public struct Finding: Sendable, Hashable, Codable {
  /// What was found.
  public var kind: Kind
  /// The code that is at fault, as a reader looks for it: the function that makes the tasks, or the one that waits.
  public var subject: String
  /// How often, of what the kind counts.
  public var count: Int
  /// What was measured beside, in the unit of each.
  public var measured: [Measure: Int]
  /// What was waited for, as profiles of waits have it (`sleep`, `semaphore`); nil if the kind says nothing of it.
  public var on: String?

  /// A finding.
  public init(_ kind: Kind, subject: String, count: Int, measured: [Measure: Int] = [:], on: String? = nil) {
    self.kind = kind
    self.subject = subject
    self.count = count
    self.measured = measured
    self.on = on
  }

  /// A measured value; 0 if there is none.
  public subscript(measure: Measure) -> Int { measured[measure] ?? 0 }
}

extension Finding {
  /// What is measured of a finding, by the names that comments, JSON and claims know.
  public enum Measure: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
    /// The longest of what is counted, in nanoseconds.
    case longest
    /// All of it together, in nanoseconds.
    case sum
    /// One of it in the mean, in nanoseconds.
    case mean
    /// Out of how many the count is.
    case outOf = "out-of"
    /// Of how long `sum` is a part, in nanoseconds.
    case whole

    /// Whether it is a time, in nanoseconds; else a count.
    public var isTime: Bool { self != .outOf }
  }
}

extension Finding: Comparable {
  /// In the order in which they are told: by kinds, and the worst of a kind first.
  public static func < (one: Finding, other: Finding) -> Bool {
    guard one.kind == other.kind else { return one.kind.place < other.kind.place }
    let (weight, others) = (one.weight, other.weight)
    return weight != others ? weight > others : (one.subject, one.on ?? "") < (other.subject, other.on ?? "")
  }

  /// By what those of one kind are compared.
  private var weight: Int { measured[.sum] ?? measured[.longest] ?? count }
}

import ExecutionTrace
import Findings
import Leaks
import Pprof
import Waiting

/// What was recorded together with how it came to be: what figures and claims work from.
public struct Capture: Sendable {
  /// What was recorded.
  public var contents: any ProfileContents
  /// How it came to be.
  public var provenance: Provenance

  /// The profile; empty if something else was recorded.
  public var profile: Profile { contents as? Profile ?? Profile() }
  /// The leak report, if the capture is one.
  public var leakReport: LeakReport? { contents as? LeakReport }
  /// Who waits for whom, if the capture is that.
  public var waitGraph: WaitGraph? { contents as? WaitGraph }

  /// What the profile or the whole trace says was found out about the program.
  public var findings: [Finding] {
    guard let trace else { return Finding.all(in: profile.comments) }
    return (try? TraceWindow(of: trace)).map { TraceSummary(trace, in: $0).findings } ?? []
  }

  /// The trace, if the capture is one.
  public var trace: Trace? { contents as? Trace }

  /// The names of all functions that it knows.
  public var functions: Set<String> {
    Set(profile.functions.map(\.name)).union(trace?.stacks.flatMap { $0.frames.map(\.function) } ?? [])
  }

  /// A capture of the given contents.
  public init(_ contents: any ProfileContents, provenance: Provenance) {
    self.contents = contents
    self.provenance = provenance
  }

  /// The name it has among the captures.
  public var name: CaptureName { provenance.name }
}

/// `SCENARIO/VARIANT/KIND`, the name of a capture.
public struct CaptureName: Sendable, Hashable, CustomStringConvertible {
  /// The scenario's id.
  public var scenario: String
  /// `faulty` or `fixed`.
  public var variant: String
  /// The kind of profile; with the number of the round for a series, e.g. `heap-3`.
  public var kind: String

  /// The kind of profile without a number, e.g. `heap`.
  public var profileKind: String { round == nil ? kind : String(kind.prefix { $0 != "-" }) }

  /// The number of its round, from 1 to 1000, if it is one of a series.
  public var round: Int? {
    let parts = kind.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let round = Int(parts[1]), (1...1_000).contains(round) else { return nil }
    return round
  }

  /// The names of the rounds of its series up to this one; empty if it is of none.
  public var series: [CaptureName] {
    guard let round else { return [] }
    return (1...round).map { with(kind: "\(profileKind)-\($0)") }
  }

  /// What `compare=` names: another variant, or another round of the same series.
  public func compared(to other: String) -> CaptureName {
    Int(other) == nil ? with(variant: other) : with(kind: "\(profileKind)-\(other)")
  }

  /// The same scenario's capture of another variant or kind.
  public func with(variant: String? = nil, kind: String? = nil) -> CaptureName {
    CaptureName(scenario: scenario, variant: variant ?? self.variant, kind: kind ?? self.kind)
  }

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

import Pprof
import TestSupport
import Testing

@testable import Analysis

/// Two captures: `faulty` covers 2 s in rounds of 100 ms, `fixed` 2 s in rounds of 50 ms.
@Suite struct ComparisonTests {
  private func capture(_ variant: String, round: Double, _ stacks: [String: Int64]) -> Capture {
    let names = Set(stacks.keys.flatMap { $0.split(separator: ";").map(String.init) }).sorted()
    let profile = Profile(
      sampleTypes: [ValueType(type: "samples", unit: "count"), ValueType(type: "cpu", unit: "nanoseconds")],
      samples: stacks.sorted { $0.key < $1.key }.map { stack, count in
        let frames = stack.split(separator: ";").reversed().compactMap { names.firstIndex(of: String($0)) }
        return Sample(locations: frames, values: [count, count * 10_000_000])
      },
      locations: names.indices.map { Location(id: UInt64($0 + 1), lines: [Line(function: $0)]) },
      functions: names.enumerated().map { Function(id: UInt64($0 + 1), name: $1) })
    var provenance = Provenance.plain
    provenance.variant = variant
    provenance.cpuSecondsPerRound = round
    return Capture(profile, provenance: provenance)
  }

  private var faulty: Capture { capture("faulty", round: 0.1, ["main;a(_:)": 100, "main;b": 60, "main;b;b": 40]) }
  private var fixed: Capture { capture("fixed", round: 0.05, ["main;b": 200]) }

  @Test("A function's time is its share of the profile times the time of a round, recursion counted once")
  func timesAreOfOneRound() throws {
    let comparison = try VariantComparison(before: faulty, after: fixed, functions: ["a", "b"])
    #expect(comparison.rows.map(\.name) == ["whole round", "a", "b"])
    #expect(comparison.rows[0].before == 1e8 && comparison.rows[0].after == 5e7)
    #expect(abs(comparison.rows[1].before - 5e7) < 1e-3 && comparison.rows[1].after == 0)
    #expect(abs(comparison.rows[2].before - 5e7) < 1e-3 && abs(comparison.rows[2].after - 5e7) < 1e-3)
    #expect(comparison.longest == 1e8)
    #expect(comparison.quantity == "CPU time of one round" && comparison.unit == "nanoseconds")
  }

  /// As a heap profile: its values are no processor time.
  private func inBytes(_ capture: Capture) -> Capture {
    var profile = capture.profile
    profile.sampleTypes[1] = ValueType(type: "inuse_space", unit: "bytes")
    return Capture(profile, provenance: capture.provenance)
  }

  @Test("Other profiles cover the same rounds and are compared as they are")
  func othersAreComparedAsTheyAre() throws {
    let (before, after) = (inBytes(faulty), inBytes(fixed))
    let comparison = try VariantComparison(before: before, after: after, functions: ["b"], sampleType: "samples")
    #expect(comparison.rows.map(\.name) == ["in all", "b"] && comparison.unit == "count")
    #expect(comparison.rows[0].before == 200 && comparison.rows[1].before == 100 && comparison.rows[1].after == 200)
    #expect(throws: ClaimError.self) { try VariantComparison(before: before, after: after, sampleType: "tea") }
  }

  @Test func withoutFunctionsThoseThatChangedMostStandFirst() throws {
    let comparison = try VariantComparison(before: faulty, after: fixed)
    #expect(comparison.rows.dropFirst().first?.name == "a(_:)")
    #expect(throws: ClaimError.noSuchFunction("c")) {
      try VariantComparison(before: faulty, after: fixed, functions: ["c"])
    }
  }

  @Test("The baseline is scaled to as many rounds: unchanged work shows no difference")
  func equalWork() {
    // 20 rounds here; the 40 rounds of the other become 20: 100 samples of b, as many as here.
    let baseline = faulty.baseline(fixed)
    #expect(baseline.samples.reduce(0) { $0 + $1.values[1] } == 1_000_000_000)
    #expect(inBytes(faulty).baseline(inBytes(fixed)) == inBytes(fixed).profile)
  }

  @Test func machinesAreComparedAsFarAsThereAreCaptures() {
    let both = MachineComparison(published: faulty, local: fixed, functions: ["a"])
    let share = both.rows.first { $0.name == "share of a" }
    #expect(share?.published == "50.0%" && share?.local == "not seen")
    let alone = MachineComparison(published: faulty, local: nil, functions: [])
    #expect(alone.rows.filter { !$0.local.isEmpty }.isEmpty)
  }
}

extension Provenance {
  fileprivate static var plain: Provenance {
    Provenance(
      scenario: "s", variant: "faulty", kind: "cpu", parameters: [:], command: "", date: "",
      machine: Machine(processor: "p", cores: 2, kernel: "k", system: "s", toolchain: "t"), build: "release", key: "",
      digest: "", recording: Recording(samples: 200, lost: 0, truncated: 0, unresolved: 0, cpuSeconds: 2),
      overhead: Overhead(ratios: [1]), cpuSecondsPerRound: 0.1, wallSecondsPerRound: 0.1, output: "", truth: [])
  }
}

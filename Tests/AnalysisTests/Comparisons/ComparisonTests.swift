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
    #expect(comparison.rows[0].before == Estimate(1e8) && comparison.rows[0].after == Estimate(5e7))
    #expect(abs(comparison.rows[1].before.value - 5e7) < 1e-3 && comparison.rows[1].after.value == 0)
    #expect(abs(comparison.rows[2].before.value - 5e7) < 1e-3 && abs(comparison.rows[2].after.value - 5e7) < 1e-3)
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
    #expect(comparison.rows[0].before == Estimate(200) && comparison.rows[1].before == Estimate(100))
    #expect(comparison.rows[1].after == Estimate(200))
    #expect(throws: ClaimError.self) { try VariantComparison(before: before, after: after, sampleType: "tea") }
  }

  /// As a block profile of so many rounds.
  private func inWaits(_ capture: Capture, rounds: Int?) -> Capture {
    var (profile, provenance) = (capture.profile, capture.provenance)
    profile.sampleTypes = [ValueType(type: "contentions", unit: "count"), .delay]
    provenance.recording.rounds = rounds
    return Capture(profile, provenance: provenance)
  }

  @Test("Waits are those of one round, if it is known how many rounds were recorded of both")
  func waitsAreOfOneRound() throws {
    let comparison = try VariantComparison(
      before: inWaits(faulty, rounds: 4), after: inWaits(fixed, rounds: 20), functions: ["b"])
    #expect(comparison.quantity == "time waited in one round" && comparison.isOneRound)
    #expect(comparison.rows.map(\.before) == [Estimate(5e8), Estimate(2.5e8)])
    #expect(comparison.rows.map(\.after) == [Estimate(1e8), Estimate(1e8)])
    #expect(inWaits(faulty, rounds: 4).oneRound.samples.map { $0.values[1] }.reduce(0, +) == 500_000_000)
    let unknown = try VariantComparison(before: inWaits(faulty, rounds: 4), after: inWaits(fixed, rounds: nil))
    #expect(unknown.quantity == "time waited" && !unknown.isOneRound)
  }

  @Test func withoutFunctionsThoseThatChangedMostStandFirst() throws {
    let comparison = try VariantComparison(before: faulty, after: fixed)
    #expect(comparison.rows.dropFirst().first?.name == "a(_:)")
    #expect(throws: ClaimError.noSuchFunction("c")) {
      try VariantComparison(before: faulty, after: fixed, functions: ["c"])
    }
  }

  @Test("Both are scaled to one round: unchanged work shows no difference, and counts of samples stay")
  func equalWork() {
    let (before, after) = (faulty.oneRound, fixed.oneRound)
    func time(_ profile: Profile) -> Int64 { profile.samples.reduce(0) { $0 + $1.values[1] } }
    #expect(time(before) == 100_000_000 && time(after) == 50_000_000)
    #expect(before.samples.reduce(0) { $0 + $1.values[0] } == 200)
    // Half of 200 samples of 100 ms here, all of 50 ms there.
    let b = before.samples.filter { before.functions[$0.locations[0]].name == "b" }
    #expect(b.reduce(0) { $0 + $1.values[1] } == time(after))
    #expect(inBytes(faulty).oneRound == inBytes(faulty).profile)
  }

  private func sampled(_ capture: Capture) -> Capture {
    var profile = capture.profile
    (profile.period, profile.periodType) = (10_000_000, .cpuTime)
    return Capture(profile, provenance: capture.provenance)
  }

  @Test("Times of a function have the error of its samples; a round, measured by the clock, has none")
  func errorsOfTimes() throws {
    let comparison = try VariantComparison(before: sampled(faulty), after: sampled(fixed), functions: ["a", "b"])
    #expect(comparison.rows[0].before.error == nil && !comparison.rows[0].isNoise)
    // 100 of 200 samples in a round of 100 ms: 1.96 · √(0.5 · 0.5 / 200) · 100 ms.
    #expect(try abs(#require(comparison.rows[1].before.error) - 6.93e6) < 1e4)
    // Of what was never met there may be as much as three samples stand for.
    #expect(try abs(#require(comparison.rows[1].after.error) - 3.0 / 200 * 5e7) < 1)
    #expect(comparison.rows[2].isNoise && !comparison.rows[1].isNoise)
    #expect(comparison.largestSaving?.name == "a")
  }

  @Test func machinesAreComparedAsFarAsThereAreCaptures() {
    let both = MachineComparison(published: faulty, local: fixed, functions: ["a"])
    let share = both.rows.first { $0.name == "share of a" }
    #expect(share?.published == "50\u{A0}%" && share?.local == "not seen" && share?.difference == "")
    let here = MachineComparison(published: sampled(faulty), local: sampled(faulty), functions: ["b"])
    #expect(here.rows.last?.published == "50\u{A0}%\u{A0}±\u{A0}7" && here.rows.last?.difference == "within noise")
    let there = MachineComparison(published: sampled(faulty), local: sampled(fixed), functions: ["b"])
    #expect(there.rows.last?.difference == "beyond noise" && here.differing == 0 && there.differing > 0)
    let alone = MachineComparison(published: faulty, local: nil, functions: [])
    #expect(alone.rows.filter { !$0.local.isEmpty }.isEmpty)
    // What cannot be turned off within a run has no overhead that anybody has measured.
    var unmeasured = faulty.provenance
    unmeasured.overhead.pairs = 0
    let counted = MachineComparison(
      published: Capture(faulty.profile, provenance: unmeasured), local: faulty, functions: [])
    let overhead = counted.rows.first { $0.name == "overhead of the profiler" }
    #expect(overhead?.published == "not measured" && overhead?.local.contains("×") == true)
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
